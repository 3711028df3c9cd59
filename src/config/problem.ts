/** What is wrong with a setting, where it stands, and how that is told. */
import { hidden } from '../protocol/secret.js'

export interface Problem {
  /** Where it stands: `file:line:column`, the name of a variable, or the option that was typed. */
  readonly source: string
  /** The setting, with dots; empty for what concerns a whole file. */
  readonly key: string
  readonly message: string
}

/** Settings that cannot be used. All that is wrong is told at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problemsText(problems))
    this.problems = problems
  }
}

/** More lines than this help nobody: the file is something else than a config. */
export const mostTold = 50

export const problemsText = (problems: readonly Problem[]): string => {
  const [first] = problems
  if (problems.length === 1 && first !== undefined) return lineOf(first)
  const more = problems.length - mostTold
  return [
    `${problems.length} settings cannot be used:`,
    ...problems.slice(0, mostTold).map((it) => `  ${lineOf(it)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n')
}

const lineOf = ({ source, key, message }: Problem): string =>
  [source, short(key), message]
    .filter((part) => part !== '')
    .map(printable)
    .join(': ')

/** Longest key that is told: somebody may have put a whole text there. */
const longestKey = 200
const short = (key: string): string =>
  key.length > longestKey ? `${key.slice(0, longestKey - 1)}…` : key

/** Longest text of a value that a message shows. */
const longest = 60

/** A value as a message shows it: what is long or has parts is named by its type, and so is a secret. */
export const shown = (value: unknown, isSecret: boolean): string => {
  if (isSecret) return `${hidden} (${kindOf(value)})`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'a section'
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value) // not null for NaN
  return printable(text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
}

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a section'
  if (value === null || value === undefined) return 'nothing'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}

/** What would move the cursor, or more, made harmless. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  text.replace(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+/g, ' ')
