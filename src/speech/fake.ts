/** A backend that understands nothing: for tests and demos. What it hears depends on the audio alone. */
import { readFile } from 'node:fs/promises'
import { concatMap, defer, from, type Observable, Subject, throwError, timer } from 'rxjs'
import type { AudioInput, Clip, Span } from '../models/audio.js'
import { didYouMean } from '../protocol/nearest.js'
import { rpcError } from '../protocol/rpc-error.js'
import type { FoundModel, Heard, HeardSegment, Job, LoadOptions, SpeechBackend } from './backend.js'
import { listen } from './fake-sound.js'
import { speechIn } from './fake-voice.js'
import { segmentsIn } from './fake-words.js'

const models: readonly FoundModel[] = [
  { model: 'fake-small', path: '', tasks: ['transcribe'], languages: ['en'], sizeBytes: 0 },
  {
    ...{ model: 'fake-large', path: '', tasks: ['transcribe', 'translate'] },
    ...{ languages: ['en', 'de', 'zh'], sizeBytes: 0 },
  },
]

/** It has no ear for languages. */
const likely = [
  { language: 'en', probability: 0.9 },
  { language: 'de', probability: 0.08 },
  { language: 'zh', probability: 0.02 },
]

/** Options that only the fake has. */
const engineOptions = ['speed', 'crashAfter', 'repeat'] as const

interface FakeOptions {
  /** Seconds of audio in a second; without it, all at once. */
  readonly speed: number
  /** Seconds of audio after which what holds the model is gone. */
  readonly crashAfter: number
  /** Hears the same again and again, as models do that have lost the thread. */
  readonly isRepeating: boolean
}

/** One thing that is heard, when so much of the audio has been, in seconds. */
interface Moment {
  readonly at: number
  readonly heard: Heard
}

export const fakeBackend = (): SpeechBackend => {
  const gone$ = new Subject<{ readonly reason: string }>()
  const memory = (): number => process.memoryUsage.rss()
  const crash = (): Observable<never> => {
    const reason = 'The fake engine crashed, as engineOptions.crashAfter asked for'
    gone$.next({ reason })
    return throwError(() => rpcError('EngineGone', reason))
  }
  const play = (moments: readonly Moment[], { speed, crashAfter }: FakeOptions) => {
    let latest = 0
    return from(moments).pipe(
      concatMap(({ at, heard }) => {
        const waitMs = ((at - latest) / speed) * 1000
        latest = at
        const told = () => (at >= crashAfter ? crash() : [heard])
        return waitMs > 0 ? timer(waitMs).pipe(concatMap(told)) : told()
      }),
    )
  }
  return {
    capabilities: {
      tasks: ['transcribe', 'translate'],
      languages: ['en', 'de', 'zh'],
      ...{ languageDetection: true, wordTimestamps: true, wordProbabilities: true },
      ...{ streaming: true, vad: true, hotwords: true, initialPrompt: true, diarization: false },
      outputFormats: ['json', 'text', 'srt', 'vtt', 'lrc'],
      audioInputs: ['path', 'base64', 'pcm16Base64'],
      ...{ devices: ['cpu'], computeTypes: ['int8', 'float32'], maxConcurrentJobs: 1 },
    },
    engineOptions,
    models: async () => models,
    load: async (model, { device = 'cpu', computeType = 'int8' }: LoadOptions) => {
      const names = models.map((it) => it.model)
      if (!names.includes(model)) {
        const message = `There is no model ${model}: there are ${names.join(', ')}.`
        throw rpcError('ModelNotFound', `${message}${didYouMean(model, names)}`, { model })
      }
      return { device, computeType, rssBytes: memory() }
    },
    unload: async () => memory(),
    transcribe: (job, { signal }) =>
      defer(() => {
        const options = readOptions(job.engineOptions)
        return from(hear(job, signal, options)).pipe(concatMap((moments) => play(moments, options)))
      }),
    detectLanguage: async (model, audio, _, { signal }) => {
      await listen(audio, signal)
      const known = models.find((it) => it.model === model)?.languages ?? []
      const [likeliest, ...others] =
        known.length > 1 ? likely : [{ language: 'en', probability: 1 }]
      const { language, probability } = likeliest as (typeof likely)[number]
      return { language, languageProbability: probability, candidates: others }
    },
    detectSpeech: async ({ audio, backend, ...options }, { signal }) => {
      if (backend !== undefined) {
        const message = `The fake engine has no VAD ${backend}: leave backend out`
        throw rpcError('UnsupportedOption', message, { option: 'backend', supported: [] })
      }
      const sound = await listen(audio, signal)
      return { segments: speechIn(sound, options), duration: sound.duration }
    },
    gone$,
    start: () => {},
    stop: async () => {},
  }
}

