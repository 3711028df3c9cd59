/** What a call needs of the engine it runs in. It carries this along, so that stages need no settings to work. */
import type { Observable } from 'rxjs'
import type { Clock } from '../src/ports/clock.js'
import type { TimedLogger } from '../src/ports/logger.js'
import type { Priority } from '../src/protocol/meta.js'
import type { Call, StageMark } from './call.js'
import type { Ledger } from './ledger.js'

export type LifecyclePhase = 'starting' | 'ready' | 'degraded' | 'draining' | 'stopped' | 'failed'

/** How a request to the peer is sent. */
export interface RequestOptions {
  /** Time that the peer has, in milliseconds; a call's own time left bounds it. */
  readonly deadlineMs?: number | undefined
  /** Cancels the request at the peer. */
  readonly signal?: AbortSignal | undefined
  /** `isPartial`: the value is a part of the result. */
  readonly onProgress?: ((value: unknown, isPartial: boolean) => void) | undefined
  /** Travels as `_meta` beside by-name params; those by position have no place for it. */
  readonly meta?: RequestMeta | undefined
}

/** What a caller may say of a request. The deadline is an option of its own, and progress goes by the request's id. */
export interface RequestMeta {
  readonly priority?: Priority | undefined
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
  readonly baggage?: string | undefined
  readonly idempotencyKey?: string | undefined
  readonly deadlineMs?: never
  readonly progressToken?: never
  readonly [key: string]: unknown
}

export interface CallRuntime {
  readonly clock: Clock
  /** When the bytes that are being worked on arrived, or a call ended: reading the clock takes longer than a stage. */
  readonly now: number
  readonly ledger: Ledger
  readonly log: TimedLogger
  /** Somebody wants to know what calls spend their time on. */
  readonly isTimed: boolean
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
