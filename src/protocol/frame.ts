/** Frames: the bytes of one JSON text each, in one of two framings. */
import type { RpcError } from './rpc-error.js'

export type Framing = 'ndjson' | 'content-length'

/** The text of one message, or what is wrong with the bytes that should have been one. */
export type Frame = string | RpcError

export interface FrameDecoder {
  /** Frames completed by these bytes, in order. Keeps no reference to the chunk. */
  push(chunk: Uint8Array): Frame[]
  /** What is left at the end of input. */
  end(): Frame[]
  /** Undefined until the first bytes decide it. */
  readonly framing: Framing | undefined
  /** Set when the stream cannot be read on. */
  readonly fatal: RpcError | undefined
}

/** Takes the first bytes of a message that is skipped since it is too large, when they are there: its id may be among them. */
export type OnSkip = (head: string) => void

/** How many bytes that are. */
export const headBytes = 200

/** One text as it is written in a framing. */
export const frame = (text: string, framing: Framing): string =>
  framing === 'ndjson' ? `${text}\n` : `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
