/** Times of a clock as the rest of the world has them. */
import type { HrTime } from '@opentelemetry/api'
import type { Clock } from '../src/ports/clock.js'

/** A monotonic clock stands still while a computer sleeps, and the world's is set right now and then. Beyond this it is looked at anew, in milliseconds. */
const mostDriftMs = 50

export class WallTime {
  private readonly clock: Clock
  private readonly wall: () => number
  /** From the clock's times to milliseconds since 1970. */
  offset: number

  /** @param wall - milliseconds since 1970 */
  constructor(clock: Clock, wall: () => number = Date.now) {
    this.clock = clock
    this.wall = wall
    // `Date.now` has whole milliseconds: children would begin before their parents.
    const exact = wall === Date.now ? performance.timeOrigin + performance.now() : wall()
    this.offset = exact - clock.now()
  }

  /** Call it now and then. */
  adjust(): void {
    const offset = this.wall() - this.clock.now()
    if (Math.abs(offset - this.offset) > mostDriftMs) this.offset = offset
  }

  /** @param offset - as it was when what is told of began: its end must not come before */
  at(clockMs: number, offset = this.offset): HrTime {
    return hrTimeOf(clockMs + offset)
  }
}

/** @param epochMs - milliseconds since 1970 */
export const hrTimeOf = (epochMs: number): HrTime => {
  const seconds = Math.floor(epochMs / 1000)
  return [seconds, Math.floor((epochMs - seconds * 1000) * 1e6)]
}