/** @throws RpcError, UnsupportedOption */
const readOptions = (given: Job['engineOptions'] = {}): FakeOptions => {
  const { speed = Infinity, crashAfter = Infinity, repeat = false } = given
  const isNumber = (value: unknown, least: number): value is number =>
    typeof value === 'number' && value >= least
  if (!isNumber(speed, 0.001)) throw refused('speed', 'is a number above 0')
  if (!isNumber(crashAfter, 0)) throw refused('crashAfter', 'is a number of seconds')
  if (typeof repeat !== 'boolean') throw refused('repeat', 'is true or false')
  return { speed, crashAfter, isRepeating: repeat }
}

const refused = (option: string, what: string) =>
  rpcError('UnsupportedOption', `engineOptions.${option} ${what}`, { option })

const hear = async (
  job: Job,
  signal: AbortSignal,
  { isRepeating }: FakeOptions,
): Promise<readonly Moment[]> => {
  const sound = await listen(job.audio, signal)
  const { duration } = sound
  const isFiltered = job.vad !== false
  const options = typeof job.vad === 'object' ? job.vad : {}
  const speech = within(speechIn(sound, options), job.clip)
  const heard = segmentsIn(sound, speech, await textBeside(job.audio))
  const segments = isFiltered || heard.length > 0 ? heard : [hallucination(duration)]
  const language = {
    language: job.language ?? 'en',
    ...(job.language === undefined && { languageProbability: 0.9 }),
  }
  const spoken = speech.reduce((sum, { start, end }) => sum + end - start, 0)
  return [
    { at: 0, heard: { kind: 'started', duration, ...language } },
    ...segments.flatMap(({ words, ...segment }): readonly Moment[] => {
      const text = isRepeating ? 'Thank you.' : segment.text
      const told = {
        ...segment,
        text,
        ...(job.wordTimestamps === true && words && !isRepeating && { words }),
      }
      const at = segment.end
      return [
        { at, heard: { kind: 'segment', segment: told } },
        { at, heard: { kind: 'progress', processed: at } },
      ]
    }),
    {
      at: duration,
      heard: {
        ...{ kind: 'done', duration, timestampSource: 'model', ...language },
        ...(isFiltered && { speech, durationAfterVad: spoken }),
      },
    },
  ]
}

/** As Whisper has it of silence. */
const hallucination = (duration: number): HeardSegment => ({
  ...{ start: 0, end: Math.min(duration, 2), text: 'You' },
  ...{ noSpeechProb: 0.95, avgLogprob: -1.2 },
})

const within = (
  speech: readonly Span[],
  { start = 0, end = Infinity }: Clip = {},
): readonly Span[] =>
  speech
    .map((span) => ({ start: Math.max(span.start, start), end: Math.min(span.end, end) }))
    .filter((span) => span.start < span.end)

/** What is said, if somebody has written it down: `talk.txt` beside `talk.wav`. */
const textBeside = async (audio: AudioInput): Promise<string | undefined> => {
  if (!('path' in audio)) return undefined
  try {
    return await readFile(audio.path.replace(/\.[^./\\]*$/, '.txt'), 'utf8')
  } catch {
    return undefined
  }
}
