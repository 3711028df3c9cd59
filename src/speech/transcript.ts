/** What a backend hears of one recording, as it is told, and as it comes out. */
import type { Segment } from '../models/segment.js'
import type { OutputFormat } from '../models/subtitles.js'
import type { TranscribeProgress } from '../models/transcribe-progress.js'
import type { Guarding, TranscribeRequest } from '../models/transcribe-request.js'
import type { TranscribeOutputs, TranscribeResult } from '../models/transcribe-result.js'
import { guard, lookBack } from '../subtitles/guards.js'
import { contentOf } from '../subtitles/render.js'
import { runningText } from '../subtitles/running-text.js'
import type { Heard, HeardSegment } from './backend.js'
import { Mender, toMillis } from './mended.js'

type Started = Extract<Heard, { kind: 'started' }>
type Done = Extract<Heard, { kind: 'done' }>
type Emitted = NonNullable<TranscribeRequest['emit']>[number]
type WithoutSeq<T> = T extends unknown ? Omit<T, 'seq'> : never

/** What the engine knows beside what was heard. */
export type Facts = Pick<TranscribeResult, 'engine' | 'model' | 'device' | 'computeType'> & {
  readonly timings: Omit<TranscribeResult['timings'], 'rtf'>
}

const emittedByDefault: readonly Emitted[] = ['progress', 'segment']

export class Transcript {
  private readonly request: TranscribeRequest
  private readonly guards: { readonly repetition: Guarding; readonly silence: Guarding }
  private readonly heard: Segment[] = []
  private mender = new Mender(Number.POSITIVE_INFINITY)
  private isBegun = false
  private seq = 0
  private told = 0
  private ratio = -1
  private duration = 0

  constructor(request: TranscribeRequest) {
    this.request = request
    const { guards = 'drop' } = request
    this.guards = { repetition: guards, silence: guards }
  }

  /** @returns what is to be told now, in order */
  take(heard: Exclude<Heard, Done>): readonly TranscribeProgress[] {
    switch (heard.kind) {
      case 'started':
        return this.begin(heard)
      case 'segment':
        return [...this.begin(), ...this.segment(heard.segment)]
      case 'progress':
        return [...this.begin(), ...this.advance(heard.processed, heard.duration)]
    }
  }

  /** @returns what is still to be told, and at last the result */
  end(done: Done, facts: Facts): readonly (TranscribeProgress | TranscribeResult)[] {
    const begun = this.begin(done)
    this.duration = done.duration
    return [...begun, ...this.advance(this.to), this.result(done, facts)]
  }

  private begin(started: Partial<Omit<Started, 'kind'>> = {}): readonly TranscribeProgress[] {
    if (this.isBegun) return []
    this.isBegun = true
    const { duration, language, languageProbability } = started
    if (duration !== undefined) {
      this.duration = toMillis(duration)
      this.mender = new Mender(this.duration)
    }
    return this.tell({
      kind: 'started',
      ...(duration !== undefined && { duration: this.duration }),
      ...(language !== undefined && { language }),
      ...(languageProbability !== undefined && { languageProbability }),
    })
  }

  private segment(heard: HeardSegment): readonly TranscribeProgress[] {
    if (heard.text.trim() === '') return []
    const segment = { ...this.mender.mend(heard), id: this.heard.length }
    this.heard.push(segment)
    // What is a loop, or a guess, by itself is left out here already, so that what is told is what will come out.
    const kept = guard(this.heard.slice(-lookBack), this.guards).segments.at(-1)
    if (kept?.end !== segment.end) return []
    const id = this.told
    this.told += 1
    return this.emits('segment') ? this.tell({ kind: 'segment', segment: { ...segment, id } }) : []
  }

  private advance(processed: number, known = 0): readonly TranscribeProgress[] {
    if (known > this.duration) {
      this.duration = toMillis(known)
      this.mender.duration = this.duration
    }
    const { from, to, duration } = this
    const share = to > from ? (processed - from) / (to - from) : Number(processed >= to)
    const ratio = toMillis(Math.min(1, Math.max(0, share)))
    if (!(ratio > this.ratio)) return []
    this.ratio = ratio
    if (!this.emits('progress')) return []
    return this.tell({
      kind: 'progress',
      processed: toMillis(from + ratio * (to - from)),
      duration,
      ratio,
    })
  }

  private get from(): number {
    return Math.min(this.duration, this.request.clip?.start ?? 0)
  }

  private get to(): number {
    return Math.min(this.duration, this.request.clip?.end ?? this.duration)
  }

  private emits(kind: Emitted): boolean {
    return (this.request.emit ?? emittedByDefault).includes(kind)
  }

  private tell(value: WithoutSeq<TranscribeProgress>): readonly TranscribeProgress[] {
    const seq = this.seq
    this.seq += 1
    return [{ ...value, seq } as TranscribeProgress]
  }

  private result(done: Done, { timings, ...facts }: Facts): TranscribeResult {
    const { kind, speech, warnings = [], durationAfterVad, ...heard } = done
    const guarded = guard(this.heard, { ...this.guards, ...(speech && { speech }) })
    const { segments } = guarded
    const text = runningText(segments.map((it) => it.text).join('\n'))
    const duration = toMillis(done.duration)
    const rtf = duration > 0 ? toMillis(timings.decodeMs / 1000 / duration) : 0
    const all = [...this.mender.warnings, ...warnings, ...guarded.warnings]
    return {
      ...heard,
      ...(durationAfterVad !== undefined && { durationAfterVad: toMillis(durationAfterVad) }),
      ...{ text, duration, segments },
      ...(text === '' && { emptyReason: 'no_speech' }),
      ...this.outputs(segments, done),
      ...facts,
      timings: { ...timings, rtf },
      warnings: all.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0)),
    } as TranscribeResult
  }

  private outputs(
    segments: readonly Segment[],
    { language, duration }: Done,
  ): { readonly outputs?: TranscribeOutputs } {
    const { outputs, shaping, task, wordTimestamps } = this.request
    if (outputs === undefined) return {}
    const content = (format: OutputFormat): string =>
      contentOf(segments, format, {
        ...(shaping && { shaping }),
        times: wordTimestamps === true ? 'words' : 'none',
        facts: { task, language, duration: toMillis(duration) },
      })
    return { outputs: Object.fromEntries(outputs.map((format) => [format, content(format)])) }
  }
}
