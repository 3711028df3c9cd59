/** Requests of our own to who sits at the other end, and their replies. Ids of the two directions are separate. */
import type { Call } from '../../pipelines/call.js'
import type { RequestMeta, RequestOptions } from '../../pipelines/call-runtime.js'
import { PassingMap } from '../../pipelines/passing-map.js'
import { onAbort } from '../ports/abort.js'
import type { Clock } from '../ports/clock.js'
import type { CallTrace, Telemetry, TraceHeaders } from '../ports/telemetry.js'
import { notificationText, requestText } from '../protocol/encode.js'
import type { ReplyMessage } from '../protocol/message.js'
import { traceHeadersOf } from '../protocol/meta.js'
import {
  deadlineExceeded,
  internalError,
  type RpcError,
  requestCancelled,
  rpcError,
} from '../protocol/rpc-error.js'
import { builtinMethods } from './builtins.js'

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: RpcError) => void
  /** Tells the peer that the answer is not wanted any more, and rejects. */
  readonly cancel: (error: RpcError) => void
  readonly onProgress: RequestOptions['onProgress']
  receipt: number
}

/** How a request of ours is sent. */
export interface PeerRequest extends RequestOptions {
  /** The call on whose behalf: its time left bounds the request, and its end cancels it. */
  readonly parent?: Call | undefined
  /** What was sent of the same request before; this try is put to them. */
  readonly attempts?: CallTrace[] | undefined
  /** When it was asked for, by the clock, where it had to wait before it could be sent. */
  readonly askedAt?: number | undefined
}

const controlNames: ReadonlySet<string> = new Set(builtinMethods.map(({ name }) => name))

/** Takes a text to the peer; a request may be refused, which throws. @returns a receipt, by which `close` may tell what became of it */
type Write = (text: string, kind: 'request' | 'cancel') => number

export class Peer {
  /** Replies to no request of ours: late, or never asked for. */
  strayReplies = 0
  /** Called when a request has been sent, whose reply must be read. */
  onRequest: () => void = () => {}
  private readonly clock: Clock
  private readonly telemetry: Telemetry
  private readonly write: Write
  private readonly waiters = new PassingMap<number, Waiter>()
  /** How to cancel the open requests of each call. */
  private readonly byParent = new WeakMap<Call, Set<() => void>>()
  private lastId = 0
  private gone: ((receipt: number) => RpcError) | undefined

  constructor(clock: Clock, telemetry: Telemetry, write: Write) {
    this.clock = clock
    this.telemetry = telemetry
    this.write = write
  }

  get open(): number {
    return this.waiters.size
  }

  /** Sends a request. Rejects with an {@link RpcError}: the peer's, or ours when it is cancelled, late, or the peer is gone. */
  request(
    method: string,
    params: unknown,
    { deadlineMs, signal, onProgress, meta, parent, attempts, askedAt }: PeerRequest,
  ): Promise<unknown> {
    if (deadlineMs !== undefined && (typeof deadlineMs !== 'number' || Number.isNaN(deadlineMs)))
      return Promise.reject(new TypeError('deadlineMs wants a number of milliseconds'))
    const parentMs = parent?.timeLeftMs ?? Number.POSITIVE_INFINITY
    const timeLeftMs = Math.min(deadlineMs ?? parentMs, parentMs)
    if (this.gone !== undefined) return Promise.reject(this.gone(Number.POSITIVE_INFINITY))
    if (signal?.aborted === true || parent?.isSettled === true)
      return Promise.reject(requestCancelled())
    if (timeLeftMs <= 0) return Promise.reject(deadlineExceeded(timeLeftMs))
    this.lastId += 1
    const id = this.lastId
    return new Promise((resolve, reject) => {
      const given: RequestMeta = { ...metaIn(params), ...meta }
      const trace = this.trace(method, id, given, { parent, attempts, askedAt })
      // Without a span of its own, a request passes on what came, unless its caller knows better.
      const passed = given.traceparent === undefined ? parent?.trace : undefined
      const headers = trace?.headers ?? passed
      let text: string
      try {
        text = requestText(id, method, withMeta(params, given, headers, timeLeftMs))
      } catch (unprintable) {
        trace?.end(internalError(unprintable))
        throw unprintable // which rejects
      }
      const cancel = (error: RpcError): void => {
        if (!this.waiters.has(id)) return
        this.write(notificationText('$/cancelRequest', { id }), 'cancel')
        fail(error)
      }
      const fail = (error: RpcError): void => end(error, () => reject(error))
      const stop = () => cancel(requestCancelled())
      // At its own deadline the parent ends, and this with it.
      const timer =
        timeLeftMs < parentMs
          ? this.clock.setTimer(() => cancel(deadlineExceeded(timeLeftMs)), timeLeftMs)
          : undefined
      const end = (error: RpcError | undefined, settle: () => void): void => {
        this.waiters.delete(id)
        if (timer !== undefined) this.clock.clearTimer(timer)
        forget()
        siblings?.delete(stop)
        settle()
        trace?.end(error)
      }
      const waiter: Waiter = {
        resolve: (result) => end(undefined, () => resolve(result)),
        reject: fail,
        cancel,
        onProgress,
        receipt: Number.POSITIVE_INFINITY,
      }
      this.waiters.set(id, waiter)
      const forget = onAbort(signal, stop)
      const siblings = parent && this.requestsOf(parent).add(stop)
      try {
        waiter.receipt = this.write(text, 'request')
      } catch (refusal) {
        end(refusal as RpcError, () => reject(refusal))
        return
      }
      this.onRequest()
    })
  }

