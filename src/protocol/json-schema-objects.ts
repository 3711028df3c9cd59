/** Schemas of objects put together: what intersections and strict codecs need. */
import type { JsonSchema } from './json-schema.js'

/** An object by its properties and nothing else, so that it can be merged with another. */
export interface ObjectSchema extends JsonSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

const mergeable = new Set(['type', 'properties', 'required', 'title'])

export const isObjectSchema = (schema: JsonSchema): schema is ObjectSchema =>
  schema.type === 'object' &&
  'properties' in schema &&
  Object.keys(schema).every((keyword) => mergeable.has(keyword))

/** All of the schemas at once: one object if they are plain objects, which readers and generators understand best. */
export const mergeObjects = (schemas: readonly JsonSchema[]): JsonSchema => {
  const [only, ...others] = schemas
  if (others.length === 0) return only ?? {}
  if (!schemas.every(isObjectSchema)) return { allOf: schemas }
  const properties = new Map<string, JsonSchema>()
  for (const [key, schema] of schemas.flatMap((s) => Object.entries(s.properties))) {
    const before = properties.get(key)
    properties.set(key, before === undefined ? schema : { allOf: [before, schema] })
  }
  const required = [...new Set(schemas.flatMap((schema) => schema.required ?? []))]
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  }
}

/** Forbids all other keys. In draft 7 `additionalProperties` sees only the properties beside it. */
export const closeSchema = (schema: JsonSchema, keys: readonly string[]): JsonSchema =>
  isObjectSchema(schema)
    ? { ...schema, additionalProperties: false }
    : {
        ...schema,
        ...(keys.length > 0
          ? { propertyNames: { enum: [...new Set(keys)] } }
          : { maxProperties: 0 }),
      }
