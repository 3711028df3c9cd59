/** Words out of the tokens of a model. */
import type { Word } from '../../models/segment.js'
import type { Heard } from './addon.js'
import { rounded } from './spans.js'

/** Scripts that are written without spaces: each character is a word of its own. */
const unspaced =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u
const isPunctuation = (token: string): boolean => /^[\p{P}\p{S}]+$/u.test(token.trim())

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * Joined where no new word begins: Whisper and SentencePiece begin one with a space or `▁`, Paraformer ends a part of a
 * word with `@@`. Punctuation belongs to the word before.
 *
 * @param offset - where the audio of the model begins, in seconds
 * @param end - where it ends
 * @returns undefined when the model gave no times
 */
export const wordsOf = (heard: Heard, offset: number, end: number): readonly Word[] | undefined => {
  const { tokens = [], timestamps = [] } = heard
  if (tokens.length === 0) return []
  if (timestamps.length !== tokens.length || timestamps.every((time) => time === 0))
    return undefined
  const words: Token[] = []
  let isContinued = false
  for (const token of timed(heard, offset, end)) {
    const text = token.text.replaceAll('▁', ' ').replace(/@@$/, '')
    const last = words.at(-1)
    const isPart =
      last !== undefined &&
      (isContinued || isPunctuation(text) || !beginsWord(text, last.text, tokens))
    if (isPart) words[words.length - 1] = { ...last, text: last.text + text, end: token.end }
    else words.push({ ...token, text })
    isContinued = token.text.endsWith('@@')
  }
  return words
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, start, end: until }) => ({
      start: rounded(start),
      end: rounded(Math.max(start, until)),
      word: text,
    }))
}

const beginsWord = (text: string, before: string, tokens: readonly string[]): boolean => {
  if (text.startsWith(' ') || unspaced.test(text) || unspaced.test(before.at(-1) ?? '')) return true
  // Paraformer's words have no space before them.
  return (
    !tokens.some((token) => /^[ ▁]/.test(token)) && tokens.some((token) => token.endsWith('@@'))
  )
}

/** A token lasts as long as it says, or until the next; times never go back. */
const timed = (
  { tokens = [], timestamps = [], durations = [] }: Heard,
  offset: number,
  end: number,
): Token[] => {
  let earliest = offset
  return tokens.map((text, index) => {
    const start = Math.min(end, Math.max(earliest, offset + (timestamps[index] ?? 0)))
    const next = offset + (timestamps[index + 1] ?? end - offset)
    const duration = durations[index] ?? 0
    const until = duration > 0 ? start + duration : next
    earliest = start
    return { text, start, end: Math.min(end, Math.max(start, until)) }
  })
}
