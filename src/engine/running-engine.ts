/** What an engine needs to run, and what one at work offers. */
import type { Observable } from 'rxjs'
import type { Settings } from '../../pipelines/standard.js'
import type { Clock } from '../ports/clock.js'
import type { ConfigPort } from '../ports/config.js'
import type { Logger } from '../ports/logger.js'
import type { Telemetry } from '../ports/telemetry.js'
import type { Transport } from '../ports/transport.js'
import type { Vitals } from '../ports/vitals.js'
import type { Framing } from '../protocol/frame.js'
import type { EngineContext, EngineStreams } from './define.js'
import type { LifecycleEvent } from './lifecycle.js'
import type { OwnConfig } from './own-config.js'

/** What an engine asks of the world. */
export interface EnginePorts {
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly vitals: Vitals
  /** Settings from outside, or only the engine's own section. Default: an empty section. */
  readonly config?: ConfigPort | OwnConfig
  /** Signals, and the end of the parent process. */
  readonly signals$: Observable<LifecycleEvent>
  /** Fixes the framing; without it the first bytes of the peer decide. */
  readonly framing?: Framing | undefined
  /** The first reply is on its way: what need not be there before may start. */
  readonly onFirstReply?: () => void
}

/** How an engine ended. */
export interface Ending {
  readonly exitCode: number
  readonly reason: string
}

/** An engine at work, and its streams. */
export interface RunningEngine extends EngineStreams {
  readonly context: EngineContext
  /**
   * Builds the pipelines anew, with these settings changed until a config changes them. Calls on their way finish in the old ones, whose limits
   * count them; the new ones begin at zero.
   */
  reload(settings?: Partial<Settings>): void
  /** Stops as `engine.shutdown` does. */
  stop(graceMs?: number): void
  readonly done: Promise<Ending>
}
