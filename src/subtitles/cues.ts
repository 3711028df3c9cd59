/** Segments become cues: all of their words are cut in the way that costs a reader least. */
import type { Segment } from '../models/segment.js'
import type { SubtitleShaping } from '../models/subtitles.js'
import { candidatesOf } from './costs.js'
import { type Cue, toSeconds } from './cue.js'
import { type Limits, limitsOf } from './limits.js'
import { linesOf } from './lines.js'
import { endOf } from './times.js'
import { type Unit, unitsOf } from './units.js'
import { wordsOf } from './words.js'

/**
 * A segment that is a good cue stays one. Others are cut, or put together where one is too short to be read. Cues never
 * overlap; the other limits hold as far as the speech lets them.
 *
 * @param segments - a segment with words ends with its last one, whatever its own end
 */
export const cues = (segments: readonly Segment[], shaping?: SubtitleShaping): readonly Cue[] => {
  const limits = limitsOf(shaping)
  const units = unitsOf(segments, limits)
  const starts = cheapest(units, limits)
  return starts.map((from, index) => cueOf(units, from, starts[index + 1] ?? units.length, limits))
}

/** From the last unit up: the cheapest way to cut what begins with it. @returns where its cues begin */
const cheapest = (units: readonly Unit[], limits: Limits): readonly number[] => {
  const total = [...units.map(() => Number.POSITIVE_INFINITY), 0]
  const next = units.map(() => units.length)
  const candidates = candidatesOf(units, limits)
  for (let from = units.length - 1; from >= 0; from -= 1) {
    for (const { to, cost } of candidates(from)) {
      const whole = cost + (total[to] as number)
      if (whole < (total[from] as number)) {
        total[from] = whole
        next[from] = to
      }
    }
  }
  const starts: number[] = []
  for (let at = 0; at < units.length; at = next[at] as number) starts.push(at)
  return starts
}

const cueOf = (units: readonly Unit[], from: number, to: number, limits: Limits): Cue => {
  const own = units.slice(from, to)
  const [first] = own as [Unit]
  const end = endOf(units, from, to, limits)
  const words = wordsOf(own, first.start, end)
  const { speaker } = first.source
  return {
    start: toSeconds(first.start),
    end: toSeconds(end),
    text: linesOf(own, limits).join('\n'),
    ...(words !== undefined && { words }),
    ...(speaker !== undefined &&
      own.every(({ source }) => source.speaker === speaker) && { speaker }),
  }
}
