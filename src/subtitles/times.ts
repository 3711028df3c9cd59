/** How long a cue is shown. */
import type { Limits } from './limits.js'
import { lengthOf } from './lines.js'
import type { Unit } from './units.js'

/** Time that it takes to read, in milliseconds. */
export const readingMs = (length: number, { speed }: Limits): number =>
  Math.ceil((length / speed) * 1000)

/** A shorter time without text is a flicker, and no pause. */
const flickerMs = 500

/**
 * When a cue of these units ends, in milliseconds: late enough to be read, and before the next one, or right
 * before it. Where there is no room for the gap as well, the gap takes half of it.
 */
export const endOf = (
  units: readonly Unit[],
  from: number,
  to: number,
  limits: Limits,
  length = lengthOf(units, from, to),
): number => {
  const { start } = units[from] as Unit
  const { until } = units[to - 1] as Unit
  const room = (units[to]?.start ?? Number.POSITIVE_INFINITY) - start
  const free = room - Math.min(limits.gapMs, Math.floor(room / 2))
  const wanted = Math.max(until - start, limits.minMs, readingMs(length, limits))
  const shown = room - wanted < flickerMs ? free : wanted
  return start + Math.max(1, Math.min(shown, limits.maxMs, free))
}
