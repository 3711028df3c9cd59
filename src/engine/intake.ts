/** When frames are read: at once, or when there is memory for what they ask. Reading stops while too much waits. */
import type { Timer } from '../ports/clock.js'
import type { Transport } from '../ports/transport.js'
import type { Frame } from '../protocol/frame.js'
import type { Limits } from '../protocol/limits.js'
import { shuttingDown } from '../protocol/rpc-error.js'
import { type Arrival, Backlog } from './backlog.js'
import type { Peer } from './peer.js'
import type { Reader } from './reader.js'
import type { EngineRuntime } from './runtime.js'

export class Intake {
  private readonly runtime: EngineRuntime
  private readonly transport: Transport
  private readonly reader: Reader
  private readonly peer: Peer
  private readonly limits: Limits
  private readonly drainMs: () => number
  private readonly onEnd: () => void
  private patience: Timer | undefined
  private readonly backlog: Backlog
  private isPaused = false
  private isRunning = false
  private hasEnded = false
  private isStopping = false

  constructor(parts: {
    runtime: EngineRuntime
    transport: Transport
    reader: Reader
    peer: Peer
    limits: Limits
    /** What waits when the input has ended may keep others from being served for so long. */
    drainMs: () => number
    /** All input has been taken in, or nothing more of it will be. */
    onEnd: () => void
  }) {
    this.runtime = parts.runtime
    this.transport = parts.transport
    this.reader = parts.reader
    this.peer = parts.peer
    this.limits = parts.limits
    this.drainMs = parts.drainMs
    this.onEnd = parts.onEnd
    this.backlog = new Backlog(parts.runtime.clock, (due) => {
      this.take(due)
      if (!this.isBeyondCap && !this.isUnread) this.read()
      this.checkEnd()
    })
    parts.peer.onRequest = () => this.listen()
  }

  /** Bytes of frames that wait to be taken in, in UTF-16 code units. */
  get waitingBytes(): number {
    return this.backlog.bytes
  }

  push(frames: readonly Frame[]): void {
    const receivedAt = this.runtime.clock.now()
    if (this.backlog.isEmpty) this.reader.forgetCancelled()
    if (this.backlog.isEmpty && !this.isFull) this.run({ frames, receivedAt })
    else this.park({ frames, receivedAt }, 'last')
    if (!this.backlog.isEmpty) this.resume() // a cancel among them may have made room
  }

  /** The engine takes no new work: what waits, and what still comes, is taken in to be refused. */
  stop(): void {
    this.isStopping = true
    for (let it = this.backlog.shift(); it !== undefined; it = this.backlog.shift()) this.take(it)
    this.resume()
    this.checkEnd()
  }

  /** The end of input. What waits is still served, as long as it gets on. */
  end(): void {
    this.hasEnded = true
    this.peer.close(shuttingDown) // no reply can come any more
    this.checkEnd()
  }

  private checkEnd(): void {
    if (!this.hasEnded) return
    if (this.patience !== undefined) this.runtime.clock.clearTimer(this.patience)
    if (this.backlog.isEmpty) this.onEnd()
    else this.patience = this.runtime.clock.setTimer(this.onEnd, this.drainMs())
  }

  /** Goes on with what waits, as far as memory allows. Called when some has become free. */
  readonly resume = (): void => {
    if (this.isStopping) {
      if (!this.isUnread) this.read()
      return
    }
    if (this.isRunning || (!this.isPaused && this.backlog.isEmpty) || this.isFull) return
    while (!this.backlog.isEmpty && !this.isFull) this.run(this.backlog.shift() as Arrival)
    if (this.backlog.isEmpty) this.read()
    this.checkEnd()
  }

  private get isFull(): boolean {
    const { bufferBytes, openBytes } = this.limits
    return this.transport.unwritten > bufferBytes || this.runtime.ledger.openBytes > openBytes
  }

  /** However much is open, control calls are answered and calls refused, but not to a peer that takes no answers. */
  private get isUnread(): boolean {
    return this.transport.unwritten > 2 * this.limits.bufferBytes
  }

  /** However full the memory is. */
  private take({ frames, receivedAt }: Arrival): void {
    for (const frame of frames) {
      this.runtime.now = receivedAt
      this.reader.accept(frame)
    }
    if (!this.isPaused && this.isUnread) this.pause()
  }

  private run({ frames, receivedAt }: Arrival): void {
    this.isRunning = true
    for (let index = 0; index < frames.length; index += 1) {
      if (this.isFull) {
        this.park({ frames: frames.slice(index), receivedAt }, 'first')
        break
      }
      this.runtime.now = receivedAt
      this.reader.accept(frames[index] as Frame)
    }
    this.isRunning = false
  }

  /** Keeps frames for later, but for urgent ones; beyond a cap nothing more is read. */
  private park({ frames, receivedAt }: Arrival, place: 'first' | 'last'): void {
    const arrival = {
      frames: frames.filter((frame) => !this.takeUrgent(frame, receivedAt)),
      receivedAt,
    }
    if (this.isStopping) return this.take(arrival)
    if (arrival.frames.length === 0) return
    if (place === 'first') this.backlog.addFirst(arrival)
    else this.backlog.addLast(arrival)
    if (!this.isPaused && this.isBeyondCap) this.pause()
    if (this.peer.open > 0) this.listen()
  }

  private takeUrgent(frame: Frame, receivedAt: number): boolean {
    this.runtime.now = receivedAt
    const isUrgent = this.reader.isUrgent(frame, !this.isUnread)
    if (isUrgent) this.reader.accept(frame)
    return isUrgent
  }

  private get isBeyondCap(): boolean {
    return this.backlog.bytes > this.limits.controlBytes
  }

  /**
   * A call waits for a reply of the peer, which must be read however much waits before it: that may be the very thing
   * that makes room. So what waits beyond the cap is refused instead.
   */
  private listen(): void {
    if (!this.isPaused || this.isStopping) return
    const { reader } = this
    const wasRefusing = reader.isRefusing
    reader.isRefusing = true
    while (this.isBeyondCap) this.take(this.backlog.pop() as Arrival)
    reader.isRefusing = wasRefusing
    if (!this.isUnread) this.read()
  }

  private pause(): void {
    this.isPaused = true
    this.transport.pause()
  }

  private read(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.transport.resume()
  }
}
