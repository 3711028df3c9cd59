/** What is shown at a time, and the plain text that it may hold. */
import type { Word } from '../models/segment.js'

export interface Cue {
  /** In seconds, to the millisecond, as all times here. */
  readonly start: number
  readonly end: number
  /** Lines with `\n` between them: none of them is blank, and none holds `-->`. */
  readonly text: string
  /** Words without the spaces around them, in the order of the text; where the times of words are known. */
  readonly words?: readonly Word[]
  /** Where all of it is said by one that is known. */
  readonly speaker?: string
}

/** Half a character, which no UTF-8 has, and what is no text, but for line ends and tabs. */
const unwritable = /\p{Surrogate}|(?![\t\n\v\f\r\x85])\p{Cc}/gu
const lineEnd = /\r\n|[\n\v\f\r\x85\u2028\u2029]/

/** What would end a cue within its text is taken out of it. */
export const cueText = (text: string): string =>
  text
    .replace(unwritable, '')
    .replaceAll('-->', '→')
    .split(lineEnd)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')

/** Some 30 years: times are counted in whole milliseconds, and have to stay exact. */
const longestMs = 1e12

export const toMs = (seconds: number): number =>
  Math.min(longestMs, Math.max(0, Math.round(seconds * 1000)))

export const toSeconds = (ms: number): number => Math.round(ms) / 1000
