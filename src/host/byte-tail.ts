/** The last bytes of a stream, in a ring. */

export class ByteTail {
  private readonly capacity: number
  /** Taken when something comes: most engines print nothing. */
  private ring: Buffer | undefined
  private next = 0
  private isFull = false

  /** @param capacity - in bytes */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.ring ??= Buffer.allocUnsafeSlow(this.capacity)
    const kept = chunk.subarray(Math.max(0, chunk.length - this.capacity))
    const atEnd = kept.subarray(0, this.capacity - this.next)
    this.ring.set(atEnd, this.next)
    this.ring.set(kept.subarray(atEnd.length), 0)
    this.isFull ||= this.next + kept.length >= this.capacity
    this.next = (this.next + kept.length) % this.capacity
  }

  /** From the first whole character on. */
  get text(): string {
    if (this.ring === undefined) return ''
    if (!this.isFull) return this.ring.toString('utf8', 0, this.next)
    const bytes = Buffer.concat([this.ring.subarray(this.next), this.ring.subarray(0, this.next)])
    let start = 0
    while (start < 3 && ((bytes[start] as number) & 0xc0) === 0x80) start += 1
    return bytes.toString('utf8', start)
  }
}
