/** What `JSON.parse` does not tell: the digits of a number, and how deep a value nests. */

/** Keys and indices from the outermost value inward. */
export type JsonPath = readonly (string | number)[]

const space = /\s*/y
const scalar = /[^\s{}[\],:"]+/y

const endOf = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from
  pattern.exec(text)
  return pattern.lastIndex
}

/** A string literal may be megabytes long, which a regular expression would not survive. */
const endOfString = (text: string, from: number): number => {
  for (let quote = text.indexOf('"', from + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let escape = quote
    while (text[escape - 1] === '\\') escape -= 1
    if ((quote - escape) % 2 === 0) return quote + 1
  }
  return text.length
}

/**
 * The text of the number at a path, with its own digits.
 *
 * @param text - valid JSON; of a repeated key the last one counts, as in `JSON.parse`
 * @returns undefined when no number stands there
 */
export const numberTextAt = (text: string, path: JsonPath): string | undefined => {
  const here: (string | number)[] = []
  let found: string | undefined
  for (let at = endOf(space, text, 0); at < text.length; at = endOf(space, text, at)) {
    const char = text[at]
    if (char === '"') {
      const end = endOfString(text, at)
      const isKey = text[endOf(space, text, end)] === ':'
      if (isKey) here[here.length - 1] = JSON.parse(text.slice(at, end)) as string
      at = end
    } else if (char === '{' || char === '[') {
      here.push(char === '[' ? 0 : '')
      at += 1
    } else if (char === '}' || char === ']') {
      here.pop()
      at += 1
    } else if (char === ',' || char === ':') {
      const index = here.at(-1)
      if (char === ',' && typeof index === 'number') here[here.length - 1] = index + 1
      at += 1
    } else {
      const end = endOf(scalar, text, at)
      const isThere = here.length === path.length && path.every((key, i) => here[i] === key)
      if (isThere && /[-\d]/.test(char as string)) found = text.slice(at, end)
      at = end
    }
  }
  return found
}

/** Whether arrays and objects nest deeper than `limit`; `[]` is one deep. Walks without recursion, so that no depth overflows. */
export const isDeeperThan = (value: unknown, limit: number): boolean => {
  let level: object[] = typeof value === 'object' && value !== null ? [value] : []
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return true
    const inner: object[] = []
    for (const item of level) {
      for (const child of Array.isArray(item) ? item : Object.values(item)) {
        if (typeof child === 'object' && child !== null) inner.push(child)
      }
    }
    level = inner
  }
  return false
}
