/** What a frame is: calls, replies to our own requests, batches of both, or something that is none of these. */
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { Subject } from 'rxjs'
import { type Batch, Call, type StageMark } from '../../pipelines/call.js'
import type { MethodSpec } from '../../pipelines/method-spec.js'
import type { Relay } from '../../pipelines/relay.js'
import type { Telemetry } from '../ports/telemetry.js'
import { typeName } from '../protocol/codec-names.js'
import type { Frame } from '../protocol/frame.js'
import { BatchText, isDeeperThan, type JsonPath } from '../protocol/json-text.js'
import type { Limits } from '../protocol/limits.js'
import {
  type CallMessage,
  callProblem,
  isReply,
  type Message,
  type ReplyMessage,
} from '../protocol/message.js'
import { hasMeta, type Meta, noMeta, splitMeta, withTrace } from '../protocol/meta.js'
import { idKey, type RequestId, readId } from '../protocol/request-id.js'
import {
  batchTooLarge,
  deadlineExceeded,
  duplicateId,
  invalidParams,
  invalidRequest,
  overloaded,
  parseError,
  type RpcError,
  requestCancelled,
  tooDeep,
} from '../protocol/rpc-error.js'
import { BatchIds } from './batch-ids.js'
import type { Outbox } from './outbox.js'
import type { Peer } from './peer.js'
import type { EngineRuntime } from './runtime.js'

/** Where calls of one method go. */
export interface Route {
  readonly spec: MethodSpec | undefined
  /** The pipeline that its calls pass, and the mark of those that no stage of it has seen yet. */
  readonly calls$: Relay<Call>
  readonly mark: StageMark
  /** What the method, or else the engine, allows from receipt to reply, whatever its pipeline does with the call. */
  readonly deadlineMs?: number | undefined
}

/** Who gets what, by the names of messages. */
export interface Routes {
  readonly methods: ReadonlyMap<string, Route>
  readonly notifications: ReadonlyMap<string, Route>
  /** Calls of methods that do not exist. */
  readonly unknown: Route
  /** No more calls will come this way. Those that are on it go on. */
  close(): void
}

/** Words that could make a waiting message one that must not wait; whether it is one is decided after parsing. */
const urgentWord =
  /"(?:\$\/cancelRequest|\$\/progress|result|error|health\.check|(?:engine|log|rpc|config|telemetry)\.\w+)"/
const bytesPerLevel = 2

export class Reader {
  /** Every message as it was parsed, or why it was none. */
  readonly messages$ = new Subject<Either<RpcError, Message>>()
  readonly calls$ = new Subject<Call>()
  /** Messages that could not be read as calls. */
  refused = 0
  /** The same, by kind. */
  readonly faults = new Map<string, number>()
  /** Set before the first bytes come, and exchanged as a whole. */
  routes!: Routes
  /** Calls are answered with Overloaded, but for control calls. */
  isRefusing = false
  private readonly runtime: EngineRuntime
  private readonly outbox: Outbox
  private readonly peer: Peer
  private readonly limits: Limits
  /** Of batches whose members have not all been answered yet. */
  private readonly batchIds = new BatchIds()
  /** Ids of calls that may be among those that wait, and are cancelled already. */
  private readonly cancelled = new Set<string | number>()

  constructor(parts: { runtime: EngineRuntime; outbox: Outbox; peer: Peer; limits: Limits }) {
    this.runtime = parts.runtime
    this.outbox = parts.outbox
    this.peer = parts.peer
    this.limits = parts.limits
  }

  /** No call waits any more that an early cancel could have meant. */
  forgetCancelled(): void {
    if (this.cancelled.size > 0) this.cancelled.clear()
  }

  /**
   * Whether a frame must not wait for memory: replies to our own requests, as open calls may need them to end, alone or
   * with what came in one batch, cancels of open calls, and control calls.
   *
   * @param isHeard - control calls are answered, and the peer takes answers
   */
  isUrgent(frame: Frame, isHeard: boolean): boolean {
    if (typeof frame !== 'string' || !urgentWord.test(frame)) return false
    let value: unknown
    try {
      value = JSON.parse(frame)
    } catch {
      return false
    }
    if (Array.isArray(value)) return value.some(isReplyValue)
    if (isReplyValue(value)) return true
    const { method, params } = (value ?? {}) as Partial<CallMessage>
    if (method === '$/progress') return true
    if (method === '$/cancelRequest') return this.isForOpenCall(params, frame)
    return typeof method === 'string' && this.isControl(method) && isHeard
  }

