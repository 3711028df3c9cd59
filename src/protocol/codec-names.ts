/** What a codec and a value are called in a problem: type names, never values. */
import type * as t from 'io-ts'
import { asStock } from './codec-stock.js'

/** Names that io-ts makes up from the parts: `{ a: number }`, `Array<string>`, `(A | B)`. */
const madeUp = /^(?:[{[("]|(?:Partial|Array|ReadonlyArray|Readonly|Exact)<)/

/** The name that the codec's author chose, if any. */
export const givenName = (codec: t.Any): string | undefined =>
  madeUp.test(codec.name) ? undefined : codec.name

/** An enum of a thousand keys helps nobody in an error message. */
const maxLength = 120
export const shorten = (text: string): string =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text

const unique = (codecs: readonly t.Any[], separator: string): string =>
  [...new Set(codecs.map(nameOf))].join(separator)

const nameOf = (codec: t.Any): string => {
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'InterfaceType':
    case 'PartialType':
    case 'DictionaryType':
      return givenName(codec) ?? 'object'
    case 'AnyDictionaryType':
      return 'object'
    case 'ArrayType':
    case 'ReadonlyArrayType':
    case 'TupleType':
      return givenName(codec) ?? 'array'
    case 'AnyArrayType':
      return 'array'
    case 'UnionType':
      return givenName(codec) ?? unique(stock.types, ' | ')
    case 'IntersectionType':
      return givenName(codec) ?? unique(stock.types, ' & ')
    case 'ReadonlyType':
    case 'ExactType':
      return givenName(codec) ?? nameOf(stock.type)
    default:
      return codec.name
  }
}

/** What a value should have been: the codec's own name, else what it is in a word. */
export const expectedOf = (codec: t.Any): string => shorten(nameOf(codec))

/** `typeof`, with null and arrays told apart. */
export const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
