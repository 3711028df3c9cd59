/** What a model has heard in a chunk, as segments. */
import { deflateSync } from 'node:zlib'
import type { Span } from '../../models/audio.js'
import type { HeardSegment } from '../backend.js'
import type { Heard } from './addon.js'
import { rounded } from './spans.js'
import { wordsOf } from './words.js'

/**
 * @param chunk - in seconds
 * @param wantsWords - whether they are asked for; they are left out when the model gave no times
 */
export const segmentsOf = (heard: Heard, chunk: Span, wantsWords: boolean): HeardSegment[] => {
  const parts = partsOf(heard, chunk)
  const words = wantsWords ? wordsOf(heard, chunk.start, chunk.end) : undefined
  return parts.map(({ start, end, text }) => ({
    start: rounded(start),
    end: rounded(end),
    text,
    ...(words !== undefined && { words }),
    compressionRatio: rounded(compression(text)),
  }))
}

interface Part extends Span {
  readonly text: string
}

/** Whisper cuts a chunk into sentences, if it was asked to. Times that make no sense are those of the chunk. */
const partsOf = (heard: Heard, chunk: Span): Part[] => {
  const {
    segment_texts: texts = [],
    segment_timestamps: starts = [],
    segment_durations = [],
  } = heard
  const whole = { ...chunk, text: heard.text.trim() }
  const parts = texts
    .map((text, index) => {
      const start = chunk.start + (starts[index] ?? 0)
      const end = Math.min(chunk.end, start + (segment_durations[index] ?? 0))
      return { start, end, text: text.trim() }
    })
    .filter(({ text }) => text !== '')
  const isInOrder = parts.every(
    ({ start, end }, index) =>
      start < end && start >= (parts[index - 1]?.end ?? chunk.start) - 0.001,
  )
  const isComplete = letters(parts.map(({ text }) => text).join('')) === letters(whole.text)
  const chosen = parts.length > 0 && isInOrder && isComplete ? parts : [whole]
  return chosen.filter(({ text }) => text !== '')
}

const letters = (text: string): string => text.replaceAll(/\s/g, '')

/** As Whisper counts it: a text that repeats itself compresses well. */
const compression = (text: string): number => {
  const bytes = Buffer.from(text)
  return bytes.length / deflateSync(bytes).length
}
