/** Times as they can be: models give some that end before they start, or lie behind the end of the audio. */
import type { Word } from '../models/segment.js'
import type { TranscribeWarning } from '../models/transcribe-result.js'
import type { HeardSegment } from './backend.js'

/** By so much a time may be wrong without a word, in seconds. */
const tolerance = 0.05
/** Of a segment whose own length cannot be, in seconds. */
const shortest = 0.1

export const toMillis = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Mends segments one by one, as they come: 0 ≤ start < end ≤ duration, and none before the end of the one before. */
export class Mender {
  /** Of the audio, in seconds; Infinity if it is unknown. */
  duration: number
  private latest = 0
  private firstWrong: number | undefined
  private wrong = 0

  constructor(duration: number) {
    this.duration = duration
  }

  mend(segment: HeardSegment): HeardSegment {
    const { start, end } = this.within(segment.start, segment.end)
    const isWrong = [start - segment.start, end - segment.end].some(
      (by) => !(Math.abs(by) <= tolerance),
    )
    if (isWrong) {
      this.wrong += 1
      this.firstWrong ??= start
    }
    this.latest = end
    const { words, ...rest } = segment
    return {
      ...rest,
      ...{ start, end, text: segment.text.trim() },
      ...(words !== undefined && { words: mendedWords(words, start, end) }),
    }
  }

  get warnings(): readonly TranscribeWarning[] {
    if (this.firstWrong === undefined) return []
    const message = `${this.wrong} segments had times that cannot be; they were mended`
    return [{ kind: 'timestamps', message, start: this.firstWrong }]
  }

  /** Where the audio has no room left, a segment has no length. */
  private within(givenStart: number, givenEnd: number): { start: number; end: number } {
    const clamped = (time: number): number =>
      toMillis(Math.min(this.duration, Math.max(this.latest, Number.isFinite(time) ? time : 0)))
    const [start, end] = [clamped(givenStart), clamped(givenEnd)]
    if (start < end) return { start, end }
    return { start, end: toMillis(Math.min(this.duration, start + shortest)) }
  }
}

const mendedWords = (words: readonly Word[], from: number, to: number): readonly Word[] => {
  let latest = from
  const within = (time: number): number => {
    latest = toMillis(Math.min(to, Math.max(latest, Number.isFinite(time) ? time : latest)))
    return latest
  }
  return words
    .filter(({ word }) => word !== '')
    .map((word) => {
      const start = within(word.start)
      return { ...word, start, end: within(word.end) }
    })
}
