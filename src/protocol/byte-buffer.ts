/** The bytes of one unfinished message. Grows by doubling, so that a message in many pieces is copied a bounded number of times. */
const smallest = 4096
/** A buffer beyond this size is given back once its message is complete. */
const keepBytes = 2 ** 20

export class ByteBuffer {
  length = 0
  private bytes: Buffer = Buffer.alloc(0)

  append(piece: Uint8Array): void {
    const needed = this.length + piece.length
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(smallest, needed, this.bytes.length * 2))
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    }
    this.bytes.set(piece, this.length)
    this.length = needed
  }

  /** What has been gathered; valid until the next `append`. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length)
    this.length = 0
    if (this.bytes.length > keepBytes) this.bytes = Buffer.alloc(0)
    return taken
  }
}
