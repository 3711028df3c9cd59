/** Schemas of the combinators, each made from the schemas of its parts. */
import type * as t from 'io-ts'
import { asStock } from './codec-stock.js'
import { domainKeys } from './codec-walk-objects.js'
import type { JsonSchema } from './json-schema.js'
import type { ObjectSchema } from './json-schema-objects.js'

type Convert = (codec: t.Any) => JsonSchema

/** No JSON value fits: what only undefined fits is left out of JSON. */
export const nothing: JsonSchema = { not: {} }

/** Whether a key or a value may be absent, which JSON Schema says beside the schema and not in it. */
export const acceptsUndefined = (codec: t.Any): boolean => {
  try {
    return codec.validate(undefined, [])._tag === 'Right'
  } catch {
    return false
  }
}

export const ofUnion = (types: readonly t.Any[], convert: Convert): JsonSchema => {
  const schemas = types.map(convert).filter((schema) => schema !== nothing)
  if (schemas.length <= 1) return schemas[0] ?? nothing
  return { anyOf: schemas }
}

export const ofEnum = (values: readonly unknown[]): JsonSchema => {
  const unique = [...new Set(values)]
  if (unique.length === 0) return nothing
  if (unique.length === 1) return unique[0] === null ? { type: 'null' } : { const: unique[0] }
  return { enum: unique }
}

export const ofTuple = (types: readonly t.Any[], convert: Convert): JsonSchema => {
  const last = types.findLastIndex((type) => !acceptsUndefined(type))
  const size = { type: 'array', minItems: last + 1, maxItems: types.length }
  return types.length === 0 ? size : { ...size, items: types.map(convert) }
}

export const ofFields = (
  props: t.AnyProps,
  presence: 'required' | 'optional',
  convert: Convert,
): ObjectSchema => {
  const entries = Object.entries(props) as [string, t.Any][]
  const required = entries.filter(
    ([, codec]) => presence === 'required' && !acceptsUndefined(codec),
  )
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, codec]) => [key, convert(codec)])),
    ...(required.length > 0 && { required: required.map(([key]) => key) }),
  }
}

export const ofRecord = (
  { domain, codomain }: t.DictionaryType<t.Any, t.Any>,
  convert: Convert,
): JsonSchema => {
  const keys = domainKeys(domain)
  if (keys !== undefined) {
    return ofFields(Object.fromEntries(keys.map((key) => [key, codomain])), 'required', convert)
  }
  // Keys outside a narrower domain are ignored with their values, which a schema cannot say.
  const isAnyKey = asStock(domain)?._tag === 'StringType'
  return isAnyKey ? { type: 'object', additionalProperties: convert(codomain) } : { type: 'object' }
}
