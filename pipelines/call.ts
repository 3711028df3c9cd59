/** One call on its way: what it asks, where it is, and how it ended. Settled once. */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { MonoTypeOperatorFunction, Observable } from 'rxjs'
import type { LogFacts, TimedLogger } from '../src/ports/logger.js'
import {
  type CallTrace,
  type StageMark,
  type TraceHeaders,
  within,
} from '../src/ports/telemetry.js'
import { type Meta, placeOf, traceHeadersOf } from '../src/protocol/meta.js'
import type { RequestId } from '../src/protocol/request-id.js'
import type { RpcError } from '../src/protocol/rpc-error.js'
import type { CallRuntime, RequestOptions } from './call-runtime.js'
import type { WheelEntry } from './deadline-wheel.js'
import { declaredError } from './declared-error.js'
import type { MethodSpec } from './method-spec.js'

export type { StageMark } from '../src/ports/telemetry.js'

/** Something that a call takes up until it is settled. */
export interface Place {
  leave(call: Call): void
}

/** The calls of one batch, answered together. */
export interface Batch {
  /** Members that are still to be answered, those yet unread included. */
  open: number
  readonly replies: string[]
  /** Of all replies, in UTF-16 code units. */
  length: number
  /** Of the first replies, as many as have been counted. */
  bytes: number
  counted: number
  /** Ids of its calls, where two could be the same. */
  readonly ids: Set<string | number> | undefined
  /** Called when all members are done, before they are answered. */
  onAnswer: (() => void) | undefined
  /** Of its first member that is watched: the others are linked to it. */
  trace: CallTrace | undefined
}

/** What handlers are told of their call, and what they can do through it. */
export interface Context<Progress = unknown> {
  /** Undefined for a notification. */
  readonly id: RequestId | undefined
  readonly method: string
  /** When it came, in milliseconds of the engine's clock. */
  readonly receivedAt: number
  /** Aborts when the call has been answered otherwise: cancelled, late, or the engine stops. Made when first read. */
  readonly signal: AbortSignal
  /** When the caller is answered whatever happens, in milliseconds of the engine's clock; Infinity for never. */
  readonly deadline: number
  /** Milliseconds until then. */
  readonly timeLeftMs: number
  readonly meta: Meta
  /** By which what works for this call joins its trace: a worker, a child process, an HTTP request. Empty when there is none. */
  readonly trace: TraceHeaders
  /** The engine's log, with the method, the id and the trace on every record. */
  readonly log: TimedLogger
  /** What is set of the engine's own section, as it was when the call came in. */
  readonly config: unknown
  /** Tells the caller how far it is. Dropped once the call has been answered. */
  progress(value: Progress): void
  /** Calls the host. Ends with this call: its deadline and its cancellation travel with it. */
  request(method: string, params?: unknown, options?: RequestOptions): Promise<unknown>
}

export class Call<P = unknown, R = unknown> implements Context {
  readonly runtime: CallRuntime
  readonly id: RequestId | undefined
  readonly method: string
  /** Undefined when the engine has no such method. */
  readonly spec: MethodSpec | undefined
  params: P
  readonly meta: Meta
  readonly config: unknown
  readonly receivedAt: number
  /** Tells it from its copies, which would be answered beside it. */
  readonly self: Call = this as unknown as Call
  /** Of its message. */
  readonly bytes: number
  readonly batch: Batch | undefined
  /** The last stage that saw it. */
  stage: StageMark
  /** Its handler, or its method's stream, has it. */
  isStarted = false
  /** A stage of ours keeps it back and will go on with it. */
  isWaiting = false
  /** It is in the ledger. */
  isOpen = false
  /** Its reply has been written; for a notification, it has ended. */
  isAnswered = false
  /** Kept by the deadline wheel. */
  wheelNext: WheelEntry['wheelNext'] = undefined
  wheelPrevious: WheelEntry['wheelPrevious'] = undefined
  /** How it ended; the first to say so wins. */
  result: Either<RpcError, R> | undefined = undefined
  /** Around the handler, see `perCall`. */
  operators: MonoTypeOperatorFunction<unknown>[] | undefined = undefined
  private due = Number.POSITIVE_INFINITY
  /** Where it counts as running, see `limit`. */
  place: Place | undefined = undefined
  /** When it got there. */
  placedAt = 0
  /** Undefined while nobody watches. */
  span: CallTrace | undefined = undefined
  /** When its handler began and when it was settled, in milliseconds of the engine's clock. Only while calls are timed. */
  startedAt: number | undefined = undefined
  settledAt: number | undefined = undefined
  private endings: (() => void)[] | undefined = undefined
  private controller: AbortController | undefined = undefined

