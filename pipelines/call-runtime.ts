/** What a call needs of the engine it runs in. It carries this along, so that stages need no settings to work. */
import type { Observable } from 'rxjs'
import type { Clock } from '../src/ports/clock.js'
import type { Logger } from '../src/ports/logger.js'
import type { Call, StageMark } from './call.js'
import type { Ledger } from './ledger.js'

export type LifecyclePhase = 'starting' | 'ready' | 'degraded' | 'draining' | 'stopped' | 'failed'

/** How a request to the peer is sent. */
export interface RequestOptions {
  /** Time that the peer has, in milliseconds; a call's own time left bounds it. */
  readonly deadlineMs?: number
  /** Cancels the request at the peer. */
  readonly signal?: AbortSignal
  /** `isPartial`: the value is a part of the result. */
  readonly onProgress?: (value: unknown, isPartial: boolean) => void
}

export interface CallRuntime {
  readonly clock: Clock
  /** When the bytes that are being worked on arrived, or a call ended: reading the clock takes longer than a stage. */
  readonly now: number
  readonly ledger: Ledger
  readonly log: Logger
  readonly config: unknown
  readonly phase: LifecyclePhase
  readonly phase$: Observable<LifecyclePhase>
  /** The mark of calls that no stage has seen yet. */
  readonly intake: StageMark
  /** A call has got its result. */
  settled(call: Call): void
  progressed(call: Call, value: unknown): void
  request(
    method: string,
    params: unknown,
    options: RequestOptions & { readonly parent?: Call },
  ): Promise<unknown>
}
