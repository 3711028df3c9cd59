/** A config file of every setting, each commented out: taking the first `# ` of a line away sets its default. */
import { inline } from '../config/print.js'
import { defaultIn, expectedIn } from '../config/reference-page.js'
import { type Node, type Value, valuesOf } from '../config/schema.js'

/** @param schemaFile - name of the schema's file, beside the config's */
export const configTemplate = (schema: Node, schemaFile: string): string => {
  const told = new Set<string>()
  return [
    `# yaml-language-server: $schema=./${schemaFile}`,
    '## Every setting with its default. Take "# " away to set one, and from the sections above it.',
    ...childLines(schema, '', told),
    '',
  ].join('\n')
}

/** @param told - descriptions that need not be told again: methods have the same settings */
const childLines = (node: Node, indent: string, told: Set<string>): readonly string[] =>
  node.kind === 'section'
    ? [...node.children].flatMap(([key, child]) => [
        ...(indent === '' ? [''] : []),
        ...linesOf(key, child, indent, told),
      ])
    : []

const linesOf = (key: string, node: Node, indent: string, told: Set<string>): readonly string[] => {
  const name = inline(key)
  const inner = `${indent}  `
  const about = [...aboutLines(node, told)].map((text) => `## ${indent}${text}`)
  if (node.kind === 'value') return [...about, `# ${indent}${name}:${valueText(node)}`]
  if (node.kind === 'section' && valuesOf(node).length > 0) {
    return [...about, `# ${indent}${name}:`, ...childLines(node, inner, told)]
  }
  const keys = node.kind === 'table' ? valuesOf(node.item, ['<name>']) : []
  const item = keys.map(([path, value]) => `## ${inner}${path}: ${expectedIn(value)}`)
  return [...about, `# ${indent}${name}: {}`, ...item]
}

const aboutLines = ({ description }: Node, told: Set<string>): readonly string[] => {
  if (description === undefined || told.has(description)) return []
  told.add(description)
  return description.split('\n')
}

const valueText = (node: Value): string => {
  const byDefault = node.isSecret ? undefined : defaultIn(node)
  return byDefault === undefined ? ` # ${expectedIn(node)}` : ` ${byDefault}`
}
