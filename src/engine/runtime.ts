/** What all calls of one engine share. */
import { BehaviorSubject } from 'rxjs'
import type { Call, Outcome, StageMark } from '../../pipelines/call.js'
import type { CallRuntime, LifecyclePhase, RequestOptions } from '../../pipelines/call-runtime.js'
import { Ledger } from '../../pipelines/ledger.js'
import type { MethodSpec } from '../../pipelines/method-spec.js'
import { Relay } from '../../pipelines/relay.js'
import type { Clock } from '../ports/clock.js'
import type { EngineSettings } from '../ports/config.js'
import type { Logger, TimedLogger } from '../ports/logger.js'
import { type Telemetry, type TraceScope, within } from '../ports/telemetry.js'
import { traceIdOf } from '../protocol/meta.js'
import type { Outcomes } from './answering.js'
import { type CallLog, callLog } from './call-log.js'
import type { Peer } from './peer.js'
import { timedLogger } from './timed-logger.js'

export interface Slowest {
  readonly ms: number
  /** Of the caller's trace, where it told of one. */
  readonly traceId?: string
}

export class EngineRuntime implements CallRuntime {
  readonly clock: Clock
  readonly log: TimedLogger
  readonly telemetry: Telemetry
  readonly settings$: BehaviorSubject<EngineSettings>
  readonly ledger: Ledger
  readonly intake: StageMark = { name: 'intake' }
  readonly phase$ = new BehaviorSubject<LifecyclePhase>('starting')
  /** Takes what calls became to the reply pipeline; exchanged by a reload. */
  outcomes$: Outcomes = new Relay<Outcome>()
  /** By method of the engine's own, the call that took longest from receipt to result, of those that were not answered at once. */
  readonly slowest = new Map<string, Slowest>()
  /** Read once for the calls of a chunk, and when a call ends that was not answered at once. */
  now: number
  private readonly peer: Peer
  private readonly scope: TraceScope | undefined

  constructor(parts: {
    clock: Clock
    log: Logger
    telemetry: Telemetry
    settings: EngineSettings
    peer: Peer
    /** Called with a call that is still open at its deadline. */
    expire: (call: Call) => void
  }) {
    this.clock = parts.clock
    this.log = timedLogger(parts.log, parts.clock)
    this.telemetry = parts.telemetry
    this.scope = parts.telemetry.scope?.()
    this.settings$ = new BehaviorSubject(parts.settings)
    this.config = parts.settings.own
    this.callLog = callLog(parts.settings.callShare)
    this.peer = parts.peer
    this.now = this.clock.now()
    this.ledger = new Ledger(this.clock, parts.expire)
  }

  /** The engine's own section. Read for every call, so it is kept beside the stream. */
  config: unknown

  get settings(): EngineSettings {
    return this.settings$.value
  }

  /** From now on these are in force; calls that are open keep what they came in with. */
  use(settings: EngineSettings): void {
    if (settings.callShare !== this.settings.callShare) this.callLog = callLog(settings.callShare)
    this.config = settings.own
    if (settings.stages !== undefined) this.telemetry.setStages?.(settings.stages)
    this.settings$.next(settings)
  }

  /** Of all input, in bytes. */
  bytesIn = 0

  /** Writes a line for calls that are answered, while it is there. May be exchanged: open calls go by the new one. */
  callLog: CallLog | undefined

  /** Does what is no part of any call, though one may have been the reason: its trace has nothing to do with that. */
  outside<T>(work: () => T): T {
    return within(this.scope, work)
  }

  get isTimed(): boolean {
    return this.callLog !== undefined || this.telemetry.received !== undefined
  }

  /** Read for every call, so it is kept beside the stream. */
  phase: LifecyclePhase = 'starting'
  /** It has been ready once. */
  hasStarted = false

  enter(phase: LifecyclePhase): void {
    this.phase = phase
    if (phase === 'ready') this.hasStarted = true
    this.phase$.next(phase)
  }

  settled(call: Call): void {
    const result = call.result as NonNullable<Call['result']>
    if (this.isTimed) call.settledAt = this.clock.now()
    if (call.isOpen && call.spec !== undefined) this.time(call, call.spec)
    this.outcomes$.next({ kind: 'reply', call, result })
  }

  private time(call: Call, { name, isControl }: MethodSpec): void {
    this.now = this.clock.now()
    const ms = this.now - call.receivedAt
    if (isControl || ms <= (this.slowest.get(name)?.ms ?? 0)) return
    const traceId = call.span?.traceId ?? traceIdOf(call.meta)
    this.slowest.set(name, traceId === undefined ? { ms } : { ms, traceId })
  }

  progressed(call: Call, value: unknown): void {
    this.outcomes$.next({ kind: 'progress', call, value })
  }

  request(
    method: string,
    params: unknown,
    options: RequestOptions & { readonly parent?: Call },
  ): Promise<unknown> {
    return this.peer.request(method, params, options)
  }
}
