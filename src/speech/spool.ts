/** Speech that comes in chunks, kept in a file: however long it is, it takes no memory. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { rpcError } from '../protocol/rpc-error.js'

const headerBytes = 44
/** Lengths of a wave file are 32 bits. */
const longest = 0xffffffff - headerBytes

/** Of a wave file with 16-bit samples of one channel. */
const header = (sampleRate: number, bytes: number): Buffer => {
  const head = Buffer.alloc(headerBytes)
  head.write('RIFF', 0)
  head.writeUInt32LE(headerBytes - 8 + bytes, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20) // PCM
  head.writeUInt16LE(1, 22) // channel
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(sampleRate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return head
}

export class Spool {
  readonly path: string
  private readonly fd: number
  private bytes = 0
  private chunks = 0
  private sampleRate: number | undefined

  constructor(path: string) {
    this.path = path
    this.fd = openSync(path, 'wx', 0o600)
  }

  /** @throws RpcError, InvalidParams, for a chunk that does not follow the one before */
  push(seq: number, samples: Buffer, sampleRate: number): void {
    if (seq !== this.chunks)
      throw wrong(`The next chunk of the stream has seq ${this.chunks}, not ${seq}`, '/seq')
    if (sampleRate !== (this.sampleRate ?? sampleRate))
      throw wrong(`The stream has ${this.sampleRate} samples a second`, '/audio/sampleRate')
    if (samples.length % 2 !== 0)
      throw wrong('The chunk ends within a sample', '/audio/pcm16Base64')
    if (this.bytes + samples.length > longest)
      throw rpcError('AudioInvalid', 'The stream is longer than a file can be: finish it')
    let done = 0
    while (done < samples.length) {
      done += writeSync(this.fd, samples, done, undefined, headerBytes + this.bytes + done)
    }
    this.sampleRate = sampleRate
    this.bytes += samples.length
    this.chunks += 1
  }

  /** The file can be read now. */
  finish(): void {
    writeSync(this.fd, header(this.sampleRate ?? 16_000, this.bytes), 0, headerBytes, 0)
  }

  remove(): void {
    closeSync(this.fd)
    rmSync(this.path, { force: true })
  }
}

const wrong = (message: string, path: string) => rpcError('InvalidParams', message, { path })
