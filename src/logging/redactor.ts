/** Takes secrets out of log lines, whatever made them: they are plain JSON by then. */
import { hidden } from '../protocol/secret.js'
import { type RedactionSettings, sensitive } from './sensitive.js'

/**
 * Values of sensitive names become `***` whatever they hold, but for numbers, booleans and null; in texts, names of keys
 * among them, what looks like a credential does. A line without any of it comes back as it is, for 0.5 µs per 200 bytes;
 * patterns of one's own have every line looked at closely, for 5 µs more.
 *
 * @throws SyntaxError for a pattern that is no regular expression
 * @returns takes a JSON text and returns one, each with a line end or without; throws for what is no JSON, and for what is
 *   nested too deep to be looked at
 */
export const redactor = (settings: RedactionSettings): ((json: string) => string) => {
  const { name, named, texts, patterns, hints } = sensitive(settings)
  const isSuspect = (text: string): boolean => hints.some((hint) => hint.test(text))

  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return cleanText(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(clean)
    const entries = Object.entries(value).map(([key, its]) => [
      cleanText(key),
      isTelling(its) && name.test(key) ? hidden : clean(its),
    ])
    return Object.fromEntries(entries)
  }
  const cleanText = (text: string): string => {
    let left = text
    if (isSuspect(text)) {
      const inner = named.test(text) ? cleanJson(text) : undefined
      if (inner !== undefined) return inner
      for (const [pattern, instead] of texts) left = left.replace(pattern, instead)
    }
    for (const pattern of patterns) left = left.replace(pattern, hidden)
    return left
  }
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
    return `${JSON.stringify(clean(JSON.parse(json)))}${end}`
  }
}

const isTelling = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null)
