/** The tables of docs/models.md, made from the schemas. */
import { modelSchemas } from '../../src/models/index.js'
import { families } from '../../src/models/schemas.js'

interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly contentEncoding?: string
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | false
}

type Row = readonly [member: string, type: string, byDefault: string, meaning: string]

const schemas = modelSchemas() as Readonly<Record<string, Schema>>

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``

const range = ({ minimum, maximum }: Schema): string => {
  if (maximum !== undefined) return `, ${minimum} to ${maximum}`
  return minimum === undefined ? '' : `, ${minimum} or more`
}

const isModel = ({ title = '' }: Schema): boolean => Object.hasOwn(schemas, title)

const typeOf = (schema: Schema): string => {
  const { title = '', anyOf, items, additionalProperties: values } = schema
  if (isModel(schema)) return `[${title}](#${title.toLowerCase()})`
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ')
  switch (schema.type) {
    case 'integer':
      return `whole number${range(schema)}`
    case 'number':
      return `number${range(schema)}`
    case 'string':
      return schema.contentEncoding ?? (schema.minLength === 1 ? 'text' : 'text, may be empty')
    case 'array':
      return `list of ${typeOf(items ?? {})}`
    case 'object':
      return values ? `by name: ${typeOf(values)}` : 'object'
    default:
      return `${schema.type}`
  }
}

/** Objects without a place of their own are told of where they are. */
const rowsOf = (schema: Schema, prefix = ''): readonly Row[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const isOptional = schema.required?.includes(key) !== true
    const { default: byDefault, description = '', additionalProperties: values } = member
    const row: Row = [
      `\`${prefix}${key}${isOptional ? '?' : ''}\``,
      typeOf(member),
      byDefault === undefined ? '' : code(byDefault),
      description,
    ]
    if (isModel(member)) return [row]
    const inner = values ? rowsOf(values, `${prefix}${key}.*.`) : []
    const isNamed = values !== undefined && values !== false && isModel(values)
    return [row, ...rowsOf(member, `${prefix}${key}.`), ...(isNamed ? [] : inner)]
  })

const table = (rows: readonly Row[]): string => {
  const cells = [['Member', 'Type', 'Default', 'Meaning'], ...rows]
  const widths = [0, 1, 2, 3].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), line(['', '', '', ''], '-'), ...body.map((row) => line(row))].join('\n')
}

const sectionOf = (name: string): string => {
  const schema = schemas[name] as Schema
  const { title, ...untitled } = schema
  const rows = rowsOf(schema)
  const body = rows.length > 0 ? table(rows) : `One of: ${typeOf(untitled)}.`
  return `### ${name}\n\n${schema.description}\n\n${body}\n`
}

export const reference = (): string =>
  Object.entries(families)
    .map(([family, models]) => [`## ${family}\n`, ...Object.keys(models).map(sectionOf)].join('\n'))
    .join('\n')
