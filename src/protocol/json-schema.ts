/** JSON Schema (draft 7, as OpenRPC 1.3.2 wants it) of what a codec accepts, read off its structure. */
import type * as t from 'io-ts'
import type { Codec } from './codec.js'
import { givenName } from './codec-names.js'
import { asStock, type StockCodec } from './codec-stock.js'
import { allowedKeys } from './codec-walk-sums.js'
import { holdsSecret } from './holds-secret.js'
import { closeSchema, mergeObjects } from './json-schema-objects.js'
import { nothing, ofEnum, ofFields, ofRecord, ofTuple, ofUnion } from './json-schema-parts.js'
import type { SecretFacts } from './secret.js'
import type { Setting } from './setting.js'

export type JsonSchema = { readonly [keyword: string]: unknown }

/** Where schemas of recursive codecs are kept, and how they are referred to. */
export interface Definitions {
  /** By name, filled by {@link toJsonSchema}. */
  readonly schemas: Record<string, JsonSchema>
  /** What precedes a name in `$ref`, as in `#/definitions/`. */
  readonly prefix: string
  readonly names: Map<t.Any, string>
}

export const newDefinitions = (prefix = '#/definitions/'): Definitions => ({
  schemas: {},
  prefix,
  names: new Map(),
})

/**
 * Gives a codec the schema that its structure does not tell: a format, a description, or all of a codec
 * of one's own.
 *
 * @returns a copy of the codec that means the same
 */
export const withSchema = <C extends t.Any>(codec: C, jsonSchema: JsonSchema): C =>
  Object.assign(Object.create(Object.getPrototypeOf(codec)), codec, { jsonSchema })

const ownSchema = (codec: t.Any): JsonSchema | undefined =>
  (codec as { jsonSchema?: JsonSchema }).jsonSchema

/** Every literal that a codec of literals only takes, without undefined; else undefined. */
const literals = (codec: t.Any): readonly unknown[] | undefined => {
  const stock = ownSchema(codec) === undefined ? asStock(codec) : undefined
  switch (stock?._tag) {
    case 'LiteralType':
      return [stock.value]
    case 'KeyofType':
      return Object.keys(stock.keys)
    case 'NullType':
      return [null]
    case 'UndefinedType':
    case 'VoidType':
      return []
    case 'UnionType': {
      const members = stock.types.map(literals)
      return members.includes(undefined) ? undefined : members.flatMap((some) => some ?? [])
    }
    default:
      return undefined
  }
}

const titled = (codec: t.Any, schema: JsonSchema): JsonSchema => {
  const title = givenName(codec)
  return title === undefined || '$ref' in schema ? schema : { title, ...schema }
}

/** A name for a recursive codec that no other has. */
const define = (codec: t.Any, name: string, { names, schemas }: Definitions): string => {
  let unique = name
  for (let n = 2; Object.hasOwn(schemas, unique); n++) unique = `${name}${n}`
  names.set(codec, unique)
  schemas[unique] = {} // keeps the name while the definition is made
  return unique
}

const refer = (name: string, prefix: string): JsonSchema => ({
  $ref: prefix + encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1')),
})

/** A setting is its codec, and what is said of it. */
const withFacts = (schema: JsonSchema, facts: Setting['setting']): JsonSchema => ({
  ...('$ref' in schema ? { allOf: [schema] } : schema),
  ...(facts.description !== undefined && { description: facts.description }),
  ...(facts.default !== undefined && !holdsSecret(facts.of) && { default: facts.default }),
})

const reference = (key: string): JsonSchema => ({
  type: 'object',
  properties: { [key]: { type: 'string' } },
  required: [key],
  additionalProperties: false,
})
/** What may stand in a file in the place of a secret. */
const references = [reference('file'), reference('env')]