  private isControl(method: string): boolean {
    return this.routes.methods.get(method)?.spec?.isControl === true
  }

  /** A cancel of a call that waits itself keeps its place behind it, but from now on that call must not start. */
  private isForOpenCall(params: unknown, text: string): boolean {
    const id = readId(idOf(params), text, ['params', 'id'])
    if (id === undefined || id === null) return false
    if (this.runtime.ledger.find(id) !== undefined) return true
    this.cancelled.add(idKey(id))
    return false
  }

  accept(frame: Frame): void {
    if (typeof frame !== 'string') return this.refuse(frame)
    let value: unknown
    try {
      value = JSON.parse(frame)
    } catch {
      return this.refuse(parseError('the text is no JSON'))
    }
    // A text too short for so many brackets cannot nest too deep.
    const { depth } = this.limits
    if (frame.length > depth * bytesPerLevel && isDeeperThan(value, depth)) {
      return this.refuse(tooDeep(depth), readableId(value, frame, ['id']))
    }
    if (Array.isArray(value)) this.batch(value, frame)
    else this.message(value as Message, frame, undefined, ['id'])
  }

  private batch(members: readonly unknown[], whole: string): void {
    if (members.length === 0) return this.refuse(invalidRequest('a batch must not be empty'))
    const { batch: limit } = this.limits
    if (members.length > limit) return this.refuse(batchTooLarge(limit, members.length))
    const ids = areIncreasing(members) ? undefined : new Set<string | number>()
    const text = new BatchText(whole, members.length)
    const open = members.length + 1
    const batch: Batch = {
      open,
      replies: [],
      length: 0,
      bytes: 0,
      counted: 0,
      ids,
      onAnswer: undefined,
      trace: undefined,
    }
    for (const [index, member] of members.entries()) {
      this.message(member as Message, text, batch, [index, 'id'])
    }
    this.outbox.memberDone(batch) // now that all members are in
    if (batch.open > 0) this.batchIds.keep(batch, idsOf(members, text))
  }

  private message(
    message: Message,
    text: string | BatchText,
    batch: Batch | undefined,
    idPath: JsonPath,
  ): void {
    if (isReplyValue(message)) {
      this.announce(message)
      this.peer.settle(message)
      if (batch !== undefined) this.outbox.memberDone(batch)
      return
    }
    const problem = callProblem(message)
    if (problem !== undefined) return this.refuse(problem, readableId(message, text, idPath), batch)
    const call = message as CallMessage
    const { id: given, method } = call
    if (method === '$/cancelRequest') this.cancel(call, text, idPath)
    if (given === undefined) {
      this.announce(message)
      return this.notification(call, text, batch)
    }
    const id = readId(given, text, idPath)
    if (id === undefined) {
      const error = invalidRequest('the id must be a string, a number or null')
      return this.refuse(error, null, batch)
    }
    if (this.isTaken(id, batch)) return this.refuse(duplicateId(), id, batch)
    if (this.cancelled.size > 0 && this.wasCancelled(id, method)) {
      return this.refuse(requestCancelled(), id, batch)
    }
    this.announce(message)
    this.enter(call, id, this.routes.methods.get(method) ?? this.routes.unknown, text, batch)
  }

  /** Unknown, late and malformed cancels are nobody's fault: the call may just have ended. */
  private cancel({ params }: CallMessage, text: string | BatchText, idPath: JsonPath): void {
    const id = readId(idOf(params), text, [...idPath.slice(0, -1), 'params', 'id'])
    if (id === undefined || id === null) return
    // The call it meant came before; when this is refused, it may be waiting yet.
    if (this.cancelled.size > 0 && !this.isRefusing) this.cancelled.delete(idKey(id))
    this.runtime.ledger.find(id)?.settle(left(requestCancelled()))
  }

  /** Control calls overtake those that wait, so it is not them that were meant. */
  private wasCancelled(id: RequestId, method: string): boolean {
    return id !== null && !this.isControl(method) && this.cancelled.delete(idKey(id))
  }

  private notification(
    message: CallMessage,
    text: string | BatchText,
    batch: Batch | undefined,
  ): void {
    if (batch !== undefined) this.outbox.memberDone(batch)
    const { method } = message
    if (method === '$/progress') {
      this.peer.progress(message.params)
      return
    }
    const { methods, notifications } = this.routes
    const route = notifications.get(method) ?? methods.get(method)
    // Nobody waits for an answer that could tell of a name that is not known.
    if (route === undefined) this.runtime.log.debug({ method }, 'There is no such notification')
    else this.enter(message, undefined, route, text, undefined)
  }

