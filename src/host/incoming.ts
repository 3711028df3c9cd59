/** Calls from the engine to its host. */
import { Subject } from 'rxjs'
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import { withAny } from '../ports/abort.js'
import type { Clock } from '../ports/clock.js'
import { type Telemetry, within } from '../ports/telemetry.js'
import { errorReply, resultReply } from '../protocol/encode.js'
import type { CallMessage } from '../protocol/message.js'
import { hasMeta, type Meta, noMeta, splitMeta } from '../protocol/meta.js'
import { idKey, type RequestId } from '../protocol/request-id.js'
import {
  deadlineExceeded,
  duplicateId,
  internalError,
  isRpcError,
  methodNotFound,
  overloaded,
  type RpcError,
  requestCancelled,
} from '../protocol/rpc-error.js'
import { wireCode } from '../protocol/wire-error.js'

/** A call from the engine. The first answer counts. */
export interface IncomingCall {
  readonly method: string
  readonly params: unknown
  readonly meta: Meta
  /** Aborts when the call is cancelled, late, or the engine is gone. */
  readonly signal: AbortSignal
  /** Milliseconds that are left to answer; Infinity where the engine set no deadline. */
  readonly timeLeftMs: number
  progress(value: unknown): void
  /** A call to the engine on behalf of this one: it has no more time than this, and is cancelled with it. */
  request(method: string, params?: unknown, options?: RequestOptions): Promise<unknown>
  reply(result: unknown): void
  fail(error: RpcError): void
}

/** Answers a call from the engine: by what it returns, or resolves with, or throws. */
// biome-ignore lint/suspicious/noExplicitAny: each method knows what its engine sends
export type HostMethod = (params: any, call: IncomingCall) => unknown
export type HostMethods = Readonly<Record<string, HostMethod>>

interface Parts {
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly methods: HostMethods
  readonly request: (method: string, params: unknown, options: RequestOptions) => Promise<unknown>
  readonly write: (text: string) => void
  /** How much of what the engine may not have read it has not read: above 1 is too much. */
  readonly fullness: () => number
}

/** Calls of an engine that are not answered yet; more are refused. */
const mostOpen = 10_000

export class Incoming {
  /** Calls that none of the methods takes. Who subscribes answers them. */
  readonly requests$ = new Subject<IncomingCall>()
  private readonly parts: Parts
  private readonly open = new Map<string | number, (error: RpcError) => void>()

  constructor(parts: Parts) {
    this.parts = parts
  }

  accept({ method, params: given }: CallMessage, id: RequestId): void {
    const { clock, telemetry, methods, write, fullness } = this.parts
    const key = id === null ? undefined : idKey(id)
    // It asks faster than it reads the answers. In the end not even this one is kept for it.
    if (fullness() > 2) return
    if (fullness() > 1) return write(errorReply(id, overloaded('the engine does not read')))
    if (key !== undefined && this.open.has(key)) return write(errorReply(id, duplicateId()))
    if (this.open.size >= mostOpen)
      return write(errorReply(id, overloaded(`${mostOpen} calls to the host are open`)))
    const { params, meta } = hasMeta(given) ? splitMeta(given) : { params: given, meta: noMeta }
    const deadlineMs = Number.isFinite(meta.deadlineMs) ? Number(meta.deadlineMs) : Infinity
    const dueAt = clock.now() + deadlineMs
    const controller = new AbortController()
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
    const isKnown = handler !== undefined || this.requests$.observed
    const spec = isKnown ? { name: method, isControl: false } : undefined
    const trace = telemetry.received?.({ method, spec, id, meta, receivedAt: clock.now() })
    let isSettled = false
    const settle = (text: string, error?: RpcError): void => {
      if (isSettled) return
      isSettled = true
      if (key !== undefined) this.open.delete(key)
      clock.clearTimer(timer)
      write(text)
      trace?.end(error && { ...error, code: wireCode(error) })
    }
    const fail = (error: RpcError): void => settle(errorReply(id, error), error)
    const abort = (error: RpcError): void => {
      fail(error)
      controller.abort()
    }
    const timer =
      deadlineMs === Infinity
        ? undefined
        : clock.setTimer(() => abort(deadlineExceeded(deadlineMs)), deadlineMs)
    if (key !== undefined) this.open.set(key, abort)
    const { signal } = controller
    const call: IncomingCall = {
      method,
      params,
      meta,
      signal,
      get timeLeftMs() {
        return dueAt - clock.now()
      },
      progress: (value) => {
        if (!isSettled && fullness() <= 1) write(progressText(meta.progressToken ?? id, value))
      },
      request: (name, ownParams, options = {}) =>
        within(trace, () => this.nested(call, name, ownParams, options)),
      reply: (result) => {
        const text = replyText(id, result)
        if (typeof text === 'string') settle(text)
        else fail(text)
      },
      fail,
    }
    within(trace, () => {
      if (handler !== undefined) void answer(handler, call)
      else if (isKnown) this.requests$.next(call)
      else fail(methodNotFound(method))
    })
  }

  cancel(id: RequestId | undefined): void {
    if (id !== undefined && id !== null) this.open.get(idKey(id))?.(requestCancelled())
  }

  /** The engine is gone: nobody waits for an answer any more. */
  close(): void {
    for (const abort of [...this.open.values()]) abort(requestCancelled())
    this.requests$.complete()
  }

  private nested(
    call: IncomingCall,
    method: string,
    params: unknown,
    { deadlineMs = Infinity, signal, ...options }: RequestOptions,
  ): Promise<unknown> {
    const leftMs = Math.min(deadlineMs, call.timeLeftMs)
    const own = { ...options, ...(leftMs !== Infinity && { deadlineMs: leftMs }) }
    const signals = signal === undefined ? [call.signal] : [signal, call.signal]
    return withAny(signals, (either) =>
      this.parts.request(method, params, { ...own, signal: either }),
    )
  }
}

const answer = async (handler: HostMethod, call: IncomingCall): Promise<void> => {
  try {
    call.reply(await handler(call.params, call))
  } catch (thrown) {
    call.fail(isRpcError(thrown) ? thrown : internalError(thrown))
  }
}

/** @returns the error to be sent in its place, for a result that cannot be printed */
const replyText = (id: RequestId, result: unknown): string | RpcError => {
  try {
    return resultReply(id, result)
  } catch (unprintable) {
    return internalError(unprintable)
  }
}

const progressText = (token: unknown, value: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method: '$/progress', params: { token, value } })
