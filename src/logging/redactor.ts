/** Takes secrets out of log lines, whatever made them: they are plain JSON by then. */
import { levelRanks } from '../ports/logger.js'
import { hidden } from '../protocol/secret.js'
import { type RedactionSettings, sensitive } from './sensitive.js'

/**
 * Values of sensitive names become `***` whatever they hold, but for numbers, booleans and null; in texts, names of keys
 * among them, what looks like a credential does, and in texts that are values, what patterns of one's own match. A line
 * without any of it comes back as it is, for 0.5 µs per 200 bytes; such patterns have every line looked at closely, for
 * 5 µs more.
 *
 * @throws SyntaxError for a pattern that is no regular expression
 * @returns takes a JSON text and returns one, each with a line end or without; throws for what is no JSON, and for what is
 *   nested too deep to be looked at
 */
export const redactor = (settings: RedactionSettings): ((json: string) => string) => {
  const { name, named, texts, patterns, secrets, hints } = sensitive(settings)
  const isSuspect = (text: string): boolean => hints.some((hint) => hint.test(text))

  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return cleanValue(value)
    if (typeof value === 'number') return secrets.has(String(value)) ? hidden : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(clean)
    return cleanObject(value, () => false)
  }
  const cleanObject = (value: object, stays: (key: string, its: unknown) => boolean): unknown => {
    const entries = Object.entries(value).map(([key, its]) => {
      if (stays(key, its)) return [key, its]
      return [cleanText(key), isTelling(its) && name.test(key) ? hidden : clean(its)]
    })
    return Object.fromEntries(entries)
  }
  const cleanRecord = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? cleanObject(value, isOwn)
      : clean(value)
  const cleanText = (text: string): string => {
    if (!isSuspect(text)) return text
    const inner = named.test(text) ? cleanJson(text) : undefined
    if (inner !== undefined) return inner
    return texts.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text)
  }
  /** Names are not looked at by patterns: one that matches `msg` would leave no record. */
  const cleanValue = (text: string): string =>
    patterns.reduce((left, pattern) => left.replace(pattern, hiddenUnlessEmpty), cleanText(text))
  /** A text that is JSON by itself stays so. Undefined for any other. */
  const cleanJson = (text: string): string | undefined => {
    if (!/^\s*[[{"]/.test(text)) return undefined
    try {
      const value: unknown = JSON.parse(text)
      const cleaned = JSON.stringify(clean(value))
      return cleaned === JSON.stringify(value) ? text : cleaned
    } catch {
      return undefined
    }
  }
  return (json) => {
    // A pattern may look at what JSON writes otherwise, such as a quote, or where a text begins.
    if (patterns.length === 0 && !isSuspect(json)) return json
    const end = json.endsWith('\n') ? '\n' : ''
    return `${JSON.stringify(cleanRecord(JSON.parse(json)))}${end}`
  }
}

const isTelling = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null)

/** A pattern may match between two characters, where nothing is to be hidden. */
const hiddenUnlessEmpty = (match: string): string => (match === '' ? '' : hidden)

/** What a record says of itself, in numbers or, to a peer, by the name of its level. */
const isOwn = (key: string, value: unknown): boolean =>
  key === 'level'
    ? typeof value === 'number' || Object.hasOwn(levelRanks, String(value))
    : (key === 'time' || key === 'pid') && typeof value === 'number'