  private enter(
    message: CallMessage,
    id: RequestId | undefined,
    { spec, calls$, mark, deadlineMs }: Route,
    text: string | BatchText,
    batch: Batch | undefined,
  ): void {
    const { runtime } = this
    let params: unknown = message.params
    let meta = noMeta
    if (hasMeta(message.params)) ({ params, meta } = splitMeta(message.params))
    if (message.traceparent !== undefined) meta = withTrace(meta, message.traceparent)
    const call = new Call(runtime, id, message.method, spec, params, meta, text.length, batch)
    call.stage = mark
    if (runtime.telemetry.received !== undefined) watch(call, runtime.telemetry.received)
    if (deadlineMs !== undefined) call.lowerDeadline(call.receivedAt + deadlineMs)
    if (spec !== undefined && meta.deadlineMs !== undefined) takeDeadline(call, meta)
    if (this.isRefusing && spec?.isControl !== true) {
      call.settle(left(overloaded('too many calls wait for memory')))
    }
    if (this.calls$.observed) this.calls$.next(call)
    const outer = runtime.ledger.atIntake
    runtime.ledger.atIntake = call
    if (call.result === undefined) {
      if (call.span === undefined) calls$.next(call)
      else call.within(() => calls$.next(call))
    }
    runtime.ledger.atIntake = outer
    if (!call.isAnswered) runtime.ledger.add(call)
  }

  /** Calls of one batch are answered together, so an id is open until all of them are done. */
  private isTaken(id: RequestId, batch: Batch | undefined): boolean {
    if (id === null) return false
    const { ledger } = this.runtime
    if (ledger.size > 0 && ledger.find(id) !== undefined) return true
    if (batch?.ids === undefined && this.batchIds.size === 0) return false
    const key = idKey(id)
    if (this.batchIds.has(key)) return true
    if (batch?.ids === undefined) return false
    if (batch.ids.has(key)) return true
    batch.ids.add(key)
    return false
  }

  private refuse(error: RpcError, id: RequestId = null, batch?: Batch): void {
    this.refused += 1
    this.faults.set(error.kind, (this.faults.get(error.kind) ?? 0) + 1)
    if (this.messages$.observed) this.messages$.next(left(error))
    this.outbox.refuse(error, id, batch)
  }

  private announce(message: Message): void {
    if (this.messages$.observed) this.messages$.next(right(message))
  }
}

/** The calls of one batch are linked to the first of them. */
const watch = (call: Call, received: NonNullable<Telemetry['received']>): void => {
  const span = received(call)
  call.span = span
  const { batch } = call
  if (batch === undefined) return
  if (batch.trace === undefined) batch.trace = span
  else span.link(batch.trace.headers)
}

const idsOf = (members: readonly unknown[], text: BatchText): (string | number)[] =>
  members
    .map((member, index) => (isReplyValue(member) ? null : readableId(member, text, [index, 'id'])))
    .filter((id) => id !== null)
    .map(idKey)

/** Ids that are counted up cannot meet twice, and most peers count. */
const areIncreasing = (members: readonly unknown[]): boolean => {
  let last = Number.NEGATIVE_INFINITY
  for (const member of members) {
    const id = (member as { readonly id?: unknown } | null)?.id
    if (id === undefined) continue
    if (typeof id !== 'number' || !(id > last)) return false
    last = id
  }
  return true
}

const isReplyValue = (value: unknown): value is ReplyMessage =>
  typeof value === 'object' && value !== null && isReply(value as Message)

const idOf = (params: unknown): unknown => ((params ?? {}) as { readonly id?: unknown }).id

/** The id of a message that is wrong otherwise; null where there is none to be read. */
const readableId = (value: unknown, text: string | BatchText, path: JsonPath): RequestId => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { id } = value as { id?: unknown }
  return id === undefined ? null : (readId(id, text, path) ?? null)
}

/** Time left when it was sent. None left is answered at once; a huge one never ends. */
const takeDeadline = (call: Call, { deadlineMs }: Meta): void => {
  if (typeof deadlineMs !== 'number') {
    const problem = { path: '/_meta/deadlineMs', expected: 'number', got: typeName(deadlineMs) }
    call.settle(left(invalidParams([problem], 1)))
    return
  }
  const due = call.receivedAt + deadlineMs
  const isLate = due <= call.runtime.clock.now() // it may have waited here
  if (isLate) call.settle(left(deadlineExceeded(deadlineMs, 'queued')))
  else call.lowerDeadline(due)
}
