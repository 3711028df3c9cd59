/** Text from outside on a terminal: harmless, and as wide as it is drawn. Times for people. */
import { stripVTControlCharacters } from 'node:util'
import { printable } from './style.js'
import { span } from './time-text.js'

/** On one line, without what moves the cursor or turns the direction. */
export const harmless = (text: string): string =>
  printable(stripVTControlCharacters(text))
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim()

const isNarrow = /^[\x20-\x7e]*$/
/** Those that a terminal draws in two cells: East Asian ones by their blocks, and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}/u
const combining = /[\p{Mn}\p{Me}]/u

const cellsOfOne = (char: string): number => (combining.test(char) ? 0 : wide.test(char) ? 2 : 1)

/** How many cells of a line it takes. */
export const cellsOf = (text: string): number => {
  if (isNarrow.test(text)) return text.length
  let cells = 0
  for (const char of text) cells += cellsOfOne(char)
  return cells
}

/** As much of it as fits, with an ellipsis where something is missing. */
export const cutToCells = (text: string, room: number): string => {
  if (cellsOf(text) <= room) return text
  let cells = 1 // of the ellipsis
  let kept = ''
  for (const char of text) {
    cells += cellsOfOne(char)
    if (cells > room) break
    kept += char
  }
  return room > 0 ? `${kept}…` : ''
}

export const padToCells = (text: string, cells: number): string =>
  text + ' '.repeat(Math.max(0, cells - cellsOf(text)))

/** Three digits at most: `0.3 µs`, `850 µs`, `4.25 ms`, `412 ms`, `9.5 s`, and from then on in words of two units. */
export const durationText = (ms: number): string => {
  const us = ms * 1000
  if (us < 9.95) return `${rounded(us, 1)} µs`
  if (us < 999.5) return `${rounded(us, 0)} µs`
  if (ms < 9.995) return `${rounded(ms, 2)} ms`
  if (ms < 99.95) return `${rounded(ms, 1)} ms`
  if (ms < 999.5) return `${rounded(ms, 0)} ms`
  if (ms < 9995) return `${rounded(ms / 1000, 2)} s`
  return span(ms)
}

/** Without zeros at its end. */
const rounded = (value: number, decimals: number): string => `${Number(value.toFixed(decimals))}`

/** Nanoseconds since 1970 as ISO 8601, to the millisecond. */
export const timeText = (ns: bigint): string => {
  const date = new Date(Number(ns / 1_000_000n))
  return Number.isNaN(date.getTime()) ? 'at no time' : date.toISOString()
}
