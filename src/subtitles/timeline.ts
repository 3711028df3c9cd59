/** When each character of a segment is said. */
import type { Segment } from '../models/segment.js'
import { clustersOf, columnsOfCluster } from './columns.js'
import { toMs } from './cue.js'
import { runningText } from './running-text.js'
import { type Span, spokenWords } from './spoken-words.js'

export interface Timeline {
  /** With one space where there were more, and without any at its ends. */
  readonly text: string
  /** Without gaps between them. */
  readonly spans: readonly Span[]
  readonly timing: 'words' | 'spread'
  /** How long it may be shown, in milliseconds. */
  readonly until: number
  readonly speaker: string | undefined
  /** When it is the turn of what begins at a place. */
  startAt(place: number): number
  /** When what ends at a place has been said. */
  endAt(place: number): number
}

interface Bounds {
  /** Start of the next segment, in milliseconds. */
  readonly nextStart: number
  readonly maxMs: number
}

export const timelineOf = (segment: Segment, { nextStart, maxMs }: Bounds): Timeline => {
  const start = toMs(segment.start)
  const until = Math.max(start, toMs(segment.end))
  const timed = spokenWords(segment)
  if (timed !== undefined) return timeline(timed.text, timed.spans, 'words', until, segment.speaker)
  const text = runningText(segment.text)
  const end = nextStart > start ? Math.min(until, nextStart) : until
  const span = { from: 0, to: text.length, start, end: spokenEnd(text, start, end, maxMs) }
  return timeline(text, [span], 'spread', until, segment.speaker)
}

/** Nobody speaks slower, in columns a second: what takes longer has silence in it. */
const slowest = 8

/** Of a text that is shown longer than a cue may be, most is said at its start. */
const spokenEnd = (text: string, start: number, end: number, maxMs: number): number => {
  if (end - start <= maxMs) return end
  const weight = weightsOf(text).at(-1) as number
  return Math.min(end, start + Math.max(maxMs, (weight / slowest) * 1000))
}

/** @returns for each place, how much stands before it: as much as it takes room, and nothing for spaces */
const weightsOf = (text: string): readonly number[] => {
  const weights = [0]
  let weight = 0
  for (const cluster of clustersOf(text)) {
    for (let unit = 1; unit < cluster.length; unit += 1) weights.push(weight)
    weight += cluster.trim() === '' ? 0 : columnsOfCluster(cluster)
    weights.push(weight)
  }
  return weights
}

const timeline = (
  text: string,
  spans: readonly Span[],
  timing: Timeline['timing'],
  until: number,
  speaker: string | undefined,
): Timeline => {
  const weights = weightsOf(text)
  const weightAt = (place: number): number => weights[place] as number
  const owners = spans.flatMap((span) => Array<Span>(span.to - span.from).fill(span))
  const timeIn = ({ from, to, start, end }: Span, place: number): number => {
    const whole = weightAt(to) - weightAt(from)
    const part = weightAt(place) - weightAt(from)
    return Math.round(start + (whole === 0 ? 0 : part / whole) * (end - start))
  }
  return {
    ...{ text, spans, timing, until, speaker },
    startAt: (place) => timeIn(owners[place] as Span, place),
    endAt: (place) => {
      const span = owners[place - 1] as Span
      return place === span.to ? span.end : timeIn(span, place)
    },
  }
}
