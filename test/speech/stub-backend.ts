/** A backend that does what a test says, and keeps what it was asked. */
import { NEVER, type Observable, of, Subject } from 'rxjs'
import type { SpeechCapabilities } from '../../src/models/engine-info.js'
import type { Heard, Job, Loaded, LoadOptions, SpeechBackend } from '../../src/speech/backend.js'

export const silent: Heard = {
  ...{ kind: 'done', duration: 10, language: 'en', timestampSource: 'model' },
}

export interface Stub extends SpeechBackend {
  readonly gone$: Subject<{ readonly reason: string }>
  /** `load small cpu`, `unload small`, in order. */
  readonly asked: string[]
  /** What was to be transcribed. */
  readonly jobs: readonly Job[]
  /** What a transcription hears; a test may put another one in its place. */
  heard: () => Observable<Heard>
  /** Resolves when a load is to be done. */
  loading: (signal: AbortSignal) => Promise<void>
}

export const loadedOn = ({ device = 'cpu', computeType = 'int8' }: LoadOptions): Loaded => ({
  ...{ device, computeType, rssBytes: 1 },
})

export const stubBackend = (capabilities: SpeechCapabilities = {}): Stub => {
  const asked: string[] = []
  const jobs: Job[] = []
  const stub: Stub = {
    capabilities: { tasks: ['transcribe'], languageDetection: true, ...capabilities },
    engineOptions: ['chunkLength', 'patience'],
    asked,
    jobs,
    heard: () => of(silent),
    loading: async () => {},
    models: async () => [
      { model: 'small', path: '/models/small', languages: ['en'], tasks: ['transcribe'] },
      { model: 'large', path: '/models/large' },
    ],
    load: async (model, options, { signal }) => {
      asked.push(['load', model, options.device].filter(Boolean).join(' '))
      await stub.loading(signal)
      return loadedOn(options)
    },
    unload: async (model, hard) => {
      asked.push(`unload ${model}${hard ? ' hard' : ''}`)
      return 0
    },
    transcribe: (job) => {
      jobs.push(job)
      return stub.heard()
    },
    detectLanguage: async () => ({ language: 'en', languageProbability: 1 }),
    detectSpeech: async () => ({ segments: [], duration: 0 }),
    gone$: new Subject(),
    start: () => {},
    stop: async () => {},
  }
  return stub
}

/** Hears nothing, and never ends. */
export const endless = (): Observable<Heard> => NEVER
