/** From what the detector finds to segments: joined, padded, within the audio. In seconds. */
import type { Span } from '../../models/audio.js'

export interface SpanRules {
  /** Shorter silence does not end a segment. */
  readonly minSilenceSec: number
  /** Added before and behind each, up to the middle of a shorter pause. */
  readonly padSec: number
  /** Longer ones are not joined. */
  readonly maxSpeechSec: number
  /** Where the audio begins and ends. */
  readonly within: Span
}

/**
 * Joins what lies closer together than a pause: a detector has to cut long speech. Then adds padding.
 *
 * @returns spans in order, none of which reaches into another
 */
export const finished = (found: readonly Span[], rules: SpanRules): Span[] => {
  const spans = joined(found, rules)
  return spans.map(({ start, end }, index) => {
    const before = spans[index - 1]?.end
    const after = spans[index + 1]?.start
    return {
      start: Math.max(rules.within.start, start - padding(before, start, rules.padSec)),
      end: Math.min(rules.within.end, end + padding(end, after, rules.padSec)),
    }
  })
}

const padding = (end: number | undefined, start: number | undefined, padSec: number): number =>
  end === undefined || start === undefined ? padSec : Math.min(padSec, (start - end) / 2)

const joined = (found: readonly Span[], rules: SpanRules): Span[] => {
  const spans: Span[] = []
  for (const span of found) {
    const last = spans.at(-1)
    const isOne =
      last !== undefined &&
      span.start - last.end < rules.minSilenceSec &&
      span.end - last.start <= rules.maxSpeechSec
    if (isOne) spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    else spans.push(last === undefined ? span : { ...span, start: Math.max(span.start, last.end) })
  }
  return spans
}

/** To whole milliseconds. @param value - in seconds */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000
