/** A log record as a person reads it: one line, and below it the stack of its error. */
import { escaped } from './one-line.js'

const colours: Readonly<Record<number, string>> = {
  10: '\x1b[90mTRACE',
  20: '\x1b[90mDEBUG',
  30: '\x1b[32mINFO ',
  40: '\x1b[33mWARN ',
  50: '\x1b[31mERROR',
  60: '\x1b[35mFATAL',
}
const reset = '\x1b[0m'
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such
const colour = /\x1b\[\d+m/g

/** @param line - pino's JSON; what is no record of pino's stays as it is */
export const prettyLine = (line: string, isColoured = true): string => {
  const record = recordIn(line)
  if (record === undefined) return line
  const { level, time, pid: _, msg, err, ...facts } = record
  const clock = new Date(time).toISOString().slice(11, 23)
  const told = Object.entries(facts).map(
    ([key, value]) => ` \x1b[90m${harmless(key)}=${reset}${shown(value)}`,
  )
  const stack = (err as { stack?: unknown } | undefined)?.stack
  const trace = typeof stack === 'string' ? `\n${stack.split('\n').map(harmless).join('\n')}` : ''
  const text = harmless(String(msg))
  const head = `${clock} ${colours[Number(level)] ?? harmless(String(level))}${reset} ${text}${told.join('')}`
  return `${isColoured ? head : head.replace(colour, '')}${trace}\n`
}

interface PinoRecord extends Readonly<Record<string, unknown>> {
  readonly time: number
}

/** Others print JSON, too. */
const recordIn = (line: string): PinoRecord | undefined => {
  try {
    const record = JSON.parse(line) as PinoRecord
    const isTime = typeof record.time === 'number' && !Number.isNaN(new Date(record.time).getTime())
    return isTime ? record : undefined
  } catch {
    return undefined
  }
}

const shown = (value: unknown): string =>
  harmless(typeof value === 'string' && /^\S*$/.test(value) ? value : JSON.stringify(value))

/** Without what would begin a line, move the cursor or more: a record may tell of what came from outside. */
const harmless = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, shownAs)

const shownAs = (char: string): string => {
  if (char === '\n') return '\\n'
  if (char === '\t') return '\\t'
  return char > '\xff' ? escaped(char) : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}
