/** How durations are spread over the buckets of `longCallBounds`. */
import { longCallBounds } from './names.js'

const boundsMs = longCallBounds.map((seconds) => seconds * 1000)
const bucketCount = boundsMs.length + 1
const sumAt = bucketCount
const minAt = bucketCount + 1
const maxAt = bucketCount + 2

/** In seconds, as metrics have it; `counts` has one more than the bounds. */
export interface SpreadFigures {
  readonly counts: number[]
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

export class Spread {
  /** Counts by bucket, then the sum, the least and the most in milliseconds. Numbers in objects would be allocated anew. */
  private readonly cells = new Float64Array(bucketCount + 3)

  constructor() {
    this.cells[minAt] = Number.POSITIVE_INFINITY
    this.cells[maxAt] = Number.NEGATIVE_INFINITY
  }

  /** Called once a call. Most are short, so the first bounds are asked first. */
  record(durationMs: number): void {
    const { cells } = this
    let bucket = 0
    while (bucket < boundsMs.length && durationMs > (boundsMs[bucket] as number)) bucket += 1
    cells[bucket] = (cells[bucket] as number) + 1
    cells[sumAt] = (cells[sumAt] as number) + durationMs
    if (durationMs < (cells[minAt] as number)) cells[minAt] = durationMs
    if (durationMs > (cells[maxAt] as number)) cells[maxAt] = durationMs
  }

  figures(): SpreadFigures {
    const counts: number[] = []
    let count = 0
    // Several times as quick as Array.from, which counts with thousands of rows.
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      const inBucket = this.cells[bucket] as number
      counts.push(inBucket)
      count += inBucket
    }
    return {
      counts,
      count,
      sum: (this.cells[sumAt] as number) / 1000,
      min: (this.cells[minAt] as number) / 1000,
      max: (this.cells[maxAt] as number) / 1000,
    }
  }
}