/** `isOpen`: keys beyond it are for the intersection around it to judge, as in the decoder. */
const convertTo = (definitions: Definitions) => {
  const closed = (codec: t.Any): JsonSchema => convert(codec, false)
  const convert = (codec: t.Any, isOpen: boolean): JsonSchema => {
    const { setting, secret } = codec as Partial<Setting & SecretFacts>
    if (setting !== undefined) return withFacts(closed(setting.of), setting)
    if (secret !== undefined) return { anyOf: [closed(secret.of), ...references] }
    const stock = ownSchema(codec) === undefined ? asStock(codec) : undefined
    if (stock === undefined) return ownSchema(codec) ?? { title: codec.name }
    const values = literals(codec) // null and undefined among them
    if (values === undefined) return structured(stock, isOpen)
    const isList = stock._tag === 'UnionType' || stock._tag === 'KeyofType'
    return isList ? titled(codec, ofEnum(values)) : ofEnum(values)
  }
  const structured = (stock: StockCodec, isOpen: boolean): JsonSchema => {
    switch (stock._tag) {
      case 'StringType':
        return { type: 'string' }
      case 'NumberType':
        return { type: 'number' }
      case 'BooleanType':
        return { type: 'boolean' }
      case 'UnknownType':
      case 'AnyType':
        return {}
      case 'AnyArrayType':
        return { type: 'array' }
      case 'AnyDictionaryType':
        return { type: 'object' }
      case 'ObjectType':
        return { type: ['object', 'array'] }
      case 'ArrayType':
      case 'ReadonlyArrayType':
        return titled(stock, { type: 'array', items: closed(stock.type) })
      case 'TupleType':
        return titled(stock, ofTuple(stock.types, closed))
      case 'InterfaceType':
        return titled(stock, ofFields(stock.props, 'required', closed))
      case 'PartialType':
        return titled(stock, ofFields(stock.props, 'optional', closed))
      case 'DictionaryType':
        return titled(stock, ofRecord(stock, closed))
      case 'ReadonlyType':
        return titled(stock, convert(stock.type, isOpen))
      case 'ExactType':
      case 'IntersectionType': {
        const parts = stock._tag === 'ExactType' ? [stock.type] : stock.types
        const merged = mergeObjects(parts.map((part) => convert(part, true)))
        const keys = isOpen ? undefined : allowedKeys(stock)
        return titled(stock, keys === undefined ? merged : closeSchema(merged, keys))
      }
      case 'UnionType':
        return titled(
          stock,
          ofUnion(stock.types, (type) => convert(type, isOpen)),
        )
      case 'RefinementType': {
        const base = convert(stock.type, isOpen)
        const isInteger = /^Int(eger)?$/.test(stock.name) && base.type === 'number'
        return isInteger ? { type: 'integer' } : titled(stock, base)
      }
      case 'RecursiveType': {
        // A definition is closed if its codec is strict; as an intersection's part it must be open.
        const isReopened = isOpen && allowedKeys(stock) !== undefined
        if (isReopened) return convert(stock.runDefinition(), true)
        const known = definitions.names.get(stock)
        if (known !== undefined) return refer(known, definitions.prefix)
        const name = define(stock, stock.name, definitions)
        definitions.schemas[name] = closed(stock.runDefinition())
        return refer(name, definitions.prefix)
      }
      default:
        return nothing // bigint, functions, never: not in JSON
    }
  }
  return closed
}

/**
 * The schema of what a codec's decoder accepts, of JSON. Where a schema cannot say it, it is wider (a
 * refinement is its base), but for tuples: the decoder drops components beyond them, the schema forbids them.
 *
 * @param definitions - where recursive codecs go; without it they go into the schema's own `definitions`
 */
export const toJsonSchema = (codec: Codec, definitions?: Definitions): JsonSchema => {
  if (definitions !== undefined) return convertTo(definitions)(codec)
  const own = newDefinitions()
  const schema = convertTo(own)(codec)
  if (own.names.size === 0) return schema
  // Draft 7 ignores what stands beside a $ref, definitions included.
  const root = '$ref' in schema ? { allOf: [schema] } : schema
  return { ...root, definitions: own.schemas }
}
