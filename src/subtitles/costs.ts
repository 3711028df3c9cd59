/** What a cue costs a reader. Only sums are compared, so a unit of cost means nothing by itself. */
import { type Border, bordersOf } from './borders.js'
import { columnsOf } from './columns.js'
import type { Limits } from './limits.js'
import { reachOf } from './lines.js'
import { endOf, readingMs } from './times.js'
import type { Unit } from './units.js'

export interface Candidate {
  /** The unit that the next cue begins with. */
  readonly to: number
  readonly cost: number
}

/** Each cue asks for a look. */
const perCue = 10
/** Of a full one; by its square, so that of two cues none is much longer. */
const perFill = 20
/** Gone before it can be seen. */
const tooShort = 600
/** Twice as fast as can be read. */
const tooFast = 300
const mostTooFast = 600
/** For each millisecond that is still spoken, and more than the gap. */
const perCutMs = 0.1

/** Speech may go on for so much longer than a cue can be shown, before it has to be cut: nobody waits for the last word. */
const slackMs = 500
/** Units of a cue, at most, whatever the limits: more is a page, and would take long to lay out. */
const mostUnits = 500

/** @returns all cues that begin with a unit and fit: there is at least one */
export const candidatesOf = (
  units: readonly Unit[],
  limits: Limits,
): ((from: number) => readonly Candidate[]) => {
  const spaces = units.map(({ space }) => columnsOf(space))
  // Looked at many times, as many cues end or go on there.
  const borders = bordersOf(units, limits)
  return (from) => {
    const reach = Math.min(reachOf(units, from, limits), from + mostUnits)
    const first = units[from] as Unit
    const candidates: Candidate[] = []
    let length = first.columns
    let inside = 0
    for (let to = from + 1; ; to += 1) {
      const cost = inside + (borders[to]?.endCost ?? 0) + cueCost(units, from, to, length, limits)
      candidates.push({ to, cost })
      const last = units[to]
      if (last === undefined || to >= reach) break
      if (last.end - first.start > limits.maxMs + slackMs) break
      inside += (borders[to] as Border).joinCost
      length += (spaces[to] as number) + last.columns
    }
    return candidates
  }
}

const cueCost = (
  units: readonly Unit[],
  from: number,
  to: number,
  length: number,
  limits: Limits,
): number => {
  const { start } = units[from] as Unit
  const end = endOf(units, from, to, limits, length)
  const shownMs = end - start
  const fill = length / (limits.columns * limits.lines)
  const short = Math.max(0, 1 - shownMs / limits.minMs)
  const fast = Math.max(0, readingMs(length, limits) / shownMs - 1)
  const cutMs = Math.max(0, (units[to - 1] as Unit).end - end - limits.gapMs)
  return (
    perCue +
    perFill * fill ** 2 +
    tooShort * short +
    Math.min(mostTooFast, tooFast * fast) +
    perCutMs * cutMs
  )
}
