/** Lines out of the bytes that a process prints; those that nobody has room for are counted and cost next to nothing. */
import { ByteBuffer } from '../protocol/byte-buffer.js'

/** A longer line comes in pieces, in bytes. */
const longest = 8192
const longestCharacter = 4

/** A newline or a carriage return. The numbers stand here since looking up a constant for every byte takes twice the time. */
const endsLine = (byte: number): boolean => byte === 10 || byte === 13

/** Empty lines are left out; a lone carriage return, as progress bars print it, ends a line too. */
export class LineSplitter {
  /** The beginning of a line whose end has not come yet. */
  private readonly rest = new ByteBuffer()
  /** The beginning of this line was left out, so its end will be. */
  private isSkipping = false

  /**
   * @param room - how many lines are wanted at most; those beyond are not even looked at
   * @returns how many lines were left out
   */
  push(chunk: Uint8Array, room: number, tell: (line: string) => void): number {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    let at = 0
    if (this.isSkipping && room > 0) {
      at = lineEnd(bytes, 0, bytes.length)
      this.isSkipping = at === bytes.length
    }
    for (let left = room; at < bytes.length; left -= 1) {
      if (left < 1) return this.skip(bytes, at)
      if (this.restIsEmpty) at = textStart(bytes, at)
      const most = at + longest - this.rest.length
      const end = lineEnd(bytes, at, Math.min(most + 1, bytes.length))
      if (end > most) {
        tell(this.piece(bytes.subarray(at, most), bytes[most] as number))
        at = most
      } else if (end === bytes.length) {
        this.rest.append(bytes.subarray(at))
        return 0
      } else {
        tell(this.line(bytes.subarray(at, end)))
        at = end + 1
      }
    }
    return 0
  }

  /** The last line may lack its newline. */
  end(room: number, tell: (line: string) => void): number {
    if (this.restIsEmpty) return 0
    const line = this.line(Buffer.alloc(0))
    if (room < 1) return 1
    tell(line)
    return 0
  }

  private get restIsEmpty(): boolean {
    return this.rest.length === 0
  }

  private line(bytes: Buffer): string {
    if (this.restIsEmpty) return bytes.toString()
    this.rest.append(bytes)
    return this.rest.take().toString()
  }

  /** As much of a line as may be told at once. A character that would be torn waits for the next piece. */
  private piece(bytes: Buffer, next: number): string {
    this.rest.append(bytes)
    const whole = this.rest.take()
    let end = whole.length
    if (isInside(next)) {
      do end -= 1
      while (end > whole.length - longestCharacter && isInside(whole[end] as number))
    }
    const text = whole.toString('utf8', 0, end)
    this.rest.append(whole.subarray(end)) // over the beginning of `whole`
    return text
  }

  /** One pass over the bytes. To look for newlines by `indexOf` would take far longer where lines are short. */
  private skip(bytes: Buffer, from: number): number {
    let count = this.restIsEmpty ? 0 : 1
    this.rest.take()
    this.isSkipping ||= count > 0
    for (let at = from; at < bytes.length; this.isSkipping = at === bytes.length) {
      if (!this.isSkipping) {
        at = textStart(bytes, at)
        if (at === bytes.length) break
        count += 1
      }
      at = lineEnd(bytes, at, bytes.length)
    }
    return count
  }
}

/** Where the line ends, or `limit` when it goes on there. */
const lineEnd = (bytes: Buffer, from: number, limit: number): number => {
  let at = from
  while (at < limit && !endsLine(bytes[at] as number)) at += 1
  return at
}

const textStart = (bytes: Buffer, from: number): number => {
  let at = from
  while (at < bytes.length && endsLine(bytes[at] as number)) at += 1
  return at
}

/** Whether a byte continues a character of UTF-8. */
const isInside = (byte: number): boolean => (byte & 0xc0) === 0x80
