/** JSON for people: what fits in a line stays in it, and the kinds of values have colours. */
import type { Style } from './style.js'

/** @param value - as it came out of `JSON.parse` */
export const prettyJson = (value: unknown, style: Style, columns: number): string =>
  print(value, '', style, columns)

const print = (value: unknown, indent: string, style: Style, columns: number): string => {
  if (typeof value !== 'object' || value === null) return scalar(value, style)
  const isShort = indent.length + JSON.stringify(value).length * spaced <= columns
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const inner = isShort ? '' : `${indent}  `
  const parts = Object.entries(value).map(([key, item]) => {
    const name = Array.isArray(value) ? '' : `${style.cyan(quoted(key))}: `
    return name + print(item, inner, style, columns)
  })
  if (parts.length === 0) return `${open}${close}`
  if (!isShort) return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`
  return Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
}

/** A blank behind each comma and colon makes a line so much longer, at most. */
const spaced = 1.25

const scalar = (value: unknown, style: Style): string => {
  if (typeof value === 'string') return style.green(quoted(value))
  return value === null ? style.dim('null') : style.yellow(String(value))
}

/** JSON leaves some characters as they are that a terminal takes for commands. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
