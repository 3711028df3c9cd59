/** What a supervisor is told of one engine. */

import type { Command } from '../ports/child.js'
import type { LogLevel } from '../ports/logger.js'
import { type Duration, toMs } from '../protocol/duration.js'
import type { ClientOptions } from './client.js'
import { type LivenessPolicy, type LivenessSettings, livenessPolicy } from './liveness.js'
import type { MemoryLimits } from './memory-watch.js'
import { type RestartPolicy, type RestartSettings, restartPolicy } from './restart-policy.js'

export interface PoolSettings {
  /** Processes that always run. Default 1. */
  readonly min?: number
  /** Most processes; more than `min` are started while all are busy. Default: `min`. */
  readonly max?: number
  /** One above `min` that had nothing to do for so long is stopped. Default 60 s. */
  readonly idleFor?: Duration
}

export interface RecycleSettings {
  /** A process is replaced after so many calls, */
  readonly calls?: number
  /** or at this age, give or take a tenth, */
  readonly age?: Duration
  /** or when it and all it has started use more memory than this, in bytes. Its calls may finish before. */
  readonly memoryBytes?: number
}

export interface EngineSpec<E = unknown>
  extends Command,
    Omit<ClientOptions, 'log' | 'telemetry' | 'startupMs'> {
  /** Only for types: `engineType<typeof engine>()`. */
  readonly type?: EngineType<E>
  /** When it is started again. */
  readonly restart?: RestartSettings
  /** From spawn to ready. Default 30 s. */
  readonly startup?: Duration
  readonly liveness?: LivenessSettings
  /** A number of processes, or a range. Default 1. */
  readonly pool?: number | PoolSettings
  readonly recycle?: RecycleSettings
  /** Above so many bytes of memory, a process is killed. */
  readonly maxMemoryBytes?: number
  /** What each process is asked to tell by `notifications$`: its health, its log. */
  readonly subscribe?: {
    readonly health?: { readonly everyMs: number }
    readonly log?: { readonly level: LogLevel }
  }
  /** Methods that may be called again after a crash, beside those that the engine declares so itself. */
  readonly idempotent?: readonly string[]
  /** How often one call may be sent again. Default 2. */
  readonly replays?: number
  /** Most calls that wait while no process runs. Default 1,000. */
  readonly queue?: number
  /** How long open calls may take when the engine is stopped. Default 5 s. */
  readonly grace?: Duration
}

/** Carries the type of an engine, and nothing else. */
export interface EngineType<E> {
  readonly _engine?: E
}

export const engineType = <E>(): EngineType<E> => ({})

export interface Plan {
  readonly name: string
  readonly command: Command
  readonly client: ClientOptions
  readonly policy: RestartPolicy
  readonly startupMs: number
  readonly liveness: LivenessPolicy
  readonly min: number
  readonly max: number
  readonly idleMs: number
  readonly recycle: { readonly calls: number; readonly ageMs: number }
  readonly memory: MemoryLimits
  readonly subscribe: object | undefined
  readonly idempotent: ReadonlySet<string>
  readonly replays: number
  readonly queue: number
  readonly graceMs: number
}

/** @throws TypeError that names the engine and what is wrong */
export const planOf = (name: string, spec: EngineSpec): Plan => {
  try {
    return readPlan(name, spec)
  } catch (error) {
    throw new TypeError(`The engine ${name}: ${(error as Error).message}`)
  }
}

const readPlan = (name: string, spec: EngineSpec): Plan => {
  const { command, args, cwd, env, inherit, sha256, framing, limits, methods } = spec
  const { idempotent = [], replays = 2, queue = 1000 } = spec
  if (!isText(command) || command === '')
    throw new TypeError('it has no command: the program to start')
  needTexts({ args, inherit: inherit === 'all' ? [] : inherit, idempotent })
  if (cwd !== undefined && !isText(cwd)) throw new TypeError('cwd wants a path')
  if (env !== undefined && !Object.values(env ?? [env]).every(isVariable))
    throw new TypeError('env wants texts without null characters, or undefined')
  if (framing !== undefined && framing !== 'ndjson' && framing !== 'content-length')
    throw new TypeError("framing wants 'ndjson' or 'content-length'")
  needNumbers({ replays, queue })
  const pool = typeof spec.pool === 'number' ? { min: spec.pool } : (spec.pool ?? {})
  const { min = 1, max = min, idleFor = '60s' } = pool
  if (!Number.isInteger(min) || min < 1 || !Number.isInteger(max) || max < min)
    throw new TypeError('pool wants a number of processes, or { min, max } with 1 ≤ min ≤ max')
  const { calls = Infinity, age, memoryBytes } = spec.recycle ?? {}
  return {
    name,
    command: {
      command,
      ...(args && { args }),
      ...(cwd !== undefined && { cwd }),
      ...(env && { env }),
      ...(inherit && { inherit }),
      ...(sha256 !== undefined && { sha256 }),
    },
    client: { framing, limits, methods, handshake: spec.handshake },
    policy: restartPolicy(spec.restart ?? {}),
    startupMs: toMs(spec.startup ?? '30s'),
    liveness: livenessPolicy(spec.liveness ?? {}),
    min,
    max,
    idleMs: toMs(idleFor),
    recycle: { calls, ageMs: age === undefined ? Infinity : toMs(age) },
    memory: { softBytes: memoryBytes, hardBytes: spec.maxMemoryBytes },
    subscribe: spec.subscribe,
    idempotent: new Set(idempotent),
    replays,
    queue,
    graceMs: toMs(spec.grace ?? '5s'),
  }
}

/** No null character: nothing may hold one on its way to a new process. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && !value.includes('\0')

const isVariable = (value: unknown): boolean => value === undefined || isText(value)

const needTexts = (lists: Readonly<Record<string, unknown>>): void => {
  for (const [name, list = []] of Object.entries(lists)) {
    if (!Array.isArray(list) || !list.every(isText))
      throw new TypeError(`${name} wants an array of texts without null characters`)
  }
}

const needNumbers = (numbers: Readonly<Record<string, unknown>>): void => {
  for (const [name, number] of Object.entries(numbers)) {
    if (!(typeof number === 'number' && number >= 0))
      throw new TypeError(`${name} wants a number, 0 or more`)
  }
}
