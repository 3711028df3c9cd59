/** A config codec as a tree of settings, which everything here goes by: what is known, where secrets are, what a change takes. */
import * as t from 'io-ts'
import { compileDecoder } from '../protocol/codec.js'
import { asStock } from '../protocol/codec-stock.js'
import { holdsSecret } from '../protocol/holds-secret.js'
import type { Reload, Setting } from '../protocol/setting.js'

interface Facts {
  readonly codec: t.Any
  readonly description: string | undefined
  readonly reload: Reload
}

/** Keys that are known, each with a node of its own. */
export interface Section extends Facts {
  readonly kind: 'section'
  readonly children: ReadonlyMap<string, Node>
}

/** Keys of the user's choice, with nodes of one kind. */
export interface Table extends Facts {
  readonly kind: 'table'
  readonly item: Node
  /** As it would stand in a file. */
  readonly default: unknown
}

/** What is set as a whole. */
export interface Value extends Facts {
  readonly kind: 'value'
  /** As it would stand in a file. */
  readonly default: unknown
  /** It has no default, and nothing will not do: it has to be set, or else the optional section around it left out. */
  readonly isRequired: boolean
  /** It is a secret, or holds one. */
  readonly isSecret: boolean
}

export type Node = Section | Table | Value

/** @param codec - of objects, put together from io-ts's own codecs, `setting` and `section` */
export const schemaOf = (codec: t.Any): Node =>
  nodeOf(codec, { description: undefined, reload: 'cold' }, undefined)

type Inherited = Pick<Facts, 'description' | 'reload'>

const nodeOf = (codec: t.Any, inherited: Inherited, fallback: unknown): Node => {
  const { setting } = codec as Partial<Setting>
  if (setting !== undefined) {
    const { of, description = inherited.description, reload = inherited.reload } = setting
    // What is said around a codec is asked first, as it is when values are decoded.
    return nodeOf(of, { description, reload }, fallback === undefined ? setting.default : fallback)
  }
  const inner = withoutUndefined(codec)
  if (inner !== codec) {
    const node = nodeOf(inner, inherited, fallback)
    if (fallback !== undefined || standIn(codec) !== undefined) return node
    return node.kind === 'value' ? { ...node, isRequired: false } : withoutDefaults(node)
  }
  const children = propsOf(codec)
  if (children !== undefined) {
    const below: Inherited = { description: undefined, reload: inherited.reload }
    const nodes = Object.entries(children).map(([key, child]): [string, Node] => [
      key,
      nodeOf(child, below, defaultIn(fallback, key)),
    ])
    return { kind: 'section', codec, ...inherited, children: new Map(nodes) }
  }
  const stock = asStock(codec)
  if (stock?._tag === 'DictionaryType') {
    return {
      kind: 'table',
      codec,
      ...inherited,
      item: nodeOf(stock.codomain, inherited, undefined),
      default: fallback,
    }
  }
  return {
    kind: 'value',
    codec,
    ...inherited,
    default: fallback,
    isRequired: fallback === undefined && standIn(codec) === failed,
    isSecret: holdsSecret(codec),
  }
}

/** A value that may be left out is known by what it is when it is not. */
const withoutUndefined = (codec: t.Any): t.Any => {
  const stock = asStock(codec)
  if (stock?._tag !== 'UnionType') return codec
  const others = stock.types.filter((type) => asStock(type)?._tag !== 'UndefinedType')
  const [only] = others
  return others.length === 1 && stock.types.length > 1 && only !== undefined ? only : codec
}

const failed = Symbol('failed')

/** What a codec makes of nothing. */
const standIn = (codec: t.Any): unknown => {
  const decoded = compileDecoder(codec)(undefined)
  return decoded._tag === 'Left' ? failed : decoded.right
}

/** A section that need not be there has defaults only once it is: its codec fills them in. */
const withoutDefaults = (node: Node): Node => {
  if (node.kind === 'value') return { ...node, default: undefined }
  if (node.kind === 'table') return { ...node, default: undefined }
  const children = [...node.children].map(([key, child]) => [key, withoutDefaults(child)] as const)
  return { ...node, children: new Map(children) }
}

/** The keys of an object codec whose structure can be read; else undefined. */
const propsOf = (codec: t.Any): t.AnyProps | undefined => {
  const { setting } = codec as Partial<Setting>
  if (setting !== undefined) return propsOf(setting.of)
  const stock = asStock(codec)
  switch (stock?._tag) {
    case 'ExactType':
    case 'ReadonlyType':
      return propsOf(stock.type)
    case 'InterfaceType':
      return stock.props
    case 'PartialType':
      return Object.fromEntries(
        Object.entries(stock.props as t.AnyProps).map(([key, type]) => [
          key,
          t.union([type, t.undefined]),
        ]),
      )
    case 'IntersectionType': {
      const parts = stock.types.map(propsOf)
      return parts.includes(undefined) ? undefined : Object.assign({}, ...parts)
    }
    default:
      return undefined
  }
}

const defaultIn = (fallback: unknown, key: string): unknown =>
  typeof fallback === 'object' && fallback !== null && Object.hasOwn(fallback, key)
    ? (fallback as Readonly<Record<string, unknown>>)[key]
    : undefined

/** Whether a secret is set here or below. */
export const isAnySecret = (node: Node): boolean => valuesOf(node).some(([, it]) => it.isSecret)

/** The node below by this key. */
export const childOf = (node: Node, key: string): Node | undefined => {
  if (node.kind === 'section') return node.children.get(key)
  return node.kind === 'table' ? node.item : undefined
}

/** Every value that a file could set, with its key; a key of the user's choice is `<name>`. */
export const valuesOf = (
  node: Node,
  path: readonly string[] = [],
): readonly (readonly [key: string, node: Value, path: readonly string[]])[] => {
  if (node.kind === 'value') return [[path.join('.'), node, path]]
  if (node.kind === 'table') return valuesOf(node.item, [...path, '<name>'])
  return [...node.children].flatMap(([key, child]) => valuesOf(child, [...path, key]))
}
