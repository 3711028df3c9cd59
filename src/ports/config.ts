/** The settings of an engine, as its surroundings give them. */
import type { Limits } from '../protocol/limits.js'
import type { LogLevel } from './logger.js'
import type { StageTelling } from './telemetry.js'

export interface CallLimits {
  readonly concurrency?: number
  readonly queue?: number
}

export interface MethodSettings {
  readonly deadline?: number
  readonly limit?: CallLimits
  /** The stages of these calls, by name, in the place of those of the code. */
  readonly stages?: readonly string[]
}

/** What is set from outside; what is not there is left to the engine's definition. Times in milliseconds. */
export interface EngineSettings {
  /** The engine's own section, decoded. */
  readonly own: unknown
  readonly limits: Partial<Limits>
  readonly drainMs?: number
  readonly expose?: 'none' | 'message' | 'debug'
  readonly deadline?: number
  readonly limit?: CallLimits
  /** By method, or by group as `models.*`. */
  readonly methods: Readonly<Record<string, MethodSettings>>
  /** Share of calls that are logged, from 0 to 1. */
  readonly callShare: number
  /** How traces tell of stages. Default: as events. */
  readonly stages?: StageTelling
}

export interface ConfigProblem {
  /** Where it stands: `file:line:column`, the name of a variable, or the option that was typed. */
  readonly source: string
  readonly key: string
  readonly message: string
}

/** What came of looking at the settings again. */
export interface ConfigChange {
  readonly result: 'applied' | 'unchanged' | 'rejected'
  /** What made it look: `SIGHUP`, `config.reload`, `config.set`, or that the file changed. */
  readonly cause: string
  /** Keys that are in force with another value than before. */
  readonly changed: readonly string[]
  /** Keys whose values wait for the next start. */
  readonly pending: readonly string[]
  /** Why it was rejected; what was in force before still is. */
  readonly problems: readonly ConfigProblem[]
}

/** One setting, and where its value comes from. A secret's value is `***`. */
export interface SettingInForce {
  readonly key: string
  readonly value: unknown
  readonly layer: string
  readonly source: string
  readonly reload: 'hot' | 'drain-restart' | 'cold'
}

/** How settings get to work in an engine. */
export interface ConfigUser {
  /**
   * Puts settings in force, all or none of them.
   *
   * @returns why they cannot be, undefined when they are
   */
  apply(settings: EngineSettings): string | undefined
  /** Told of every look, also of those that changed nothing. */
  looked(change: ConfigChange): void
}

export interface ConfigPort {
  /** Those of the start. */
  readonly settings: EngineSettings
  use(user: ConfigUser): void
  reload(cause: string): ConfigChange | Promise<ConfigChange>
  /**
   * Sets a hot key until the process ends; null takes that back.
   *
   * @throws an RpcError, InvalidParams
   */
  set(key: string, value: unknown): ConfigChange | Promise<ConfigChange>
  /** All settings, or those whose keys begin so. */
  get(key: string | undefined): readonly SettingInForce[] | Promise<readonly SettingInForce[]>
  /** Told of it, so that it stays so when the config is read again. */
  logLevelChanged(level: LogLevel, module: string | undefined): unknown
}
