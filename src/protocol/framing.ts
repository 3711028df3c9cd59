/** Which framing a peer speaks, told from its first bytes. */
import { ByteBuffer } from './byte-buffer.js'
import { ContentLengthDecoder } from './content-length.js'
import type { Frame, FrameDecoder, Framing, OnSkip } from './frame.js'
import { NdjsonDecoder } from './ndjson.js'
import type { RpcError } from './rpc-error.js'

/**
 * @param framing - fixes it; undefined lets the first line decide: headers that begin with Content-Length or Content-Type mean content-length, everything else is NDJSON
 * @param limitBytes - a longer message is skipped and becomes one MessageTooLarge
 */
export const frameDecoder = (
  framing: Framing | undefined,
  limitBytes: number,
  onSkip?: OnSkip,
): FrameDecoder => {
  if (framing === 'ndjson') return new NdjsonDecoder(limitBytes, onSkip)
  if (framing === 'content-length') return new ContentLengthDecoder(limitBytes, onSkip)
  return new AutoDecoder(limitBytes, onSkip)
}

const firstHeaders = ['content-length:', 'content-type:']

/** Undefined while the bytes could still become a header. */
const detect = (head: Buffer): Framing | undefined => {
  const text = head.toString('latin1', 0, firstHeaders[0]?.length).toLowerCase()
  if (firstHeaders.some((header) => text.startsWith(header))) return 'content-length'
  return firstHeaders.some((header) => header.startsWith(text)) ? undefined : 'ndjson'
}

class AutoDecoder implements FrameDecoder {
  private readonly head = new ByteBuffer()
  private decoder: FrameDecoder | undefined

  private readonly limitBytes: number
  private readonly onSkip: OnSkip | undefined

  constructor(limitBytes: number, onSkip: OnSkip | undefined) {
    this.limitBytes = limitBytes
    this.onSkip = onSkip
  }

  push(chunk: Uint8Array): Frame[] {
    if (this.decoder !== undefined) return this.decoder.push(chunk)
    this.head.append(chunk)
    const bytes = this.head.take()
    const framing = detect(bytes)
    if (framing === undefined) {
      this.head.append(Buffer.from(bytes))
      return []
    }
    this.decoder = frameDecoder(framing, this.limitBytes, this.onSkip)
    return this.decoder.push(bytes)
  }

  end(): Frame[] {
    if (this.decoder === undefined) {
      this.decoder = frameDecoder('ndjson', this.limitBytes, this.onSkip)
      return [...this.decoder.push(this.head.take()), ...this.decoder.end()]
    }
    return this.decoder.end()
  }

  get framing(): Framing | undefined {
    return this.decoder?.framing
  }

  get fatal(): RpcError | undefined {
    return this.decoder?.fatal
  }
}
