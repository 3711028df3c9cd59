/** What can be set, as the tables of docs/config.md. */
import { expectedOf } from '../protocol/codec-names.js'
import { asStock } from '../protocol/codec-stock.js'
import { inline, shownValue } from './print.js'
import { type Node, type Value, valuesOf } from './schema.js'

/** What a setting may be, in words. */
export const expectedIn = ({ codec, isSecret }: Value): string => {
  const stock = asStock(codec)
  const isList = stock?._tag === 'ArrayType' || stock?._tag === 'ReadonlyArrayType'
  const what = isList ? `a list, each: ${expectedOf(stock.type)}` : expectedOf(codec)
  return isSecret ? `${what}, a secret` : what
}

/** Undefined where there is none. */
export const defaultIn = (node: Value): string | undefined =>
  node.default === undefined
    ? undefined
    : inline(shownValue({ path: [], node, value: node.default }))

/** @param schema - of a whole config */
export const referencePage = (schema: Node): string =>
  topics(schema)
    .map(({ title, description, rows }) =>
      [`### ${title}`, ...(description === undefined ? [] : [description]), table(rows)].join(
        '\n\n',
      ),
    )
    .join('\n\n')

type Row = readonly [key: string, what: string, byDefault: string, reload: string, text: string]

const head: Row = ['Setting', 'What it may be', 'Default', 'A change', 'What it is for']

interface Topic {
  readonly title: string
  readonly description: string | undefined
  readonly rows: readonly Row[]
}

/** The sections, and before them what stands in none. */
const topics = (schema: Node): readonly Topic[] => {
  const children = schema.kind === 'section' ? [...schema.children] : []
  const single = children.flatMap(([key, node]) => (node.kind === 'value' ? [row(key, node)] : []))
  const sections = children.flatMap(([title, node]): readonly Topic[] =>
    node.kind === 'value'
      ? []
      : [{ title, description: node.description, rows: rowsOf(node, [title]) }],
  )
  const all = { title: 'Top level', description: undefined, rows: single }
  return [all, ...sections].filter(({ rows }) => rows.length > 0)
}

const rowsOf = (node: Node, path: readonly string[]): readonly Row[] =>
  valuesOf(node, path).map(([key, value]) => row(key, value))

const row = (key: string, node: Value): Row => {
  const byDefault = defaultIn(node)
  const hasToBe = node.isRequired && !key.endsWith('<name>') // what is in a table need not be
  return [
    code(key),
    escaped(expectedIn(node)),
    byDefault === undefined ? (hasToBe ? 'has to be set' : '') : code(byDefault),
    node.reload,
    escaped(node.description ?? ''),
  ]
}

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const code = (text: string): string => `\`${escaped(text)}\``

const table = (rows: readonly Row[]): string => {
  const cells = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...cells.map((row) => (row[i] as string).length)))
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] as number, fill)).join(' | ')} |`
  const rule = head.map(() => '')
  return [line(head), line(rule, '-'), ...rows.map((row) => line(row))].join('\n')
}
