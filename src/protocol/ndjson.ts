/** One JSON text a line. Works on bytes; a line is decoded when it is whole. */
import { ByteBuffer } from './byte-buffer.js'
import { type Frame, type FrameDecoder, headBytes, type OnSkip } from './frame.js'
import { messageTooLarge } from './rpc-error.js'
import { decodeText, notUtf8 } from './text.js'

const newline = 10
const byteOrderMark = '\uFEFF'
/** Bytes of a line that are not its text: a byte order mark ahead of the first, a carriage return behind each. */
const slackBytes = 4
/** Anything but the white space of JSON. */
const notBlank = /[^ \t\r]/

export class NdjsonDecoder implements FrameDecoder {
  readonly framing = 'ndjson'
  readonly fatal = undefined
  private readonly limitBytes: number
  private readonly onSkip: OnSkip | undefined
  private readonly rest = new ByteBuffer()
  private isSkipping = false
  private isFirst = true

  constructor(limitBytes: number, onSkip?: OnSkip) {
    this.limitBytes = limitBytes
    this.onSkip = onSkip
  }

  push(chunk: Uint8Array): Frame[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const frames: Frame[] = []
    const last = bytes.lastIndexOf(newline)
    let start = 0
    if (last >= 0) {
      if (this.isSkipping || this.rest.length > 0) {
        start = bytes.indexOf(newline) + 1
        this.keep(bytes.subarray(0, start - 1), frames)
        this.finish(frames)
      }
      if (start <= last) this.lines(bytes.subarray(start, last), frames)
      start = last + 1
    }
    this.keep(bytes.subarray(start), frames)
    return frames
  }

  end(): Frame[] {
    const frames: Frame[] = []
    this.finish(frames)
    return frames
  }

  /** Part of a line. Past the limit it is answered at once, and nothing more of it is kept. */
  private keep(bytes: Buffer, frames: Frame[]): void {
    if (this.isSkipping || bytes.length === 0) return
    if (this.rest.length + bytes.length > this.limitBytes + slackBytes) {
      if (this.rest.length < headBytes) this.rest.append(bytes.subarray(0, headBytes))
      this.tooLarge(this.rest.take(), frames)
      this.isSkipping = true
      this.isFirst = false
      return
    }
    this.rest.append(bytes)
  }

  private finish(frames: Frame[]): void {
    if (!this.isSkipping && this.rest.length > 0) this.lines(this.rest.take(), frames)
    this.isSkipping = false
  }

  /** Whole lines, without the last newline. Decoded together, or one by one to find the bad one. */
  private lines(bytes: Buffer, frames: Frame[]): void {
    const text = decodeText(bytes)
    if (text !== undefined) {
      let start = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        this.line(text.slice(start, end), frames)
        start = end + 1
      }
      this.line(start === 0 ? text : text.slice(start), frames)
      return
    }
    let start = 0
    while (start <= bytes.length) {
      const found = bytes.indexOf(newline, start)
      const end = found < 0 ? bytes.length : found
      const line = decodeText(bytes.subarray(start, end))
      if (line !== undefined) this.line(line, frames)
      else {
        this.isFirst = false
        if (end - start > this.limitBytes) this.tooLarge(bytes.subarray(start, end), frames)
        else frames.push(notUtf8())
      }
      start = end + 1
    }
  }

  private line(line: string, frames: Frame[]): void {
    let text = line
    if (this.isFirst) {
      this.isFirst = false
      if (text.startsWith(byteOrderMark)) text = text.slice(1)
    }
    if (text.length * 3 > this.limitBytes && textBytes(text) > this.limitBytes) {
      this.tooLarge(text, frames)
    } else if (text.charCodeAt(0) > 32 || notBlank.test(text)) {
      frames.push(text)
    }
  }

  private tooLarge(line: string | Buffer, frames: Frame[]): void {
    frames.push(messageTooLarge(this.limitBytes))
    this.onSkip?.(
      typeof line === 'string' ? line.slice(0, headBytes) : line.toString('utf8', 0, headBytes),
    )
  }
}

const textBytes = (line: string): number => Buffer.byteLength(line) - (line.endsWith('\r') ? 1 : 0)
