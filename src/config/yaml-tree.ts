/** YAML, and JSON, which is a part of it, as plain values with their places. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml'
import { keyOf, placeOf } from './entry.js'
import { ConfigError, type Problem } from './problem.js'
import { jsonFaults, yamlFaults } from './syntax-faults.js'

export interface Tree {
  readonly value: unknown
  /** `name:line:column` of the key at a path, or of what is nearest above it. */
  readonly sourceOf: (path: readonly string[]) => string
}

/** Values, those that aliases repeat among them: a small file must not become a large one. */
const mostNodes = 100_000
/** Levels of sections and lists, those that aliases bring among them. */
const mostLevels = 100

/**
 * @param name - of the file, as messages tell it
 * @throws ConfigError for what is no YAML, or no JSON in a file that ends with `.json`
 */
export const parseTree = (text: string, name: string): Tree => {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error', // a second document is not told when silent
    schema: 'core', // whatever a directive says
    resolveKnownTags: false,
    stringKeys: true, // `1.10` is the name of a model, not 1.1
    uniqueKeys: false, // checked here: the parser's way takes a minute for a large file
  })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${name}:${line}:${col}`
  }
  const faults = yamlFaults(document, (offset) => lines.linePos(offset).line)
  const syntax = faults.length === 0 && name.endsWith('.json') ? jsonFaults(text) : faults
  if (syntax.length > 0) {
    throw new ConfigError(
      syntax.map(({ offset, message }) => ({ source: at(offset), key: '', message })),
    )
  }
  const targets = targetsIn(document)
  const places = new Map<string, number>()
  const problems: Problem[] = []
  let nodes = 0
  const refuse = (offset: number, path: readonly string[], message: string): void => {
    problems.push({ source: at(offset), key: keyOf(path), message })
  }
  const walk = (node: unknown, path: readonly string[], within: readonly unknown[]): unknown => {
    nodes += 1
    const offset = (node as Node | null)?.range?.[0] ?? 0
    if (nodes > mostNodes || within.length > mostLevels) {
      refuse(
        offset,
        [],
        nodes > mostNodes ? `it holds more than ${mostNodes} values` : 'it nests too deep',
      )
      throw new ConfigError(problems) // going on would take too long
    }
    if (path.length > 0 && !places.has(placeOf(path))) places.set(placeOf(path), offset)
    if (isAlias(node)) {
      const target = targets.get(node)
      if (target !== undefined && !within.includes(target)) return walk(target, path, within)
      const isUnknown = target === undefined
      return refuse(offset, path, isUnknown ? noSuchAnchor : 'an alias of what it stands in')
    }
    const inside = [...within, node]
    if (isMap(node)) return section(node.items as Pair<Node, unknown>[], path, inside)
    if (isSeq(node)) {
      return node.items.map((item, index) => walk(item, [...path, String(index)], inside))
    }
    return isScalar(node) ? node.value : null
  }
  const section = (
    pairs: readonly Pair<Node, unknown>[],
    path: readonly string[],
    inside: readonly unknown[],
  ): unknown => {
    const values = new Map<string, unknown>()
    for (const { key, value } of pairs) {
      const name = isScalar<string>(key) ? key.value : ''
      const below = [...path, name]
      const offset = key.range?.[0] ?? 0
      if (values.has(name)) {
        const { line } = lines.linePos(places.get(placeOf(below)) ?? offset)
        refuse(offset, below, `it is set twice, before this in line ${line}`)
      } else if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        refuse(offset, path, 'YAML 1.2 has no merge keys (<<): repeat the settings')
      }
      places.set(placeOf(below), offset)
      values.set(name, walk(value, below, inside))
    }
    return Object.fromEntries(values)
  }
  const value = walk(document.contents, [], [])
  if (problems.length > 0) throw new ConfigError(problems)
  const sourceOf = (path: readonly string[]): string => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = places.get(placeOf(path.slice(0, length)))
      if (offset !== undefined) return at(offset)
    }
    return name
  }
  return { value, sourceOf }
}

/** What aliases stand for. The parser's own way looks through the whole document for each. */
const targetsIn = (document: Document): ReadonlyMap<unknown, unknown> => {
  const anchors = new Map<string, Node>()
  const targets = new Map<unknown, unknown>()
  visit(document, {
    Alias: (_, alias) => void targets.set(alias, anchors.get(alias.source)),
    Value: (_, node) => void (node.anchor && anchors.set(node.anchor, node)),
  })
  return targets
}

const noSuchAnchor = 'an alias of nothing: a text that begins with * must stand in quotes'
