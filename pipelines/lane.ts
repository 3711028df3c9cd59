/** One counted way through `limit`: places, and who waits for them. */
import type { Call, Place } from './call.js'
import type { LimitSettings } from './limit.js'
import { WaitingLine } from './waiting-line.js'

/** Guess of how long a call takes before any has ended, in milliseconds. */
const firstGuessMs = 1000
/** Weight of the latest call in the running mean. */
const newest = 0.2

/** A Map, since priorities come from the peer: an object would know `toString` too. */
const ranks: ReadonlyMap<unknown, number> = new Map([
  ['high', 0],
  ['normal', 1],
  ['low', 2],
])

export class Lane implements Place {
  private readonly concurrency: number
  private readonly queue: number
  private readonly forward: (call: Call) => void
  /** By rank. */
  private readonly lines = Array.from({ length: 3 }, () => new WaitingLine<Call>())
  waiting = 0
  private active = 0
  private isPumping = false
  private meanMs = firstGuessMs
  whenIdle: (() => void) | undefined

  constructor(settings: LimitSettings, forward: (call: Call) => void, whenIdle?: () => void) {
    this.concurrency = settings.concurrency ?? Number.POSITIVE_INFINITY
    this.queue = settings.queue ?? 1000
    this.forward = forward
    this.whenIdle = whenIdle
  }

  get isIdle(): boolean {
    return this.active === 0 && this.waiting === 0
  }

  /** When a place in the queue may be free, judged by how long calls took lately. */
  get retryAfterMs(): number {
    return Math.ceil((this.meanMs * (this.waiting + 1)) / Math.min(this.concurrency, 1e6))
  }

  /** False when the queue is full. One that a stage forwards twice is here once. */
  enter(call: Call): boolean {
    if (call.isWaiting || call.place === this) return true
    if (this.active < this.concurrency) {
      this.run(call)
      return true
    }
    if (this.waiting >= this.queue) return false
    const line = this.lines[ranks.get(call.meta.priority) ?? 1] as WaitingLine<Call>
    line.add(call)
    this.waiting += 1
    call.isWaiting = true
    call.whenSettled(() => {
      if (!line.delete(call)) return
      this.waiting -= 1
      this.rest()
    })
    return true
  }

  private run(call: Call): void {
    this.active += 1
    this.forward(call)
    if (call.result !== undefined) {
      this.active -= 1
      if (this.waiting > 0)
        this.pump() // came while this one was forwarded
      else this.rest()
      return
    }
    call.placedAt = call.runtime.now
    if (call.place === undefined) {
      call.place = this
    } else {
      call.whenSettled(() => this.leave(call)) // a second limit on its way
    }
  }

  /** A call that ran here has been settled. */
  leave(call: Call): void {
    this.active -= 1
    this.meanMs += newest * (call.runtime.now - call.placedAt - this.meanMs)
    this.pump()
  }

  /** A loop, since what it starts may end at once: recursion would overflow. */
  private pump(): void {
    if (this.isPumping) return
    this.isPumping = true
    while (this.active < this.concurrency) {
      const call = this.lines.find(({ size }) => size > 0)?.shift()
      if (call === undefined) break
      this.waiting -= 1
      call.isWaiting = false
      call.within(() => this.run(call)) // what is active now is the call that made room
    }
    this.isPumping = false
    this.rest()
  }

  private rest(): void {
    if (this.whenIdle !== undefined && this.isIdle) this.whenIdle()
  }
}
