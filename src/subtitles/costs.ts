/** What a cue costs a reader. Only sums are compared, so a unit of cost means nothing by itself. */
import { columnsOf } from './columns.js'
import { endsAt, isChange, isLongPause } from './endings.js'
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
/** Two segments in one, which an engine took for two. */
const perJoin = 200
const perLongPause = 150
/** Two speakers in one cue, where that is not wanted: more than all that can be wrong with other cues. */
const perChange = 1e6
/** Gone before it can be seen. */
const tooShort = 600
/** Twice as fast as can be read. */
const tooFast = 300
const mostTooFast = 600
/** For each millisecond that is still spoken, and more than the gap. */
const perCutMs = 0.1

/** Ends within a segment: where shaping wants them, by rank, and where it does not. */
const atPlace = 5
const perRank = 10
const perNear = 20
const jointCosts = { word: 100, character: 160, tied: 1000, split: 3000 } as const

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
  // Before each unit: looked at many times, as many cues end or go on there.
  const joins = units.map((unit, at) => joinCost(units[at - 1] ?? unit, unit, limits))
  const ends = units.map((unit, at) => endCost(units[at - 1] ?? unit, unit, limits))
  return (from) => {
    const reach = Math.min(reachOf(units, from, limits), from + mostUnits)
    const first = units[from] as Unit
    const candidates: Candidate[] = []
    let length = first.columns
    let inside = 0
    for (let to = from + 1; ; to += 1) {
      const cost = inside + (ends[to] ?? 0) + cueCost(units, from, to, length, limits)
      candidates.push({ to, cost })
      const last = units[to]
      if (last === undefined || to >= reach) break
      if (last.end - first.start > limits.maxMs + slackMs) break
      inside += joins[to] as number
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

/** For what stands in one cue together. */
const joinCost = (unit: Unit, next: Unit, { breakOn }: Limits): number =>
  (unit.source === next.source ? 0 : perJoin) +
  (breakOn.includes('pause') && isLongPause(unit, next) ? perLongPause : 0) +
  (breakOn.includes('speaker') && isChange(unit, next) ? perChange : 0)

const endCost = (unit: Unit, next: Unit, { breakOn }: Limits): number => {
  if (unit.source !== next.source) return 0
  const costs = breakOn.map((place, rank) => {
    const ends = endsAt(place, unit, next)
    if (ends === 'no') return Number.POSITIVE_INFINITY
    return atPlace + perRank * rank + (ends === 'near' ? perNear : 0)
  })
  const joint = jointCosts[next.joint]
  return next.joint === 'tied' || next.joint === 'split' ? joint : Math.min(joint, ...costs)
}