  /** Takes a reply, whatever its form. A peer may return our id as a text. */
  settle({ id, result, error }: ReplyMessage): void {
    const waiter = this.find(id)
    if (waiter === undefined) this.strayReplies += 1
    else if (error === undefined || error === null) waiter.resolve(result)
    else waiter.reject(peerError(error))
  }

  /** Takes the params of a `$/progress`. An `onProgress` that throws ends its own request, and nothing else. */
  progress(params: unknown): void {
    const { token, value, partial } = (params ?? {}) as Readonly<Record<string, unknown>>
    const waiter = this.find(token)
    try {
      waiter?.onProgress?.(value, partial === true)
    } catch (thrown) {
      waiter?.cancel(internalError(thrown))
    }
  }

  /**
   * Nothing will be answered any more.
   *
   * @param errorOf - for the receipt of an open request; Infinity stands for one that was not sent
   */
  close(errorOf: (receipt: number) => RpcError): void {
    this.gone = errorOf
    for (const waiter of this.waiters.values()) waiter.reject(errorOf(waiter.receipt))
  }

  private trace(
    method: string,
    id: number,
    given: RequestMeta,
    { parent, attempts = [], askedAt }: Pick<PeerRequest, 'parent' | 'attempts' | 'askedAt'>,
  ): CallTrace | undefined {
    const { sent } = this.telemetry
    if (sent === undefined) return undefined
    const headers = traceHeadersOf(given)
    const isControl = controlNames.has(method)
    const trace = sent({ method, isControl, id, headers, parent: parent?.span, askedAt, attempts })
    attempts.push(trace)
    return trace
  }

  private find(id: unknown): Waiter | undefined {
    const isOurs = typeof id === 'string' && String(Number(id)) === id
    return this.waiters.get(isOurs ? Number(id) : (id as number))
  }

  /** Ended with their call by one task, however many they are: a call may send requests for as long as it runs. */
  private requestsOf(parent: Call): Set<() => void> {
    const known = this.byParent.get(parent)
    if (known !== undefined) return known
    const requests = new Set<() => void>()
    this.byParent.set(parent, requests)
    parent.whenSettled(() => {
      for (const cancel of requests) cancel()
    })
    return requests
  }
}

/** What is active travels with a notification too, unless its sender knows better. */
export const withHeaders = (params: unknown, headers: TraceHeaders | undefined): unknown => {
  const given = metaIn(params)
  if (given.traceparent !== undefined) return params
  return withMeta(params, given, headers, Number.POSITIVE_INFINITY)
}

/** By-name params only: there is no place for it beside those by position. */
const withMeta = (
  params: unknown,
  meta: RequestMeta,
  headers: TraceHeaders | undefined,
  timeLeftMs: number,
): unknown => {
  const isTimed = Number.isFinite(timeLeftMs)
  if (Array.isArray(params)) return params
  if (!hasAny(meta) && !isTimed && !hasAny(headers)) return params
  const named = (params ?? {}) as Readonly<Record<string, unknown>>
  const deadline = isTimed && { deadlineMs: Math.max(1, Math.round(timeLeftMs)) }
  return { ...named, _meta: { ...meta, ...headers, ...deadline } }
}

const metaIn = (params: unknown): RequestMeta => {
  const { _meta: meta } = (params ?? {}) as { readonly _meta?: unknown }
  return typeof meta === 'object' && meta !== null ? (meta as RequestMeta) : {}
}

const hasAny = (members: object | undefined): boolean => {
  for (const _ in members) return true
  return false
}

/** An error of the peer, as far as it has the form of one. */
const peerError = (error: unknown): RpcError => {
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
  const { kind, ...facts } = (
    typeof data === 'object' && data !== null ? data : { data }
  ) as Record<string, unknown>
  const answer = rpcError(
    typeof kind === 'string' ? kind : 'EngineError',
    typeof message === 'string' ? message : 'The peer failed without a message',
    { ...facts, code },
  )
  answers.add(answer)
  return answer
}

/** Errors that peers answered with. What such a one says of itself decides nothing here: it may be of somebody else's engine. */
const answers = new WeakSet<RpcError>()

/** Whether an error is the peer's answer, and not one of ours about it. */
export const isAnswer = (error: RpcError): boolean => answers.has(error)
