/** What comes from the engine: replies, progress, notifications, requests, and what is no message at all. */
import type { Peer } from '../engine/peer.js'
import { errorReply } from '../protocol/encode.js'
import type { Frame, FrameDecoder } from '../protocol/frame.js'
import { type CallMessage, callProblem, isReply, type Message } from '../protocol/message.js'
import { readId } from '../protocol/request-id.js'
import { isRpcError, methodNotFound } from '../protocol/rpc-error.js'

/** What the engine tells unasked, or because it was subscribed. */
export interface Notification {
  readonly method: string
  readonly params: unknown
}

export class Reader {
  private readonly decoder: FrameDecoder
  private readonly peer: Peer
  private readonly notified: (notification: Notification) => void
  private readonly stray: (line: string) => void
  private readonly write: (text: string) => void

  constructor(parts: {
    decoder: FrameDecoder
    peer: Peer
    notified: (notification: Notification) => void
    /** Output between the messages, such as what native code prints. */
    stray: (line: string) => void
    write: (text: string) => void
  }) {
    this.decoder = parts.decoder
    this.peer = parts.peer
    this.notified = parts.notified
    this.stray = parts.stray
    this.write = parts.write
  }

  /** @returns why nothing more can be read, if so */
  push(chunk: Uint8Array): string | undefined {
    for (const frame of this.decoder.push(chunk)) this.accept(frame)
    return this.decoder.fatal?.message
  }

  end(): void {
    for (const frame of this.decoder.end()) this.accept(frame)
  }

  private accept(text: Frame): void {
    if (isRpcError(text)) return this.stray(text.message)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return this.stray(text)
    }
    for (const message of Array.isArray(value) ? value : [value]) this.receive(message, text)
  }

  private receive(message: Message, text: string): void {
    const isObject = typeof message === 'object' && message !== null
    if (isObject && isReply(message)) return this.peer.settle(message)
    if (callProblem(message) !== undefined) return this.stray(text)
    const { id, method, params } = message as CallMessage
    if (id !== undefined) {
      // No handlers yet, but the engine waits for an answer.
      this.write(errorReply(readId(id, text, ['id']) ?? null, methodNotFound(method)))
    } else if (method === '$/progress') {
      const { token, value } = (params ?? {}) as { token?: unknown; value?: unknown }
      this.peer.progress(token, value)
    } else this.notified({ method, params })
  }
}
