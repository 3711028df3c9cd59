/** What it costs that a cue ends between two units, and that one cue has both. */
import { endingOf, endsAt, goesOn, hasStops, isChange, isLongPause } from './endings.js'
import type { Limits } from './limits.js'
import type { Unit } from './units.js'

export interface Border {
  readonly joinCost: number
  readonly endCost: number
}

interface Neighbours {
  readonly before: Unit
  readonly unit: Unit
  /** `open`: two segments meet, but only for want of room: an engine had to cut a sentence. */
  readonly seam: 'none' | 'open' | 'closed'
}

/** Two segments in one, which an engine took for two. */
const perJoin = 200
const perLongPause = 150
/** Two speakers in one cue, where that is not wanted: more than all that can be wrong with other cues. */
const perChange = 1e6

/** Ends within a segment, where shaping wants them, by rank. */
const atPlace = 5
const perRank = 10
const perNear = 20
/** Where it does not: between words, by what ends there, and elsewhere. */
const endingCosts = { sentence: 70, clause: 70, phrase: 70, none: 100, bound: 160 } as const
const jointCosts = { character: 160, tied: 1000, split: 3000 } as const
/** Of two places that are as good, the one where a segment ends. */
const perOpenSeam = -2

/** @returns for each unit, what is before it */
export const bordersOf = (units: readonly Unit[], limits: Limits): readonly Border[] => {
  const isKnown = hasStops(units)
  return units.map((unit, at) => {
    const before = units[at - 1] ?? unit
    const isOne = unit.source === before.source
    const seam = isOne ? 'none' : isKnown && goesOn(before, unit) ? 'open' : 'closed'
    const neighbours: Neighbours = { before, unit, seam }
    return { joinCost: joinCost(neighbours, limits), endCost: endCost(neighbours, limits) }
  })
}

const joinCost = ({ before, unit, seam }: Neighbours, { breakOn }: Limits): number =>
  (seam === 'closed' ? perJoin : 0) +
  (breakOn.includes('pause') && isLongPause(before, unit) ? perLongPause : 0) +
  (breakOn.includes('speaker') && isChange(before, unit) ? perChange : 0)

const endCost = ({ before, unit, seam }: Neighbours, { breakOn }: Limits): number => {
  if (seam === 'closed') return 0
  if (unit.joint === 'tied' || unit.joint === 'split') return jointCosts[unit.joint]
  const costs = breakOn.map((place, rank) => {
    const ends = endsAt(place, before, unit)
    if (ends === 'no') return Number.POSITIVE_INFINITY
    return atPlace + perRank * rank + (ends === 'near' ? perNear : 0)
  })
  const elsewhere =
    unit.joint === 'word' ? endingCosts[endingOf(before, unit)] : jointCosts[unit.joint]
  const cost = Math.min(elsewhere, ...costs)
  return seam === 'open' ? cost + perOpenSeam : cost
}
