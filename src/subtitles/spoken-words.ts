/** The words of a segment, where their times say something. */
import type { Segment, Word } from '../models/segment.js'
import { placesOf, type Range, textOf } from './aligned.js'
import { toMs } from './cue.js'
import { runningText } from './running-text.js'

/** A part of the text with times of its own, in milliseconds: a word, or the whole. */
export interface Span extends Range {
  readonly start: number
  readonly end: number
  readonly probability?: number | undefined
}

export interface SpokenWords {
  readonly text: string
  readonly spans: readonly Span[]
}

/**
 * In the text of the segment, which may have punctuation that they have not. If it has other words, it is not looked at.
 *
 * @returns undefined when there are none, or when all are said at once: some engines give 0 to each
 */
export const spokenWords = (segment: Segment): SpokenWords | undefined => {
  const words = (segment.words ?? []).filter(({ word }) => runningText(word) !== '')
  const [first, last] = [words[0], words.at(-1)]
  if (first === undefined || last === undefined) return undefined
  if (last.end <= first.start || (words.length > 1 && last.start <= first.start)) return undefined
  const texts = words.map(({ word }) => word)
  for (const text of [segment.text, textOf(texts)].map(runningText)) {
    const places = placesOf(texts.map(runningText), text)
    if (places !== undefined) return { text, spans: spansOf(words, places, boundsOf(segment)) }
  }
  return undefined
}

/** How far a word may be outside of its segment, in milliseconds: one that is elsewhere would take all after it along. */
const strayMs = 500

/** A segment of no length has no times either. */
const boundsOf = ({ start, end }: Segment): readonly [number, number] =>
  end > start ? [toMs(start) - strayMs, toMs(end) + strayMs] : [0, Number.POSITIVE_INFINITY]

const spansOf = (
  words: readonly Word[],
  places: readonly Range[],
  [earliest, latest]: readonly [number, number],
): readonly Span[] => {
  const within = (seconds: number): number => Math.min(latest, Math.max(earliest, toMs(seconds)))
  return words.map(({ start, end, probability }, index) => ({
    ...(places[index] as Range),
    start: within(start),
    end: within(end),
    probability,
  }))
}
