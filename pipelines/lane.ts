/** One counted way through `limit`: places, and who waits for them. */
import type { Call } from './call.js'
import type { LimitSettings } from './limit.js'

/** Guess of how long a call takes before any has ended, in milliseconds. */
const firstGuessMs = 1000
/** Weight of the latest call in the running mean. */
const newest = 0.2

const rank = { high: 0, normal: 1, low: 2 } as const

export class Lane {
  private readonly concurrency: number
  private readonly queue: number
  private readonly forward: (call: Call) => void
  private readonly queues: readonly Set<Call>[] = [new Set(), new Set(), new Set()]
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

  get waiting(): number {
    return this.queues.reduce((sum, { size }) => sum + size, 0)
  }

  get isIdle(): boolean {
    return this.active === 0 && this.waiting === 0
  }

  /** When a place in the queue may be free, judged by how long calls took lately. */
  get retryAfterMs(): number {
    return Math.ceil((this.meanMs * (this.waiting + 1)) / Math.min(this.concurrency, 1e6))
  }

  /** False when the queue is full. */
  enter(call: Call): boolean {
    if (this.active < this.concurrency) {
      this.run(call)
      return true
    }
    if (this.waiting >= this.queue) return false
    const { priority } = call.meta
    const queue = this.queues[rank[priority as keyof typeof rank] ?? rank.normal] as Set<Call>
    queue.add(call)
    call.isWaiting = true
    call.whenSettled(() => {
      if (queue.delete(call)) this.rest()
    })
    return true
  }

  private run(call: Call): void {
    this.active += 1
    this.forward(call)
    if (call.result !== undefined) {
      this.active -= 1
      this.rest()
      return
    }
    const { clock } = call.runtime
    const startedAt = clock.now()
    call.whenSettled(() => {
      this.active -= 1
      this.meanMs += newest * (clock.now() - startedAt - this.meanMs)
      this.pump()
    })
  }

  /** A loop, since what it starts may end at once: recursion would overflow. */
  private pump(): void {
    if (this.isPumping) return
    this.isPumping = true
    while (this.active < this.concurrency) {
      const queue = this.queues.find(({ size }) => size > 0)
      if (queue === undefined) break
      const [call] = queue as Set<Call> & Iterable<Call>
      queue.delete(call as Call)
      ;(call as Call).isWaiting = false
      this.run(call as Call)
    }
    this.isPumping = false
    this.rest()
  }

  private rest(): void {
    if (this.whenIdle !== undefined && this.isIdle) this.whenIdle()
  }
}
