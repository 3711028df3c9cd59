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
    let backslash = quote
    while (text[backslash - 1] === '\\') backslash -= 1
    if ((quote - backslash) % 2 === 0) return quote + 1
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
  let found: string | undefined
  eachNumber(text, (here, digits) => {
    if (here.length === path.length && path.every((key, i) => here[i] === key)) found = digits()
  })
  return found
}

/** The text of a batch. Looking up the numbers of all members one by one would take the square of its length. */
export class BatchText {
  /** What one member has of it. */
  readonly length: number
  private readonly text: string
  private found: ReadonlyMap<string, string> | undefined

  constructor(text: string, members: number) {
    this.text = text
    this.length = text.length / members
  }

  /** @param path - of an `id`, or of the one in `params` */
  numberAt(path: JsonPath): string | undefined {
    this.found ??= idNumbers(this.text)
    return this.found.get(JSON.stringify(path))
  }
}

const idNumbers = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  eachNumber(text, (here, digits) => {
    const isId = here.length === 2 || (here.length === 3 && here[1] === 'params')
    if (isId && here.at(-1) === 'id') found.set(JSON.stringify(here), digits())
  })
  return found
}

/** @param visit - told where a number is; the path is valid until it returns */
const eachNumber = (text: string, visit: (path: JsonPath, digits: () => string) => void): void => {
  const here: (string | number)[] = []
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
      const from = at
      if (/[-\d]/.test(char as string)) visit(here, () => text.slice(from, end))
      at = end
    }
  }
}

const keepNesting = (inner: object[], child: unknown): void => {
  if (typeof child === 'object' && child !== null) inner.push(child)
}

/** Whether arrays and objects nest deeper than `limit`; `[]` is one deep. Walks without recursion, so that no depth overflows. */
export const isDeeperThan = (value: unknown, limit: number): boolean => {
  let level: object[] = typeof value === 'object' && value !== null ? [value] : []
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limit) return true
    const inner: object[] = []
    for (const item of level) {
      // What JSON.parse made has no keys but its own; lists of its values would cost more than reading it did.
      if (Array.isArray(item)) for (const child of item) keepNesting(inner, child)
      else for (const key in item) keepNesting(inner, (item as Record<string, unknown>)[key])
    }
    level = inner
  }
  return false
}
