/** Words and the text that they are of: engines give the one without punctuation or spaces, and the other with. */
import { closing, endsSpaceless, opening, startsSpaceless } from './scripts.js'

/** Places in a text: `to` is not part of it. */
export interface Range {
  readonly from: number
  readonly to: number
}

const letter = /[\p{L}\p{N}]/u
const openers = /[\p{Ps}\p{Pi}¿¡]*$/u

/**
 * Finds each word, whatever spaces are in it, and gives it the punctuation around it.
 *
 * @param words - none of nothing but spaces
 * @returns undefined when the text has other words
 */
export const placesOf = (words: readonly string[], text: string): readonly Range[] | undefined => {
  const { solid, places } = withoutSpaces(text)
  const find = finder(solid)
  const found: Range[] = []
  let at = 0
  for (const word of words) {
    const bare = word.replace(spaces, '')
    const from = find(bare, at)
    if (from < 0 || letter.test(solid.slice(at, from))) return undefined
    at = from + bare.length
    found.push({ from: places[from] as number, to: (places[at - 1] as number) + 1 })
  }
  if (letter.test(solid.slice(at))) return undefined
  return found.map(({ from, to }, index) => {
    const before = found[index - 1]
    const after = found[index + 1]
    return {
      from: before === undefined ? 0 : from - lead(text.slice(before.to, from)),
      to: after === undefined ? text.length : after.from - lead(text.slice(to, after.from)),
    }
  })
}

const spaces = /\s+/g

/** Its other characters, and where each of them was. */
const withoutSpaces = (
  text: string,
): { readonly solid: string; readonly places: readonly number[] } => {
  const places: number[] = []
  for (const { 0: run, index } of text.matchAll(/\S+/g)) {
    for (let at = 0; at < run.length; at += 1) places.push(index + at)
  }
  return { solid: text.replace(spaces, ''), places }
}

/** How much of what stands between two words belongs to the second. */
const lead = (between: string): number => {
  const space = Math.max(
    between.lastIndexOf(' '),
    between.lastIndexOf('\n'),
    between.lastIndexOf('\u3000'),
  )
  return space < 0 ? (openers.exec(between)?.[0].length ?? 0) : between.length - space - 1
}

/** In letters of any case, where that does not move anything. */
const finder = (text: string) => {
  const lower = text.toLowerCase()
  if (lower.length !== text.length) return (word: string, at: number) => text.indexOf(word, at)
  return (word: string, at: number) => lower.indexOf(word.toLowerCase(), at)
}

/** A text of words alone. Some engines give each the space that belongs to it, others give none. */
export const textOf = (words: readonly string[]): string => {
  if (words.some((word) => word !== word.trim())) return words.join('')
  return words.reduce((text, word) => text + joinerOf(text, word) + word, '')
}

const joinerOf = (text: string, word: string): string => {
  if (text === '' || closing.test(word) || opening.test(text.slice(-1))) return ''
  return endsSpaceless.test(text.slice(-2)) || startsSpaceless.test(word) ? '' : ' '
}