  constructor(
    runtime: CallRuntime,
    id: RequestId | undefined,
    method: string,
    spec: MethodSpec | undefined,
    params: P,
    meta: Meta,
    bytes: number,
    batch: Batch | undefined,
  ) {
    this.runtime = runtime
    this.id = id
    this.method = method
    this.spec = spec
    this.params = params
    this.meta = meta
    this.config = runtime.config
    this.receivedAt = runtime.now
    this.bytes = bytes
    this.batch = batch
    this.stage = runtime.intake
  }

  /** Does some work for it: spans that are begun there are a part of its trace. */
  within(work: () => void): void {
    within(this.span, work)
  }

  get isNotification(): boolean {
    return this.id === undefined
  }

  get isSettled(): boolean {
    return this.result !== undefined
  }

  get deadline(): number {
    return this.due
  }

  /** Brings the deadline forward. A later one changes nothing. */
  lowerDeadline(at: number): void {
    if (!(at < this.due)) return
    if (this.isOpen)
      this.runtime.ledger.reschedule(this, () => {
        this.due = at
      })
    else this.due = at
  }

  get timeLeftMs(): number {
    return this.due - this.runtime.clock.now()
  }

  /**
   * Answers the call, unless it has been answered.
   *
   * @returns false, so that a stage's filter can end with it: the call goes no further
   */
  settle(result: Either<RpcError, R>): false {
    if (this.result !== undefined) return false
    this.result = result
    this.runtime.settled(this)
    if (this.endings !== undefined || this.controller !== undefined) this.end()
    if (this.place !== undefined) this.place.leave(this) // last: what comes in its place starts at once
    return false
  }

  /** What its handler made of it. Nothing works for it any more, so nobody is told to stop. */
  finish(result: Either<RpcError, R>): void {
    if (this.result !== undefined) return
    this.controller = undefined
    this.settle(result)
  }

  /** Settles it with a result. False, as with {@link settle}. */
  reply(value: R): false {
    return this.settle(right(value))
  }

  /**
   * Settles it with an error. False, as with {@link settle}: `filter((call) => isKnown(call) || call.fail('Unknown'))`.
   *
   * @param error - an `rpcError(…)`, an Error or a text; the caller is told its message
   */
  fail(error: unknown): false {
    return this.settle(left(declaredError(error, this.spec)))
  }

  /** Runs a task when the call has been settled, at once if it has. Used to stop handlers and to free places. */
  whenSettled(task: () => void): void {
    if (this.result !== undefined) task()
    else if (this.endings === undefined) this.endings = [task]
    else this.endings.push(task)
  }

  get trace(): TraceHeaders {
    return this.span?.headers ?? traceHeadersOf(this.meta)
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController()
    if (this.result !== undefined) this.controller.abort()
    return this.controller.signal
  }

  get log(): TimedLogger {
    const facts = { method: this.method, requestId: this.id }
    const trace = this.span?.facts ?? traceFacts(this.meta)
    return this.runtime.log.child(trace === undefined ? facts : { ...facts, ...trace })
  }

  /** A function by itself, as `request` is: handlers take them out of their context. */
  get progress(): (value: unknown) => void {
    return (value) => {
      if (this.result === undefined) this.runtime.progressed(this, value)
    }
  }

  get request(): Context['request'] {
    return (method, params, options) =>
      this.runtime.request(method, params, { ...options, parent: this })
  }

  /** Stops what still works for the call. A task that throws stops no other. */
  private end(): void {
    const tasks = this.endings ?? []
    this.endings = undefined
    for (const task of tasks) {
      try {
        task()
      } catch (err) {
        this.runtime.log.error({ err, method: this.method }, 'Stopping a call failed')
      }
    }
    this.controller?.abort()
  }
}

/** Where a record of a call without a span belongs: in the one that its caller's `traceparent` names. */
const traceFacts = ({ traceparent }: Meta): LogFacts | undefined => {
  const place = placeOf(traceparent)
  return place && { trace_id: place.traceId, span_id: place.spanId }
}

/** What a call became: its result, or a word on its way there. */
export type Outcome =
  | { readonly kind: 'reply'; readonly call: Call; readonly result: Either<RpcError, unknown> }
  | { readonly kind: 'progress'; readonly call: Call; readonly value: unknown }

export type CallPipeline = (calls$: Observable<Call>) => Observable<unknown>
export type OutcomePipeline = (outcomes$: Observable<Outcome>) => Observable<Outcome>
