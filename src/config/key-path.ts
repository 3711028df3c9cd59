/** Finds the setting that a typed name means. */
import { didYouMean, nearest } from '../protocol/nearest.js'
import { keyOf } from './entry.js'
import { childOf, type Node, valuesOf } from './schema.js'

export interface Found {
  readonly path: readonly string[]
  readonly node: Node
}

/** @param key - with dots, as in `limits.maxInFlight`; a key of the user's choice may hold dots itself: `methods.models.load.deadline` */
export const findKey = (key: string, schema: Node): Found | undefined =>
  follow(key.split('.'), schema, [])

const follow = (
  parts: readonly string[],
  node: Node,
  path: readonly string[],
): Found | undefined => {
  if (parts.length === 0) return { path, node }
  let whole: Found | undefined
  for (let taken = parts.length; taken > 0; taken -= 1) {
    const name = parts.slice(0, taken).join('.')
    const below = childOf(node, name)
    const found = below && follow(parts.slice(taken), below, [...path, name])
    // Anything may be a key of the user's choice; where a part of it is known as a setting, that was meant.
    if (found !== undefined && (node.kind === 'section' || found.node.kind === 'value'))
      return found
    whole ??= found
  }
  return whole
}

/** What to say of a name that means no setting. */
export const noSuchKey = (key: string, schema: Node): string => {
  const meant = didYouMean(key, pathsIn(schema).map(keyOf))
  return sentence(meant === '' ? elsewhere(key.slice(key.lastIndexOf('.') + 1), schema) : meant)
}

/** The same of a key in a tree: somebody may have meant its neighbour, or have put it at the wrong place. */
export const unknownKey = (path: readonly string[], node: Node, schema: Node): string => {
  const key = path.at(-1) as string
  if (key.length > longest) return sentence('')
  const siblings = node.kind === 'section' ? [...node.children.keys()] : []
  const meant = sibling(path, siblings)
  return sentence(meant === '' ? elsewhere(key, schema) : meant)
}

/** The same of a key within a value. */
export const noSuchSibling = (path: readonly string[], known: readonly string[]): string =>
  sentence(sibling(path, known))

const sibling = (path: readonly string[], known: readonly string[]): string => {
  const around = path.slice(0, -1).map((it) => `${it}.`)
  return didYouMean(path.at(-1) ?? '', known, around.join(''))
}

/** Letters of a key that could be a mistyped one. */
const longest = 100

const sentence = (meant: string): string => `there is no such setting.${meant}`

/** So short a name is near to too many. */
const fewLetters = 5

/** A key that ends like this one; what is less deep is likelier. */
const elsewhere = (name: string, schema: Node): string => {
  const byLast = new Map<string, string>()
  for (const path of [...pathsIn(schema)].sort((a, b) => a.length - b.length)) {
    const last = path.at(-1) ?? ''
    if (!byLast.has(last)) byLast.set(last, keyOf(path))
  }
  const names = [...byLast.keys()].filter((it) => it === name || name.length > fewLetters)
  const found = byLast.get(nearest(name, names) ?? '')
  return found === undefined ? '' : ` Did you mean ${found}?`
}

/** Settings, then sections. */
const pathsIn = (schema: Node): readonly (readonly string[])[] => [
  ...valuesOf(schema).map(([, , path]) => path),
  ...sections(schema),
]

const sections = (node: Node, path: readonly string[] = []): readonly (readonly string[])[] =>
  node.kind === 'section'
    ? [...node.children].flatMap(([key, child]) =>
        child.kind === 'value' ? [] : [[...path, key], ...sections(child, [...path, key])],
      )
    : []
