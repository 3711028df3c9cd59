/** Where somebody speaks, by how loud it is: no more than a threshold, but an honest one. */
import type { Span } from '../models/audio.js'
import type { VadOptions } from '../models/vad.js'
import { frameSec, type Sound } from './fake-sound.js'
import { toMillis } from './mended.js'

/** Decibels of speech that is certain not to be, and certain to be. */
const quietDb = -60
const loudDb = -20

export const speechIn = (
  { levels, duration }: Sound,
  {
    threshold = 0.5,
    minSpeechMs = 250,
    minSilenceMs = 500,
    speechPadMs = 100,
    maxSpeechSec = Number.POSITIVE_INFINITY,
  }: VadOptions = {},
): readonly Span[] => {
  const leastDb = quietDb + threshold * (loudDb - quietDb)
  const loud = levels.flatMap((level, index): Span[] =>
    level >= leastDb ? [{ start: index * frameSec, end: (index + 1) * frameSec }] : [],
  )
  const pad = speechPadMs / 1000
  const padded = joined(loud, minSilenceMs / 1000)
    .filter(({ start, end }) => end - start >= minSpeechMs / 1000)
    .map(({ start, end }) => ({
      start: Math.max(0, start - pad),
      end: Math.min(duration, end + pad),
    }))
  return joined(padded, 0).flatMap((span) => split(span, maxSpeechSec))
}

/** @param gap - in seconds; what is not further apart is one */
const joined = (spans: readonly Span[], gap: number): readonly Span[] => {
  const all: Span[] = []
  for (const span of spans) {
    const last = all.at(-1)
    if (last !== undefined && span.start - last.end < gap + frameSec / 2)
      all[all.length - 1] = { start: last.start, end: span.end }
    else all.push(span)
  }
  return all
}

const split = ({ start, end }: Span, longest: number): readonly Span[] => {
  const parts = Math.max(1, Math.ceil((end - start) / Math.max(longest, frameSec)))
  const edge = (index: number): number => toMillis(start + ((end - start) * index) / parts)
  return Array.from({ length: parts }, (_, index) => ({ start: edge(index), end: edge(index + 1) }))
}
