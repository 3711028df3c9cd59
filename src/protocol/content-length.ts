/** LSP's framing: headers, a blank line, then exactly so many bytes. A broken header cannot be read past, a bad body can. */
import { isAscii } from 'node:buffer'
import { ByteBuffer } from './byte-buffer.js'
import { type Frame, type FrameDecoder, headBytes, type OnSkip } from './frame.js'
import { messageTooLarge, parseError, type RpcError } from './rpc-error.js'
import { decodeText, notUtf8 } from './text.js'

/** Headers of one message, all together, in bytes. */
const maxHeaderBytes = 8 * 1024
/** A length above this cannot be meant. */
const maxLength = 2 ** 30
const newline = 10
/** The header of nearly every message: this, digits, and an empty line. */
const usualHeader = Buffer.from('Content-Length: ')
const emptyLine = 0x0d0a0d0a
const mostDigits = 8
/** A token of HTTP, in lower case. */
const headerName = /^[!#$%&'*+.^_`|~\da-z-]+$/

type Expecting = 'header' | 'body' | 'skipped body'

export class ContentLengthDecoder implements FrameDecoder {
  readonly framing = 'content-length'
  fatal: RpcError | undefined
  private readonly limitBytes: number
  private readonly onSkip: OnSkip | undefined
  private readonly rest = new ByteBuffer()
  private expecting: Expecting = 'header'
  /** Bytes of the body that are still to come. */
  private missing = 0
  /** Of a skipped body, those that `onSkip` still waits for. */
  private headMissing = 0
  /** Header bytes of this message so far, and the length they gave. */
  private headerBytes = 0
  private length: number | undefined
  /** Of the chunk that is being read. */
  private isAscii = false

  constructor(limitBytes: number, onSkip?: OnSkip) {
    this.limitBytes = limitBytes
    this.onSkip = onSkip
  }

  push(chunk: Uint8Array): Frame[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const frames: Frame[] = []
    this.isAscii = isAscii(bytes)
    let at = 0
    while (at < bytes.length && this.fatal === undefined) {
      if (this.expecting !== 'header') at = this.body(bytes, at, frames)
      else at = this.usual(bytes, at, frames) ?? this.header(bytes, at, frames)
    }
    return frames
  }

  end(): Frame[] {
    const isWhole = this.expecting === 'header' && this.headerBytes === 0 && this.rest.length === 0
    // A skipped body has been answered already.
    return isWhole || this.fatal !== undefined || this.expecting === 'skipped body'
      ? []
      : [parseError('the input ended inside a message')]
  }

  /** Reads the usual header where all of it is there, byte by byte, as making strings of it would take longer than the body. */
  private usual(bytes: Buffer, start: number, frames: Frame[]): number | undefined {
    if (this.headerBytes > 0 || this.rest.length > 0) return undefined
    for (let i = 0; i < usualHeader.length; i += 1) {
      if (bytes[start + i] !== usualHeader[i]) return undefined
    }
    const first = start + usualHeader.length
    let at = first
    let length = 0
    for (; at - first < mostDigits; at += 1) {
      const digit = (bytes[at] as number) - 48
      if (!(digit >= 0 && digit <= 9)) break
      length = 10 * length + digit
    }
    const isWhole = at > first && at + 4 <= bytes.length && bytes.readInt32BE(at) === emptyLine
    if (!isWhole) return undefined
    this.length = length
    this.endOfHeaders(frames)
    return at + 4
  }

  /** Reads one header line, or what there is of it. */
  private header(bytes: Buffer, at: number, frames: Frame[]): number {
    const found = bytes.indexOf(newline, at)
    const end = found < 0 ? bytes.length : found + 1
    this.headerBytes += end - at
    if (this.headerBytes > maxHeaderBytes) {
      this.fatal = parseError(`the headers are longer than ${maxHeaderBytes} bytes`)
      return bytes.length
    }
    if (found < 0) {
      this.rest.append(bytes.subarray(at))
      return end
    }
    let line = bytes.toString('latin1', at, found)
    if (this.rest.length > 0) line = this.rest.take().toString('latin1') + line
    line = line.trim()
    if (line !== '') this.field(line)
    else this.endOfHeaders(frames)
    return end
  }

  private field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? '' : line.slice(0, colon).trim().toLowerCase()
    if (name !== 'content-length') {
      if (!headerName.test(name)) {
        this.fatal = parseError(`not a header: ${JSON.stringify(line.slice(0, 80))}`)
      }
      return
    }
    const value = line.slice(colon + 1).trim()
    const length = /^\d{1,20}$/.test(value) ? Number(value) : Number.NaN
    if (!(length <= maxLength)) {
      this.fatal = parseError(`Content-Length is no number of bytes up to ${maxLength}: ${value}`)
    } else if (this.length !== undefined && this.length !== length) {
      this.fatal = parseError(`Content-Length is given twice: ${this.length} and ${length}`)
    }
    this.length = length
  }

  private endOfHeaders(frames: Frame[]): void {
    if (this.length === undefined) {
      this.fatal = parseError('headers without Content-Length')
      return
    }
    this.missing = this.length
    this.expecting = 'body'
    if (this.length > this.limitBytes) {
      frames.push(messageTooLarge(this.limitBytes, this.length))
      this.expecting = 'skipped body'
      if (this.onSkip !== undefined) this.headMissing = Math.min(this.length, headBytes)
    }
    this.length = undefined
    this.headerBytes = 0
    if (this.missing === 0) this.endOfBody('', frames)
  }

  private body(bytes: Buffer, at: number, frames: Frame[]): number {
    const end = Math.min(bytes.length, at + this.missing)
    this.missing -= end - at
    if (this.expecting === 'skipped body') {
      if (this.headMissing > 0) this.skip(bytes.subarray(at, end))
      if (this.missing === 0) this.expecting = 'header'
      return end
    }
    if (this.missing === 0 && this.rest.length === 0) {
      const text = this.isAscii
        ? bytes.toString('latin1', at, end)
        : decodeText(bytes.subarray(at, end))
      this.endOfBody(text, frames)
      return end
    }
    this.rest.append(bytes.subarray(at, end))
    if (this.missing === 0) this.endOfBody(decodeText(this.rest.take()), frames)
    return end
  }

  private skip(bytes: Buffer): void {
    const head = bytes.subarray(0, this.headMissing)
    this.rest.append(head)
    this.headMissing -= head.length
    if (this.headMissing === 0) this.onSkip?.(this.rest.take().toString())
  }

  private endOfBody(text: string | undefined, frames: Frame[]): void {
    frames.push(text ?? notUtf8())
    this.expecting = 'header'
  }
}
