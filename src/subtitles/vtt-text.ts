/** The text of a WebVTT cue, where tags and times may stand between words. */
import type { Word } from '../models/segment.js'
import { placesOf } from './aligned.js'
import { type Cue, cueText, toMs } from './cue.js'
import { readTimestamp, timestamp } from './timestamp.js'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const oneLine = (text: string): string => cueText(text).replaceAll('\n', ' ')

/** @param times - `'words'` puts before each word the time when it is said */
export const vttText = (cue: Cue, times: 'words' | 'none'): string => {
  const text = cueText(cue.text)
  const speaker = oneLine(cue.speaker ?? '')
  const marks = times === 'words' ? marksOf(cue, text) : []
  const parts = [0, ...marks.map(({ at }) => at)].map((from, index) => {
    const mark = marks[index - 1]
    const part = escaped(text.slice(from, marks[index]?.at))
    return mark === undefined ? part : `<${timestamp(mark.start, '.')}>${part}`
  })
  return (speaker === '' ? '' : voiceTag(speaker)) + parts.join('')
}

/** `-->` would be the times of another cue. */
const voiceTag = (speaker: string): string =>
  `<v ${escaped(speaker)}${speaker.endsWith('--') ? ' ' : ''}>`

interface Mark {
  readonly at: number
  readonly start: number
}

/** Times have to grow, and to be within the cue: words that do not fit in go with the one before. */
const marksOf = ({ start, end, words = [] }: Cue, text: string): readonly Mark[] => {
  const places = placesOf(
    words.map(({ word }) => word),
    text,
  )
  if (places === undefined) return []
  let latest = toMs(start)
  return words.flatMap((word, index) => {
    const ms = toMs(word.start)
    if (ms <= latest || ms >= toMs(end)) return []
    latest = ms
    return [{ at: (places[index] as { from: number }).from, start: word.start }]
  })
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
  ...{ nbsp: '\u00a0', lrm: '\u200e', rlm: '\u200f' },
}
const entity = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]+));/g

const unescaped = (text: string): string =>
  text.replace(entity, (all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] as string) : all
    const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
  })

const tag = /<([^<>]*)>/
const voice = /^v(?:\.\S*)?[ \t]+(.+)$/s

/** What a text with its tags says. */
export const readVttText = (
  raw: string,
  start: number,
  end: number,
): Pick<Cue, 'text' | 'words' | 'speaker'> => {
  // Every other one is what stands in a tag.
  const parts = raw.split(tag)
  const times = parts.map((part, index) => (index % 2 === 1 ? readTimestamp(part) : undefined))
  const text = cueText(unescaped(parts.filter((_, index) => index % 2 === 0).join('')))
  const name = parts.find((part, index) => index % 2 === 1 && voice.test(part))
  const speaker = name && oneLine(unescaped(name.replace(voice, '$1')))
  const isTimed = times.some((it) => it !== undefined)
  return {
    text,
    ...(isTimed && { words: timedWords(parts, times, start, end) }),
    ...(speaker && { speaker }),
  }
}

/** A word ends where the next one begins: the format does not tell. */
const timedWords = (
  parts: readonly string[],
  times: readonly (number | undefined)[],
  start: number,
  end: number,
): readonly Word[] => {
  const pieces = [{ start, text: '' }]
  parts.forEach((part, index) => {
    const time = times[index]
    const last = pieces.at(-1) as { start: number; text: string }
    if (time !== undefined) pieces.push({ start: time, text: '' })
    else if (index % 2 === 0) last.text += part
  })
  const words = pieces
    .map((piece) => ({ start: piece.start, word: oneLine(unescaped(piece.text)) }))
    .filter(({ word }) => word !== '')
  return words.map((word, index) => ({ ...word, end: words[index + 1]?.start ?? end }))
}
