/** A JSON Schema in a line, as TypeScript would write the type. */
import type { JsonSchema } from '../protocol/json-schema.js'
import { printable } from './style.js'

export const shapeText = (schema: JsonSchema): string => printable(shape(schema))

const shape = (schema: JsonSchema): string => {
  const { title, $ref, anyOf, allOf, enum: values, type } = schema
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1)
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(anyOf)) return members(anyOf, ' | ')
  if (Array.isArray(allOf)) return members(allOf, ' & ')
  if (type === 'object') return object(schema)
  if (type === 'array') return array(schema)
  if (typeof title === 'string') return title
  if (Array.isArray(type)) return type.join(' | ')
  return typeof type === 'string' ? type : 'any'
}

const members = (schemas: readonly JsonSchema[], separator: string): string =>
  [...new Set(schemas.map(shape))].join(separator)

const object = ({ properties, required, additionalProperties }: JsonSchema): string => {
  const needed = new Set((required ?? []) as readonly string[])
  const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, schema]) => `${name}${needed.has(name) ? '' : '?'}: ${shape(schema)}`,
  )
  if (fields.length > 0) return `{ ${fields.join(', ')} }`
  const isSchema = typeof additionalProperties === 'object' && additionalProperties !== null
  return isSchema ? `{ [key]: ${shape(additionalProperties as JsonSchema)} }` : 'object'
}

const array = ({ items }: JsonSchema): string => {
  if (Array.isArray(items)) return `[${items.map(shape).join(', ')}]`
  if (typeof items !== 'object' || items === null) return 'array'
  const isSum = ['anyOf', 'allOf', 'enum'].some((keyword) => keyword in items)
  const item = shape(items as JsonSchema)
  return isSum ? `(${item})[]` : `${item}[]`
}
