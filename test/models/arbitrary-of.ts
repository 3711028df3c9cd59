/** Values that fit a codec, made from the codec itself: by its structure, and by its schema's bounds where it refines. */
import fc from 'fast-check'
import type * as t from 'io-ts'
import { asStock } from '../../src/protocol/codec-stock.js'
import { type JsonSchema, toJsonSchema } from '../../src/protocol/json-schema.js'

/** Any JSON, as it comes out of `JSON.parse`. */
export const json = fc.json().map((text) => JSON.parse(text) as unknown)

const plain = { noNullPrototype: true } as const

const recordOf = (props: t.AnyProps): Record<string, fc.Arbitrary<unknown>> =>
  Object.fromEntries(Object.entries(props).map(([key, codec]) => [key, arbitraryOf(codec)]))

/** @throws TypeError for a codec whose structure tells nothing */
export const arbitraryOf = (codec: t.Any): fc.Arbitrary<unknown> => {
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'StringType':
      return fc.string()
    case 'BooleanType':
      return fc.boolean()
    case 'LiteralType':
      return fc.constant(stock.value)
    case 'KeyofType':
      return fc.constantFrom(...Object.keys(stock.keys))
    case 'AnyDictionaryType':
      return fc.dictionary(fc.string(), json, plain)
    case 'DictionaryType':
      return fc.dictionary(fc.string(), arbitraryOf(stock.codomain), plain)
    case 'ReadonlyArrayType':
      return fc.array(arbitraryOf(stock.type), { maxLength: 4 })
    case 'InterfaceType':
      return fc.record(recordOf(stock.props), plain)
    case 'PartialType':
      return fc.record(recordOf(stock.props), { ...plain, requiredKeys: [] })
    case 'ExactType':
      return arbitraryOf(stock.type)
    case 'IntersectionType':
      return fc
        .tuple(...stock.types.map(arbitraryOf))
        .map((parts) => Object.assign({}, ...(parts as object[])))
    case 'UnionType':
      return fc.oneof(...stock.types.map(arbitraryOf))
    case 'RefinementType':
      return (
        bounded(toJsonSchema(codec)) ?? arbitraryOf(stock.type).filter((it) => stock.predicate(it))
      )
    default:
      throw new TypeError(`Nothing tells what fits ${codec.name}`)
  }
}

interface Bounds {
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
}

const bounded = (schema: JsonSchema): fc.Arbitrary<unknown> | undefined => {
  const { minimum, maximum, minLength = 0, maxLength = 400 } = schema as Bounds
  switch (schema.type) {
    case 'integer':
      return fc.integer({
        min: minimum ?? Number.MIN_SAFE_INTEGER,
        max: maximum ?? Number.MAX_SAFE_INTEGER,
      })
    case 'number':
      return fc.double({
        min: minimum ?? -Number.MAX_VALUE,
        max: maximum ?? Number.MAX_VALUE,
        noNaN: true,
      })
    case 'string': {
      if (schema.contentEncoding !== 'base64') return fc.string({ minLength })
      const groups = { min: Math.ceil(minLength / 4), max: Math.floor(maxLength / 4) }
      return fc.integer(groups).map((count) => 'AAAA'.repeat(count))
    }
    default:
      return undefined
  }
}
