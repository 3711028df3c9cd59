/** Streams of speech that are open. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StreamOpenRequest, StreamPushRequest } from '../models/stream.js'
import type { TranscribeRequest } from '../models/transcribe-request.js'
import type { Clock, Timer } from '../ports/clock.js'
import { overloaded, rpcError } from '../protocol/rpc-error.js'
import { Spool } from './spool.js'

/** A stream that nobody has touched for so long is closed. */
export const idleMs = 60_000
/** Each has a file open. */
const most = 100

interface OpenStream {
  readonly request: StreamOpenRequest
  readonly spool: Spool
  timer: Timer
  /** Calls of `stream.finish` that wait or work. */
  finishing: number
}

export class Streams {
  private readonly open = new Map<string, OpenStream>()
  private readonly clock: Clock
  private readonly onIdle: (stream: string) => void
  private opened = 0
  private folder: string | undefined

  constructor(clock: Clock, onIdle: (stream: string) => void) {
    this.clock = clock
    this.onIdle = onIdle
  }

  /** @returns its name */
  add(request: StreamOpenRequest): string {
    if (this.open.size >= most) throw overloaded(`${most} streams are open already`)
    this.folder ??= this.makeFolder()
    this.opened += 1
    const name = `stream-${this.opened}`
    const spool = new Spool(join(this.folder, `${name}.wav`))
    this.open.set(name, { request, spool, timer: undefined, finishing: 0 })
    this.touch(name)
    return name
  }

  push({ stream, seq, audio }: StreamPushRequest): void {
    const { spool, finishing } = this.find(stream)
    if (finishing > 0) throw unknownStream(stream, 'is being finished')
    spool.push(seq, Buffer.from(audio.pcm16Base64, 'base64'), audio.sampleRate)
    this.touch(stream)
  }

  /** While somebody waits for its end, it does not matter that nobody touches it. @returns ends the wait */
  hold(stream: string): () => void {
    const it = this.find(stream)
    it.finishing += 1
    this.clock.clearTimer(it.timer)
    return () => {
      it.finishing -= 1
      if (this.open.get(stream) === it) this.touch(stream)
    }
  }

  /** Its audio, with what was asked for. It stays open, so that a failure can be repeated. */
  finished(stream: string): TranscribeRequest {
    const { request, spool } = this.find(stream)
    spool.finish()
    return { ...request, audio: { path: spool.path } }
  }

  close(stream: string): void {
    const { spool, timer } = this.find(stream)
    this.clock.clearTimer(timer)
    this.open.delete(stream)
    spool.remove()
  }

  /** Timers of a stopped engine do nothing. */
  stop(): void {
    for (const { spool } of this.open.values()) spool.remove()
    this.open.clear()
    this.removeFolder()
  }

  private find(stream: string): OpenStream {
    const it = this.open.get(stream)
    if (it === undefined) throw unknownStream(stream, 'is not open, or no longer')
    return it
  }

  private touch(stream: string): void {
    const it = this.find(stream)
    this.clock.clearTimer(it.timer)
    if (it.finishing > 0) return
    it.timer = this.clock.setTimer(() => {
      if (!this.open.has(stream)) return
      this.close(stream)
      this.onIdle(stream)
    }, idleMs)
  }

  /** An engine that is made to end at once leaves nothing, either. */
  private makeFolder(): string {
    process.once('exit', this.removeFolder)
    return mkdtempSync(join(tmpdir(), 'sidestream-streams-'))
  }

  private readonly removeFolder = (): void => {
    process.off('exit', this.removeFolder)
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true })
    this.folder = undefined
  }
}

const unknownStream = (stream: string, why: string) =>
  rpcError('InvalidParams', `The stream ${stream} ${why}`, { path: '/stream' })
