/** Requests of our own to who sits at the other end, and their replies. Ids of the two directions are separate. */
import type { Call } from '../../pipelines/call.js'
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import type { Clock } from '../ports/clock.js'
import { notificationText, requestText } from '../protocol/encode.js'
import type { ReplyMessage } from '../protocol/message.js'
import { deadlineExceeded, type RpcError, requestCancelled, rpcError } from '../protocol/rpc-error.js'

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: RpcError) => void
  readonly onProgress: ((value: unknown) => void) | undefined
}

export class Peer {
  /** Replies to no request of ours: late, or never asked for. */
  strayReplies = 0
  private readonly clock: Clock
  private readonly write: (text: string) => void
  private readonly waiters = new Map<number, Waiter>()
  private lastId = 0
  private gone: RpcError | undefined

  constructor(clock: Clock, write: (text: string) => void) {
    this.clock = clock
    this.write = write
  }

  get open(): number {
    return this.waiters.size
  }

  /**
   * Sends a request. Rejects with an {@link RpcError}: the peer's, or ours when it is cancelled, late, or the peer is gone.
   *
   * @param parent - the call on whose behalf it is sent: its time left bounds the request, and its end cancels it
   */
  request(
    method: string,
    params: unknown,
    { deadlineMs, signal, onProgress, parent }: RequestOptions & { readonly parent?: Call },
  ): Promise<unknown> {
    const timeLeftMs = Math.min(deadlineMs ?? Infinity, parent?.timeLeftMs ?? Infinity)
    if (this.gone !== undefined) return Promise.reject(this.gone)
    if (signal?.aborted === true || parent?.isSettled === true) return Promise.reject(requestCancelled())
    if (timeLeftMs <= 0) return Promise.reject(deadlineExceeded(timeLeftMs))
    this.lastId += 1
    const id = this.lastId
    return new Promise((resolve, reject) => {
      const text = requestText(id, method, withDeadline(params, timeLeftMs)) // may throw, which rejects
      const cancel = (error: RpcError): void => {
        if (!this.waiters.has(id)) return
        this.write(notificationText('$/cancelRequest', { id }))
        end(() => reject(error))
      }
      const onAbort = () => cancel(requestCancelled())
      const timer = Number.isFinite(timeLeftMs)
        ? this.clock.setTimer(() => cancel(deadlineExceeded(timeLeftMs)), timeLeftMs)
        : undefined
      const end = (settle: () => void): void => {
        this.waiters.delete(id)
        if (timer !== undefined) this.clock.clearTimer(timer)
        signal?.removeEventListener('abort', onAbort)
        settle()
      }
      this.waiters.set(id, {
        resolve: (result) => end(() => resolve(result)),
        reject: (error) => end(() => reject(error)),
        onProgress,
      })
      signal?.addEventListener('abort', onAbort)
      parent?.whenSettled(onAbort)
      try {
        this.write(text)
      } catch (refusal) {
        end(() => reject(refusal))
      }
    })
  }

  /** Takes a reply, whatever its form. A peer may return our id as a text. */
  settle({ id, result, error }: ReplyMessage): void {
    const waiter = this.waiters.get(typeof id === 'string' ? Number(id) : (id as number))
    if (waiter === undefined) this.strayReplies += 1
    else if (error === undefined || error === null) waiter.resolve(result)
    else waiter.reject(peerError(error))
  }

  progress(token: unknown, value: unknown): void {
    this.waiters.get(token as number)?.onProgress?.(value)
  }

  /** Nothing will be answered any more. */
  close(error: RpcError): void {
    this.gone = error
    for (const waiter of [...this.waiters.values()]) waiter.reject(error)
  }
}

const withDeadline = (params: unknown, timeLeftMs: number): unknown => {
  if (!Number.isFinite(timeLeftMs) || Array.isArray(params)) return params
  const named = (params ?? {}) as Readonly<Record<string, unknown>>
  const meta = named['_meta'] as Readonly<Record<string, unknown>> | undefined
  return { ...named, _meta: { ...meta, deadlineMs: Math.max(1, Math.round(timeLeftMs)) } }
}

/** An error of the peer, as far as it has the form of one. */
const peerError = (error: unknown): RpcError => {
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
  const { kind, ...facts } = (typeof data === 'object' && data !== null ? data : { data }) as Record<string, unknown>
  return rpcError(
    typeof kind === 'string' ? kind : 'EngineError',
    typeof message === 'string' ? message : 'The peer failed without a message',
    { ...facts, code },
  )
}
