/** Codecs of single members: what a value may be, and what it means. Their JSON Schema says both, to users. */
import * as t from 'io-ts'
import { toJsonSchema, withSchema } from '../protocol/json-schema.js'

/** Keywords of JSON Schema that tell a user more and refuse nothing. */
interface Notes<A> {
  /** What an engine takes in the place of a member that is left out. */
  readonly default?: A
}

/** The same codec with a description, in the place of one that it has. */
export const described = <C extends t.Any>(
  codec: C,
  description: string,
  notes: Notes<t.OutputOf<C>> = {},
): C => withSchema(codec, { ...toJsonSchema(codec), ...notes, description })

interface NumberKeywords extends Notes<number> {
  readonly minimum?: number
  readonly maximum?: number
}

/** As a problem says it. */
const rangeName = (kind: string, { minimum, maximum }: NumberKeywords): string => {
  if (maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`
  return minimum === undefined ? `finite ${kind}` : `${kind} of at least ${minimum}`
}

const numeric = (
  type: 'number' | 'integer',
  description: string,
  keywords: NumberKeywords,
): t.Type<number> => {
  const { minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE } = keywords
  const isBetween = (value: number): boolean => value >= minimum && value <= maximum
  const isWhole = (value: number): boolean => Number.isInteger(value) && isBetween(value)
  const kind = type === 'integer' ? 'whole number' : 'number'
  const codec = t.refinement(
    t.number,
    type === 'integer' ? isWhole : isBetween,
    rangeName(kind, keywords),
  )
  return withSchema(codec, { type, ...keywords, description })
}

/** A finite number. JSON has no others, but a handler's result might. */
export const number = (description: string, keywords: NumberKeywords = {}): t.Type<number> =>
  numeric('number', description, keywords)

/** A whole number, of at least 0 unless told otherwise. */
export const whole = (description: string, keywords: NumberKeywords = {}): t.Type<number> =>
  numeric('integer', description, { minimum: 0, ...keywords })

/** @param what - without a full stop: the unit follows */
export const seconds = (what: string, keywords: NumberKeywords = {}): t.Type<number> =>
  number(`${what}, in seconds.`, { minimum: 0, ...keywords })

/** @param what - without a full stop: the unit follows */
export const milliseconds = (what: string, keywords: NumberKeywords = {}): t.Type<number> =>
  number(`${what}, in milliseconds.`, { minimum: 0, ...keywords })

/** From 0 to 1. */
export const probability = (description: string, notes: Notes<number> = {}): t.Type<number> =>
  number(description, { minimum: 0, maximum: 1, ...notes })

const NonEmptyText = withSchema(
  t.refinement(t.string, (value) => value.length > 0, 'non-empty text'),
  { type: 'string', minLength: 1 },
)

/** A text of at least one character. */
export const text = (description: string): t.Type<string> => described(NonEmptyText, description)

/** A text that may be empty. */
export const anyText = (description: string): t.Type<string> => described(t.string, description)

export const flag = (description: string, notes: Notes<boolean> = {}): t.Type<boolean> =>
  described(t.boolean, description, notes)

/** One of a few words. */
export const oneOf = <const W extends string>(
  words: readonly W[],
  description: string,
  notes: Notes<W> = {},
): t.Type<W> => {
  const keys = Object.fromEntries(words.map((word) => [word, null])) as Record<W, null>
  return described(t.keyof(keys), description, notes)
}

export const list = <C extends t.Mixed>(
  item: C,
  description: string,
): t.Type<readonly t.TypeOf<C>[]> => described(t.readonlyArray(item), description)

/** Values by names that are not known beforehand. */
export const dictionary = <C extends t.Mixed>(
  value: C,
  description: string,
): t.Type<Readonly<Record<string, t.TypeOf<C>>>> =>
  // All names are kept and values are sent as they are, so that nothing has to be copied on its way out.
  described(Object.assign(t.record(t.string, value), { encode: t.identity }), description)
