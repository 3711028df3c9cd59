/** A speech engine: its methods, its queue and its models, around a backend that does the work. */
import type * as t from 'io-ts'
import type { Subscription } from 'rxjs'
import { limit } from '../../pipelines/limit.js'
import { callsThrough } from '../../pipelines/standard.js'
import { type EngineContext, engine } from '../engine/define.js'
import type { HealthChecks } from '../engine/health.js'
import type { SpeechCapabilities } from '../models/engine-info.js'
import { oneOf, text, whole } from '../models/members.js'
import type { Clock } from '../ports/clock.js'
import { optional, section, setting } from '../protocol/setting.js'
import type { LoadOptions, SpeechBackend } from './backend.js'
import { Jobs } from './jobs.js'
import { judged, judging } from './judged.js'
import { isJob, speechMethods } from './methods.js'
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
  readonly health?: HealthChecks
}

/** Jobs that may wait. */
const longestQueue = 100

/** Settings of every speech engine. What loads a model counts from the next load on. */
const settingsOf = ({ devices, computeTypes }: SpeechCapabilities) => ({
  keepAliveMs: setting(whole('In milliseconds.', { minimum: -1 }), {
    default: 300_000,
    description:
      'How long a model stays in memory after its last call, in milliseconds: 0 not at all, -1 for ever. `models.load` may say otherwise of one.',
    reload: 'hot',
  }),
  device: setting(optional(oneOfThese(devices, 'A device.')), {
    description: 'What models are loaded on. Default: the best that there is.',
    reload: 'hot',
  }),
  computeType: setting(optional(oneOfThese(computeTypes, 'A type of numbers.')), {
    description: 'What models are computed in. Default: that of the device.',
    reload: 'hot',
  }),
  cpuThreads: setting(optional(whole('A number.', { minimum: 1 })), {
    description:
      'Threads that a model works with on a CPU. Default: as many as the engine takes by itself.',
    reload: 'hot',
  }),
})

/** An engine that does not tell its own takes any. */
const oneOfThese = (words: readonly string[] | undefined, description: string) =>
  words === undefined ? text(description) : oneOf(words, description)

type Settings = LoadOptions & { readonly keepAliveMs: number }

/**
 * The engine around a backend. Transcriptions, detections and loads are its jobs: as many run at once as the backend can
 * do, the others wait in one line.
 */
export const speechEngine = ({ backend, config, configure, ...definition }: SpeechDefinition) => {
  const { capabilities } = backend
  let context: EngineContext | undefined
  let ends: Subscription | undefined
  /** Calls come when the engine has started. */
  const started = (): EngineContext => context as EngineContext
  const clock: Clock = {
    now: () => started().clock.now(),
    setTimer: (task, delayMs) => started().clock.setTimer(task, delayMs),
    clearTimer: (timer) => started().clock.clearTimer(timer),
  }
  const models = new Models(backend, {
    clock,
    keepAliveMs: () => (started().config as Settings).keepAliveMs,
    loadOptions: () => {
      const { device, computeType, cpuThreads } = started().config as Settings
      return {
        ...(device !== undefined && { device }),
        ...(computeType !== undefined && { computeType }),
        ...(cpuThreads !== undefined && { cpuThreads }),
      }
    },
    told: (model, event, err) => {
      const { log } = started()
      if (event === 'expired') log.info({ model }, 'Unloaded a model that nobody used')
      else log.error({ model, err }, 'A model that nobody used could not be unloaded')
    },
  })
  const streams = new Streams(clock, (stream) =>
    started().log.warn({ stream }, 'Closed a stream that nobody touched'),
  )
  const jobs = new Jobs(definition.name, backend, models, clock)
  const judge = judged(backend)
  return engine({
    ...definition,
    capabilities,
    methods: speechMethods({ capabilities, jobs, judge, models, streams }),
    config: section({ ...config, ...settingsOf(capabilities) }),
    limit: {
      concurrency: capabilities.maxConcurrentJobs ?? 1,
      queue: longestQueue,
      key: (call) => (isJob(call) ? 'jobs' : call), // what is no job waits for none
    },
    calls: (calls$, given) =>
      calls$.pipe(callsThrough(given, [judging(judge, streams), limit(given.limit)])),
    onStart: async (it) => {
      context = it
      await configure?.(it)
      backend.start(it.log)
      ends = backend.gone$.subscribe(({ reason }) => {
        models.gone()
        it.log.warn({ reason }, 'What held the models has ended')
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
