/** A config as it may be shown: times and sizes with their units, secrets as `***`. */
import { isRight } from 'fp-ts/lib/Either.js'
import { Document, Pair, Scalar, visit, YAMLMap } from 'yaml'
import { hidden } from '../protocol/secret.js'
import type { Entry } from './entry.js'
import { childOf, type Node } from './schema.js'

type Shown = Pick<Entry, 'path' | 'node' | 'value'>

/** As it would stand in a file, but for secrets. */
export const shownValue = ({ path, node, value }: Shown): unknown => {
  const decoded = node.codec.decode(value)
  return isForeign(path) || !isRight(decoded) ? hidden : node.codec.encode(decoded.right)
}

/** The sections of engines that are not known: nobody can say what is a secret there. */
const isForeign = ([key, ...below]: readonly string[]): boolean =>
  key === 'engines' && below.length === 0

/** A key that YAML 1.1 took for a merge is only one in quotes. */
const quoted = (document: Document): Document => {
  visit(document, {
    Scalar: (role, node) => {
      if (role === 'key' && node.value === '<<') node.type = 'QUOTE_DOUBLE'
    },
  })
  return document
}

/** A value in a line, as a file could have it. */
export const inline = (value: unknown): string => {
  const document = quoted(new Document(value))
  const text = document.toString({ collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
  return text.includes('\n') ? JSON.stringify(value) : text
}

/**
 * Settings as a file that sets the same. Secrets have to be put in again; the sections of engines that are not known are
 * left out.
 *
 * @param entries - one of each place
 */
export const printConfig = (schema: Node, entries: readonly Entry[]): string => {
  const known = entries.filter(({ path }) => !isForeign(path))
  return quoted(new Document(yamlOf(schema, known, 0))).toString({ lineWidth: 0 })
}

/** Entries as the schema has them, whatever layer they come from. */
export const inOrder = (node: Node, entries: readonly Entry[], depth = 0): readonly Entry[] => [
  ...entries.filter(({ path }) => path.length === depth),
  ...branches(node, entries, depth).flatMap(({ child, below }) => inOrder(child, below, depth + 1)),
]

interface Branch {
  readonly name: string
  readonly child: Node
  readonly below: readonly Entry[]
}

/** What is below a node, where there are entries. */
const branches = (node: Node, entries: readonly Entry[], depth: number): readonly Branch[] => {
  const used = new Set(entries.flatMap(({ path }) => path[depth] ?? []))
  const names = node.kind === 'section' ? [...node.children.keys()] : [...used]
  return names.flatMap((name) => {
    const child = childOf(node, name)
    const below = entries.filter(({ path }) => path[depth] === name)
    return child === undefined || below.length === 0 ? [] : [{ name, child, below }]
  })
}

const yamlOf = (node: Node, entries: readonly Entry[], depth: number): YAMLMap => {
  const map = new YAMLMap()
  for (const { name, child, below } of branches(node, entries, depth)) {
    const key = new Scalar(name)
    const [entry] = below
    if (child.kind !== 'value' || entry === undefined) {
      map.add(new Pair(key, yamlOf(child, below, depth + 1)))
      continue
    }
    if (child.isSecret) key.commentBefore = secretComment
    map.add(new Pair(key, new Document(shownValue(entry)).contents))
  }
  return map
}

const secretComment = ' A secret is not shown: set it here, or by {file: PATH} or {env: NAME}'
