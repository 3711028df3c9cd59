/** What an engine needs to run, and what one at work offers. */
import type { Observable } from 'rxjs'
import type { Call, Outcome } from '../../pipelines/call.js'
import type { LifecyclePhase } from '../../pipelines/call-runtime.js'
import type { Settings } from '../../pipelines/standard.js'
import type { Clock } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import type { Telemetry } from '../ports/telemetry.js'
import type { Transport } from '../ports/transport.js'
import type { Vitals } from '../ports/vitals.js'
import type { Framing } from '../protocol/frame.js'
import type { EngineContext } from './define.js'
import type { HealthSnapshot } from './health.js'
import type { LifecycleEvent } from './lifecycle.js'
import type { Reader } from './reader.js'

/** What an engine asks of the world. */
export interface EnginePorts {
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly vitals: Vitals
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

/** An engine at work. Its streams may be tapped, filtered and merged; a subscriber that throws harms nothing. */
export interface RunningEngine {
  /** Messages as they were parsed, or why one was none. */
  readonly messages$: Reader['messages$']
  /** Calls as they come in, ahead of all stages. */
  readonly calls$: Observable<Call>
  /** Outcomes as they leave, behind all stages. */
  readonly outcomes$: Observable<Outcome>
  readonly state$: Observable<LifecyclePhase>
  /** A snapshot now and each second, while subscribed. Completes when the engine has stopped. */
  readonly health$: Observable<HealthSnapshot>
  readonly context: EngineContext
  /**
   * Builds the pipelines anew, with these settings changed. Calls on their way finish in the old ones, whose limits
   * count them; the new ones begin at zero.
   */
  reload(settings?: Partial<Omit<Settings, 'telemetry'>>): void
  /** Stops as `engine.shutdown` does. */
  stop(graceMs?: number): void
  readonly done: Promise<Ending>
}
