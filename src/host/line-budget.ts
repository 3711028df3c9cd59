/** How many lines are read in a while: tokens that fill a bucket with the time. */
import type { Clock } from '../ports/clock.js'

export class LineBudget {
  private readonly clock: Clock
  private readonly perSecond: number
  private readonly burst: number
  private tokens: number
  private filledMs: number

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.clock = clock
    this.perSecond = perSecond
    this.burst = burst
    this.tokens = burst
    this.filledMs = clock.now()
  }

  /** How many lines may be read now. */
  get room(): number {
    const now = this.clock.now()
    const filled = this.tokens + ((now - this.filledMs) * this.perSecond) / 1000
    this.tokens = Math.min(this.burst, filled)
    this.filledMs = now
    return Math.floor(this.tokens)
  }

  spend(): void {
    this.tokens -= 1
  }
}
