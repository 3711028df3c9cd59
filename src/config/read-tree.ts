/** Takes a tree of plain values apart into what it sets, and what is wrong with it. Every value is judged, whether it will win or not. */
import { isRight } from 'fp-ts/lib/Either.js'
import { compileDecoder, type Decode } from '../protocol/codec.js'
import { type Entry, keyOf, type LayerName } from './entry.js'
import { noSuchSibling, unknownKey } from './key-path.js'
import { knownKeys, knownPart } from './known-keys.js'
import { mostTold, type Problem, printable, shown } from './problem.js'
import { resolveReferences } from './references.js'
import { childOf, isAnySecret, type Node, type Value } from './schema.js'

export interface TreeSource {
  readonly layer: LayerName
  /** Where the value at a path stands. */
  readonly sourceOf: (path: readonly string[]) => string
  /** The folder that relative paths count from. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Read {
  readonly entries: Entry[]
  readonly problems: Problem[]
}

export const readTree = (tree: unknown, schema: Node, source: TreeSource): Read => {
  const read: Read = { entries: [], problems: [] }
  const problem = (path: readonly string[], message: string): void => {
    read.problems.push({ source: source.sourceOf(path), key: printable(keyOf(path)), message })
  }
  const add = (path: readonly string[], node: Value, value: unknown): void => {
    read.entries.push({ path, node, value, layer: source.layer, source: source.sourceOf(path) })
  }
  const walk = (value: unknown, node: Node, path: readonly string[]): void => {
    if (value === undefined) return
    if (node.kind === 'value') return set(value, node, path)
    if (value === null) return // a heading with nothing below it
    if (typeof value !== 'object' || Array.isArray(value)) {
      return problem(path, `expected ${sectionOf(node)}, found ${shown(value, isAnySecret(node))}`)
    }
    for (const [key, child] of Object.entries(value)) {
      if (path.length === 0 && key === schemaKey) continue
      const below = childOf(node, key)
      const at = [...path, key]
      if (below === undefined) {
        const isTold = read.problems.length < mostTold // looking for names takes its time
        problem(at, isTold ? unknownKey(at, node, schema) : 'there is no such setting')
      } else {
        const before = read.entries.length
        walk(child, below, at)
        const isEmpty =
          read.entries.length === before && typeof child === 'object' && child !== null
        if (node.kind === 'table' && isEmpty) add(at, presence(below), {})
      }
    }
  }
  const set = (given: unknown, node: Value, path: readonly string[]): void => {
    const decode = decoderOf(node)
    if (given === null && !isRight(decode(null))) return // written, and left empty
    const resolved = resolveReferences(given, node.codec, source)
    if ('problem' in resolved) return problem(path, resolved.problem)
    const { value } = resolved
    const decoded = decode(value)
    if (isRight(decoded)) return add(path, node, value)
    for (const { path: pointer, expected } of decoded.left.problems) {
      const keys = keysOf(pointer)
      const told = node.isSecret ? knownPart(keys, node.codec) : keys
      const at = [...path, ...told]
      if (expected !== unknownKeyExpected) {
        problem(at, unfit(expected, valueAt(value, keys), node.isSecret))
      } else if (told.length < keys.length) problem(at, 'there is a key that is no setting')
      else problem(at, noSuchSibling(at, knownKeys(node.codec, keys.slice(0, -1))))
    }
    const more = decoded.left.count - decoded.left.problems.length
    if (more > 0) problem(path, `and ${more} more of the kind`)
  }
  walk(tree, schema, [])
  return read
}

const unfit = (expected: string, value: unknown, isSecret: boolean): string => {
  const isBare = typeof value === 'number' || typeof value === 'boolean'
  const isSection = typeof value === 'object' && value !== null && !Array.isArray(value)
  const references = isSecret && isSection ? ', {file: PATH} or {env: NAME}' : ''
  const advice = expected === 'string' && isBare ? ': write it in quotes' : ''
  return `expected ${expected}${references}, found ${shown(value, isSecret)}${advice}`
}

/** A few names say more than the word. */
const sectionOf = (node: Node): string => {
  const names = node.kind === 'section' ? [...node.children.keys()] : []
  const few = names.slice(0, 3).join(', ')
  if (few === '') return 'a section'
  return `a section (${few}${names.length > 3 ? ', …' : ''})`
}

/** What is named and has nothing set is there all the same. */
const presence = ({ codec, description, reload }: Node): Value => ({
  kind: 'value',
  codec,
  description,
  reload,
  default: undefined,
  isRequired: false,
  isSecret: false,
})

/** Where the schema of a file is, for editors. */
const schemaKey = '$schema'

/** As strict codecs say it. */
const unknownKeyExpected = 'no such key'

const decoders = new WeakMap<Value, Decode<unknown>>()

const decoderOf = (node: Value): Decode<unknown> => {
  const decode = decoders.get(node) ?? compileDecoder(node.codec)
  decoders.set(node, decode)
  return decode
}

/** The keys of a JSON pointer. */
export const keysOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

const valueAt = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key],
    value,
  )
