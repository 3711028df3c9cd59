/** Frames: the bytes of one JSON text each, in one of two framings. */
import { isAscii, isUtf8 } from 'node:buffer'
import { parseError, type RpcError } from './rpc-error.js'

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

/** One text as it is written in a framing. */
export const frame = (text: string, framing: Framing): string =>
  framing === 'ndjson' ? `${text}\n` : `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`

/** Text of whole bytes; undefined when they are not UTF-8. */
export const decodeText = (bytes: Buffer): string | undefined => {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

export const notUtf8 = (): RpcError => parseError('the bytes are not valid UTF-8')
