/** A speech engine: its methods, its queue and its models, around a backend that does the work. */
import type * as t from 'io-ts'
import type { Subscription } from 'rxjs'
import { limit } from '../../pipelines/limit.js'
import { callsThrough } from '../../pipelines/standard.js'
import { type EngineContext, engine } from '../engine/define.js'
import { whole } from '../models/members.js'
import { section, setting } from '../protocol/setting.js'
import type { SpeechBackend } from './backend.js'
import { Jobs } from './jobs.js'
import { judged, judging } from './judged.js'
import { jobNames, speechMethods } from './methods.js'
import { Models } from './models.js'
import { Streams } from './streams.js'

export interface SpeechDefinition {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly backend: SpeechBackend
  /** Settings of the engine's own section of the config, beside those that every speech engine has. */
  readonly config?: t.Props
  /** Runs before the backend is started: here it can be told what is set. */
  readonly configure?: (context: EngineContext) => unknown
}

/** Jobs that may wait. */
const longestQueue = 100

/** Settings of every speech engine. */
const settings = {
  keepAliveMs: setting(whole('In milliseconds.', { minimum: -1 }), {
    default: 300_000,
    description:
      'How long a model stays in memory after its last call, in milliseconds: 0 not at all, -1 for ever. `models.load` may say otherwise of one.',
    reload: 'hot',
  }),
}

/**
 * The engine around a backend. Transcriptions, detections and loads are its jobs: as many run at once as the backend can
 * do, the others wait in one line.
 */
export const speechEngine = ({ backend, config, configure, ...definition }: SpeechDefinition) => {
  const { capabilities } = backend
  let context: EngineContext | undefined
  let ends: Subscription | undefined
  const keepAliveMs = (): number => {
    const { config: set } = context as EngineContext // there are no models before the start
    return (set as { keepAliveMs: number }).keepAliveMs
  }
  const models = new Models(backend, {
    keepAliveMs,
    told: (model, event, err) => {
      if (event === 'expired') context?.log.info({ model }, 'Unloaded a model that nobody used')
      else context?.log.error({ model, err }, 'A model that nobody used could not be unloaded')
    },
  })
  const streams = new Streams((stream) =>
    context?.log.warn({ stream }, 'A stream that nobody touched was closed'),
  )
  const jobs = new Jobs(definition.name, backend, models)
  const judge = judged(backend)
  return engine({
    ...definition,
    capabilities,
    methods: speechMethods({ capabilities, jobs, judge, models, streams }),
    config: section({ ...config, ...settings }),
    limit: {
      concurrency: capabilities.maxConcurrentJobs ?? 1,
      queue: longestQueue,
      key: (call) => (jobNames.has(call.method) ? 'jobs' : call), // what is no job waits for none
    },
    calls: (calls$, given) =>
      calls$.pipe(callsThrough(given, [judging(judge, streams), limit(given.limit)])),
    onStart: async (started) => {
      context = started
      await configure?.(started)
      backend.start(started.log)
      ends = backend.gone$.subscribe(({ reason }) => {
        models.gone()
        started.log.warn({ reason }, 'What held the models has ended')
      })
    },
    onStop: async () => {
      ends?.unsubscribe()
      models.stop()
      streams.stop()
      await backend.stop()
    },
  })
}
