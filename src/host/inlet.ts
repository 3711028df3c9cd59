/** What an engine writes: messages, on whichever of its two ways it speaks, and what is none. */
import type { Frame, FrameDecoder, Framing } from '../protocol/frame.js'
import { frameDecoder } from '../protocol/framing.js'
import { callProblem, isReply, type Message } from '../protocol/message.js'
import { isRpcError } from '../protocol/rpc-error.js'

/** Engines of ours have a channel of their own; all others have stdout. The first message tells. */
export type Way = 'channel' | 'stdout'

interface Parts {
  readonly framing: Framing
  readonly limitBytes: number
  /** Takes each message with the text it came in, and its place in that if it is a batch. */
  readonly accept: (message: Message, text: string, index: number | undefined) => void
  /** Takes output that is no message, such as what native code prints. */
  readonly stray: (text: string) => void
  /** Takes stdout as it comes, once it is known to carry no messages. */
  readonly strayChunk: (chunk: Uint8Array) => void
}

export class Inlet {
  /** Undefined until the first message. */
  way: Way | undefined
  private readonly parts: Parts
  private readonly decoders: Readonly<Record<Way, FrameDecoder>>

  constructor(parts: Parts) {
    const decoder = () => frameDecoder(parts.framing, parts.limitBytes)
    this.parts = parts
    this.decoders = { channel: decoder(), stdout: decoder() }
  }

  /** @returns why nothing more can be read, if so */
  push(way: Way, chunk: Uint8Array): string | undefined {
    if (this.isOther(way)) {
      if (way === 'stdout') this.parts.strayChunk(chunk)
      return undefined
    }
    const decoder = this.decoders[way]
    for (const frame of decoder.push(chunk)) this.take(way, frame)
    return this.isOther(way) ? undefined : decoder.fatal?.message
  }

  /** @returns whether nothing more can come: it was the way in use, or stdout before any is known */
  end(way: Way): boolean {
    if (this.isOther(way)) return false
    for (const frame of this.decoders[way].end()) this.take(way, frame)
    return this.way === way || way === 'stdout'
  }

  private isOther(way: Way): boolean {
    return this.way !== undefined && this.way !== way
  }

  private take(way: Way, frame: Frame): void {
    const { stray } = this.parts
    if (isRpcError(frame)) return stray(frame.message)
    let value: unknown
    try {
      value = JSON.parse(frame)
    } catch {
      return stray(frame)
    }
    if (!Array.isArray(value)) this.judge(way, value, frame, undefined)
    else for (const [index, member] of value.entries()) this.judge(way, member, frame, index)
  }

  private judge(way: Way, value: unknown, text: string, index: number | undefined): void {
    const isMessage =
      typeof value === 'object' &&
      value !== null &&
      (isReply(value) || callProblem(value) === undefined)
    if (!isMessage) return this.parts.stray(text)
    this.way ??= way
    this.parts.accept(value as Message, text, index)
  }
}
