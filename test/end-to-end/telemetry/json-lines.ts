/** A file of JSON lines that another process still writes. */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

export class JsonLines<T> {
  /** What was in the lines so far. */
  readonly all: T[] = []
  private readonly decode: (line: unknown) => readonly T[]
  /** Undefined when it is closed. */
  private descriptor: number | undefined
  private readonly decoder = new StringDecoder()
  private readonly chunk = Buffer.alloc(65_536)
  private unfinished = ''

  /** @param path - of a file that exists */
  constructor(path: string, decode: (line: unknown) => readonly T[]) {
    this.decode = decode
    this.descriptor = openSync(path, 'r')
  }

  /** Takes the lines that have been written since it was called last. */
  read(): void {
    while (this.descriptor !== undefined) {
      const bytes = readSync(this.descriptor, this.chunk)
      if (bytes === 0) return
      const lines = (this.unfinished + this.decoder.write(this.chunk.subarray(0, bytes))).split(
        '\n',
      )
      this.unfinished = lines.pop() ?? ''
      for (const line of lines) this.all.push(...this.decode(JSON.parse(line)))
    }
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }
}
