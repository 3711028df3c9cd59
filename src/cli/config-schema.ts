/** JSON Schema (draft 7) of a config file: editors complete and check by it. */
import { shownValue } from '../config/print.js'
import type { Node, Value } from '../config/schema.js'
import {
  type Definitions,
  type JsonSchema,
  newDefinitions,
  toJsonSchema,
} from '../protocol/json-schema.js'

/** @param schema - of a whole config. What is of engines and methods that are not part of it may hold anything */
export const configSchema = (schema: Node): JsonSchema => {
  const definitions = newDefinitions()
  const { properties, ...root } = nodeSchema(schema, [], definitions)
  const link = { $schema: { type: 'string', description: 'Where this schema is, for editors.' } }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:sidestream:config',
    title: 'Config of Sidestream',
    ...root,
    properties: { ...link, ...(properties as object) },
    ...(definitions.names.size > 0 && { definitions: definitions.schemas }),
  }
}

/** One file may serve several engines. */
const ofEngines: readonly string[] = ['engines', 'methods']

/** What has to be set need not be in the file: it may be in a variable. */
const nodeSchema = (node: Node, path: readonly string[], definitions: Definitions): JsonSchema => {
  if (node.kind === 'value') return valueSchema(node, definitions)
  const below = (child: Node, key: string) => nodeSchema(child, [...path, key], definitions)
  const description = node.description === undefined ? {} : { description: node.description }
  const type = path.length === 0 ? 'object' : ['object', 'null'] // a heading with nothing below it
  if (node.kind === 'table') {
    return { ...description, type, additionalProperties: below(node.item, '<name>') }
  }
  const children = [...node.children].map(([key, child]) => [key, below(child, key)])
  const isOpen = path.length === 1 && ofEngines.includes(path[0] as string)
  return {
    ...description,
    type,
    properties: Object.fromEntries(children),
    additionalProperties: isOpen,
  }
}

const valueSchema = (node: Value, definitions: Definitions): JsonSchema => {
  const schema = toJsonSchema(node.codec, definitions)
  const isDefaultTold = node.default !== undefined && !node.isSecret
  return {
    ...('$ref' in schema ? { allOf: [schema] } : schema), // draft 7 ignores what stands beside a $ref
    ...(node.description !== undefined && { description: node.description }),
    ...(isDefaultTold && { default: shownValue({ path: [], node, value: node.default }) }),
  }
}
