/** Guards against what models make up: text in silence, and the same again and again. */
import type { Span } from '../models/audio.js'
import type { Segment } from '../models/segment.js'
import type { TranscribeWarning } from '../models/transcribe-result.js'
import { normalised, repeatsItself } from './repetition.js'

/** `drop` leaves it out, `flag` only warns, `off` does not look. */
export type Guarding = 'drop' | 'flag' | 'off'

export interface GuardSettings {
  readonly repetition?: Guarding
  readonly silence?: Guarding
  /** Where somebody speaks, if it is known: text elsewhere is text in silence. */
  readonly speech?: readonly Span[]
}

export interface Guarded {
  /** Numbered anew if some were left out. */
  readonly segments: readonly Segment[]
  /** In the order of time. Their kinds are `silence` and `repetition`. */
  readonly warnings: readonly TranscribeWarning[]
}

/** What is wrong with segments that follow each other. */
interface Finding {
  readonly kind: 'silence' | 'repetition'
  readonly segments: readonly Segment[]
  readonly what: string
}

/** Of segments that say the same, the first is kept. */
export const guard = (
  segments: readonly Segment[],
  { repetition = 'drop', silence = 'drop', speech }: GuardSettings = {},
): Guarded => {
  const inSilence = silence === 'off' ? [] : silent(segments, speech)
  const heard = without(segments, silence === 'drop' ? inSilence : [])
  const again = repetition === 'off' ? [] : repeated(heard)
  const kept = without(heard, repetition === 'drop' ? again : [])
  const warnings = [...inSilence, ...again]
    .sort((a, b) => startOf(a) - startOf(b))
    .map((finding) => warningOf(finding, finding.kind === 'silence' ? silence : repetition))
  const isWhole = kept.length === segments.length
  return {
    segments: isWhole ? segments : kept.map((segment, id) => ({ ...segment, id })),
    warnings,
  }
}

const without = (
  segments: readonly Segment[],
  findings: readonly Finding[],
): readonly Segment[] => {
  const bad = new Set(findings.flatMap((finding) => finding.segments))
  return segments.filter((segment) => !bad.has(segment))
}

/** As Whisper has them: likely to be silence, and a guess. */
const highNoSpeechProb = 0.6
const lowAvgLogprob = -1
/** Edges of speech are not known any better, in seconds. */
const speechEdge = 0.25

const silent = (
  segments: readonly Segment[],
  speech: readonly Span[] | undefined,
): readonly Finding[] =>
  segments.flatMap((segment) => {
    const { noSpeechProb = 0, avgLogprob = 0 } = segment
    const isGuess = noSpeechProb > highNoSpeechProb && avgLogprob < lowAvgLogprob
    if (!isGuess && (speech === undefined || isWithin(segment, speech))) return []
    const what = isGuess
      ? 'text that is a guess, where likely nobody speaks'
      : 'text where nobody speaks'
    return [{ kind: 'silence', segments: [segment], what } as const]
  })

const isWithin = ({ start, end, words }: Segment, speech: readonly Span[]): boolean => {
  const from = (words?.[0]?.start ?? start) - speechEdge
  const to = (words?.at(-1)?.end ?? end) + speechEdge
  return speech.some((span) => span.start <= to && span.end >= from)
}

/** So many in a row are no accident. */
const leastRun = 3

const repeated = (segments: readonly Segment[]): readonly Finding[] => {
  const runs = runsOf(segments).filter(({ length }) => length >= leastRun)
  const inRuns = new Set(runs.flatMap(([, ...others]) => others))
  const loops = segments.filter(
    (segment) => !inRuns.has(segment) && repeatsItself(segment.text, segment.compressionRatio),
  )
  return [
    ...runs.map(([, ...others]) => ({
      kind: 'repetition' as const,
      segments: others,
      what: `the same as before, ${others.length} times in a row`,
    })),
    ...loops.map((segment) => ({
      kind: 'repetition' as const,
      segments: [segment],
      what: 'text that repeats itself',
    })),
  ]
}

/** Segments in a row of one speaker that say the same. */
const runsOf = (segments: readonly Segment[]): readonly (readonly Segment[])[] => {
  const runs: Segment[][] = []
  let before: string | undefined
  for (const segment of segments) {
    const said = `${segment.speaker ?? ''}\n${normalised(segment.text)}`
    if (said === before) runs.at(-1)?.push(segment)
    else runs.push([segment])
    before = said
  }
  return runs
}

const startOf = ({ segments: [first] }: Finding): number => (first as Segment).start

const warningOf = (finding: Finding, guarding: Guarding): TranscribeWarning => {
  const start = startOf(finding)
  const done = guarding === 'drop' ? 'left out' : 'kept'
  return { kind: finding.kind, message: `${finding.what}: ${done}`, start }
}
