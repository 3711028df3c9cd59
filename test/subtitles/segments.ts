/** Segments for examples, by what is said and when. */
import type { Segment } from '../../src/models/segment.js'
import { clustersOf } from '../../src/subtitles/columns.js'

export const segment = (
  text: string,
  start: number,
  end: number,
  more: Partial<Segment> = {},
): Segment => ({
  ...{ id: 0, start, end, text },
  ...more,
})

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Words with the space before them, as Whisper tells them: each takes 0.06 s a letter, and a comma 0.2 s, a point 0.4 s more. */
export const spoken = (text: string, start = 0): Segment => {
  let at = start
  const words = text.split(/(?= )/).map((word) => {
    const begin = at
    const end = begin + 0.1 + clustersOf(word.trim()).length * 0.06
    at = end + (/[.!?]["”]?$/.test(word) ? 0.4 : word.endsWith(',') ? 0.2 : 0)
    return { start: round(begin), end: round(end), word, probability: 0.9 }
  })
  return { id: 0, start, end: words.at(-1)?.end ?? start, text, words }
}

/** Character by character and without punctuation, as Paraformer tells them: 0.2 s each. */
export const byCharacter = (text: string, start = 0): Segment => {
  const characters = clustersOf(text).filter((it) => /[\p{L}\p{N}]/u.test(it))
  const words = characters.map((word, at) => ({
    ...{ start: round(start + at * 0.2), end: round(start + at * 0.2 + 0.18), word },
  }))
  return { id: 0, start, end: words.at(-1)?.end ?? start, text, words }
}
