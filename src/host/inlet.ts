/** What an engine writes: messages, on whichever of its two ways it speaks, and what is none. */
import type { Frame, FrameDecoder, Framing } from '../protocol/frame.js'
import { frameDecoder } from '../protocol/framing.js'
import { callProblem, isReply, type Message } from '../protocol/message.js'
import { isRpcError, messageTooLarge } from '../protocol/rpc-error.js'
import { toWireError } from '../protocol/wire-error.js'

/** Engines of ours have a channel of their own; all others have stdout. The first message tells. */
export type Way = 'channel' | 'stdout'

interface Parts {
  readonly framing: Framing
  readonly limitBytes: number
  /** Takes each message with the text it came in, and its place in that if it is a batch. */
  readonly accept: (message: Message, text: string, index: number | undefined) => void
  /** Takes lines that are no messages, such as what native code prints, together as they came. */
  readonly stray: (text: string) => void
  /** Takes stdout as it came, where it is known to carry no messages. */
  readonly strayChunk: (chunk: Uint8Array) => void
}

const newline = 10
const brace = 123
/** How objects and batches begin. */
const messageStart = /^[ \t\r\n]*(?:\{[ \t\r\n]*"|\[[ \t\r\n]*\{)/
/** How the reply to a request of ours begins, if it says early to which. */
const version = String.raw`(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?`
const replyStart = new RegExp(
  String.raw`^\s*\{\s*${version}"id"\s*:\s*("?)(\d{1,15})\1\s*,\s*${version}"(?:result|error)"`,
)

export class Inlet {
  /** Undefined until the first message. */
  way: Way | undefined
  private readonly parts: Parts
  private readonly decoders: Readonly<Record<Way, FrameDecoder>>
  /** The decoder has the beginning of a line. */
  private readonly isInLine = { channel: false, stdout: false }
  /** Of the chunk that is being read. */
  private strays: string[] = []

  constructor(parts: Parts) {
    const decoder = (way: Way) =>
      frameDecoder(parts.framing, parts.limitBytes, (head) => this.skipped(way, head))
    this.parts = parts
    this.decoders = { channel: decoder('channel'), stdout: decoder('stdout') }
  }

  /** @returns why nothing more can be read, if so */
  push(way: Way, chunk: Uint8Array): string | undefined {
    if (this.isOther(way)) {
      if (way === 'stdout') this.parts.strayChunk(chunk)
      return undefined
    }
    const decoder = this.decoders[way]
    if (this.parts.framing !== 'ndjson') this.read(way, decoder.push(chunk))
    else this.lines(way, chunk)
    return this.isOther(way) ? undefined : decoder.fatal?.message
  }

  /** Lines ahead of the first brace are no messages, and not looked at one by one: a flood of them would block the host. */
  private lines(way: Way, chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const decoder = this.decoders[way]
    let at = 0
    if (this.isInLine[way]) {
      at = bytes.indexOf(newline) + 1 || bytes.length
      this.read(way, decoder.push(bytes.subarray(0, at)))
    }
    const first = bytes.indexOf(brace, at)
    const start = bytes.lastIndexOf(newline, first < 0 ? bytes.length : first) + 1
    if (start > at) this.parts.strayChunk(bytes.subarray(at, start))
    this.read(way, decoder.push(bytes.subarray(Math.max(at, start))))
    if (bytes.length > 0) this.isInLine[way] = bytes.at(-1) !== newline
  }

  private read(way: Way, frames: readonly Frame[]): void {
    for (const frame of frames) this.take(way, frame)
    const { strays } = this
    if (strays.length === 0) return
    this.strays = []
    this.parts.stray(strays.join('\n'))
  }

  /** @returns whether nothing more can come: it was the way in use, or stdout before any is known */
  end(way: Way): boolean {
    if (this.isOther(way)) return false
    this.read(way, this.decoders[way].end())
    return this.way === way || way === 'stdout'
  }

  private isOther(way: Way): boolean {
    return this.way !== undefined && this.way !== way
  }

  private take(way: Way, frame: Frame): void {
    if (isRpcError(frame)) return this.stray(frame.message)
    if (!isLikeMessage(frame)) return this.stray(frame)
    let value: unknown
    try {
      value = JSON.parse(frame)
    } catch {
      return this.stray(frame)
    }
    if (!Array.isArray(value)) this.judge(way, value, frame, undefined)
    else for (const [index, member] of value.entries()) this.judge(way, member, frame, index)
  }

  /** Who called must not wait for a reply that nobody reads. */
  private skipped(way: Way, head: string): void {
    const id = replyStart.exec(head)?.[2]
    if (id === undefined) return
    const error = toWireError(messageTooLarge(this.parts.limitBytes), 'message')
    const reply = { jsonrpc: '2.0', id: Number(id), error } as const
    this.judge(way, reply, JSON.stringify(reply), undefined)
  }

  private stray(text: string): void {
    this.strays.push(text)
  }

  private judge(way: Way, value: unknown, text: string, index: number | undefined): void {
    const isMessage =
      typeof value === 'object' &&
      value !== null &&
      (isReply(value) || callProblem(value) === undefined)
    if (!isMessage) return this.stray(text)
    this.way ??= way
    this.parts.accept(value as Message, text, index)
  }
}

/** To parse what is none would throw, which for many short lines blocks the host. */
const isLikeMessage = (text: string): boolean => {
  const last = text.trimEnd().at(-1)
  return (last === '}' || last === ']') && messageStart.test(text)
}
