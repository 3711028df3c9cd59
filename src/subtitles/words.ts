/** The words of a cue, with the punctuation that belongs to them. */
import type { Word } from '../models/segment.js'
import { toSeconds } from './cue.js'
import type { Timeline } from './timeline.js'
import type { Unit } from './units.js'

/**
 * A word that is cut in two has a part in each cue.
 *
 * @param start - of the cue, in milliseconds; no word is outside of it
 * @returns undefined where the times of a word are unknown
 */
export const wordsOf = (
  units: readonly Unit[],
  start: number,
  end: number,
): readonly Word[] | undefined => {
  if (units.some(({ source }) => source.timing !== 'words')) return undefined
  const within = (ms: number): number => toSeconds(Math.min(end, Math.max(start, ms)))
  return partsOf(units).flatMap(({ source, from, to }) =>
    source.spans
      .filter((span) => span.from < to && span.to > from)
      .map((span) => {
        const [begin, stop] = [Math.max(from, span.from), Math.min(to, span.to)]
        return {
          start: within(source.startAt(begin)),
          end: within(Math.max(source.startAt(begin), source.endAt(stop))),
          word: source.text.slice(begin, stop).trim(),
          ...(span.probability !== undefined && { probability: span.probability }),
        }
      })
      .filter(({ word }) => word !== ''),
  )
}

interface Part {
  readonly source: Timeline
  readonly from: number
  readonly to: number
}

/** What the cue has of each segment. */
const partsOf = (units: readonly Unit[]): readonly Part[] => {
  const parts: Part[] = []
  for (const { source, from, to } of units) {
    const last = parts.at(-1)
    if (last?.source === source) parts[parts.length - 1] = { ...last, to }
    else parts.push({ source, from, to })
  }
  return parts
}
