/** All layers put together: who wins, what is wrong, and the config that comes of it. */
import { isRight } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { RuntimeConfig } from '../models/runtime-config.js'
import { compileDecoder } from '../protocol/codec.js'
import { nearest } from '../protocol/nearest.js'
import type { ConfigFile } from './config-file.js'
import { type Entry, keyOf, layerNames, placeOf } from './entry.js'
import { type Environment, readEnvironment, variableOf } from './environment.js'
import { type Flag, readFlags } from './flags.js'
import { findKey } from './key-path.js'
import type { Problem } from './problem.js'
import { keysOf, readTree } from './read-tree.js'
import { resolveReferences } from './references.js'
import { childOf, type Node, schemaOf } from './schema.js'

/** What a config is read for. */
export interface Subject {
  readonly codec: t.Type<RuntimeConfig, unknown, unknown>
  readonly schema: Node
  /** Its engine; undefined when none is known. */
  readonly engineName: string | undefined
}

export const subjectOf = (codec: Subject['codec'], engineName: string | undefined): Subject => ({
  codec,
  schema: schemaOf(codec),
  engineName,
})

export interface Sources {
  /** What the engine's code sets, as a file would. */
  readonly definition: unknown
  readonly file: ConfigFile | undefined
  readonly env: Environment
  readonly flags: readonly Flag[]
  readonly runtime: readonly Entry[]
  /** The working directory. */
  readonly folder: string
}

/** Entries by place. */
export type Winners = ReadonlyMap<string, Entry>

export interface Resolution {
  /** Of every place, from what gives way to what wins. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>
  readonly winners: Winners
  readonly problems: readonly Problem[]
  readonly warnings: readonly string[]
  /** What a file sets for others than this engine. */
  readonly notes: readonly string[]
  /** Undefined when there are problems. */
  readonly config: RuntimeConfig | undefined
}

export const resolveConfig = (subject: Subject, sources: Sources): Resolution => {
  const { schema, engineName } = subject
  const { definition, file, env, flags, runtime, folder } = sources
  const others = engineName === undefined ? [] : othersMethods(file?.value, schema)
  const own =
    engineName === undefined ? file?.value : withoutOthers(file?.value, engineName, others)
  const fromEngine = readTree(definition, schema, {
    layer: 'engine',
    sourceOf: () => "the engine's definition",
    folder,
    env,
  })
  const fromFile =
    file === undefined
      ? { entries: [], problems: [] }
      : readTree(own, schema, { layer: 'file', sourceOf: file.sourceOf, folder: file.folder, env })
  const fromEnvironment = readEnvironment(env, schema, folder)
  const fromFlags = readFlags(flags, schema, folder, env)
  const all = [
    ...defaultsOf(schema, folder),
    ...fromEngine.entries,
    ...fromFile.entries,
    ...fromEnvironment.entries,
    ...fromFlags.entries,
    ...runtime,
  ]
  const entries = new Map<string, readonly Entry[]>()
  for (const entry of all) {
    const place = placeOf(entry.path)
    entries.set(place, [...(entries.get(place) ?? []), entry])
  }
  const winners = new Map([...entries].map(([place, them]) => [place, them.at(-1) as Entry]))
  const wrong = [
    ...fromEngine.problems,
    ...fromFile.problems,
    ...fromEnvironment.problems,
    ...fromFlags.problems,
  ]
  const decoded = decodeConfig(subject, winners)
  const missing = Array.isArray(decoded)
    ? decoded.filter(
        ({ key }) => !wrong.some((it) => it.key === key || it.key.startsWith(`${key}.`)),
      )
    : []
  const problems = [...wrong, ...missing]
  return {
    entries,
    winners,
    problems,
    warnings: [
      ...fromEnvironment.unknown.map((name) => `There is no setting for the variable ${name}`),
      ...misnamed(file?.value, engineName),
    ],
    notes: others.map(
      (name) => `methods.${name} is for another engine: ${engineName} has no such method`,
    ),
    config: problems.length > 0 || Array.isArray(decoded) ? undefined : (decoded as RuntimeConfig),
  }
}

/** The config that entries make, or why they make none. */
export const decodeConfig = (
  { codec, schema }: Subject,
  winners: Winners,
): RuntimeConfig | Problem[] => {
  const decoded = decoderOf(codec)(treeOf(winners))
  if (isRight(decoded)) return decoded.right
  return decoded.left.problems.map(({ path, expected, got }) => {
    const keys = keysOf(path)
    const key = keyOf(keys)
    const within = [...winners.values()].find((it) => keys.every((name, i) => it.path[i] === name))
    if (got === 'missing' && findKey(key, schema)?.node.kind === 'value') {
      const message = `it has to be set: in the config file, or by ${variableOf(keys)}. Expected ${expected}`
      return { source: '', key, message }
    }
    return { source: within?.source ?? '', key, message: `expected ${expected}, found ${got}` }
  })
}

const decoders = new WeakMap<t.Any, ReturnType<typeof compileDecoder<RuntimeConfig>>>()

const decoderOf = (codec: Subject['codec']) => {
  const decode = decoders.get(codec) ?? compileDecoder(codec)
  decoders.set(codec, decode)
  return decode
}

/** Entries as a tree, as a file would have them. */
export const treeOf = (winners: Winners): unknown => {
  interface Branch extends Map<string, Branch | { readonly value: unknown }> {}
  const root: Branch = new Map()
  for (const { path, value } of winners.values()) {
    let branch = root
    for (const key of path.slice(0, -1)) {
      const below = branch.get(key)
      const next: Branch = below instanceof Map ? below : new Map()
      branch.set(key, next)
      branch = next
    }
    const last = path.at(-1) as string
    if (!(branch.get(last) instanceof Map)) branch.set(last, { value }) // else it has more than its name
  }
  const plain = (branch: Branch): unknown =>
    Object.fromEntries(
      [...branch].map(([key, it]) => [key, it instanceof Map ? plain(it) : it.value]),
    )
  return plain(root)
}

const defaultsOf = (
  schema: Node,
  folder: string,
  path: readonly string[] = [],
): readonly Entry[] => {
  if (schema.kind === 'section') {
    return [...schema.children].flatMap(([key, child]) => defaultsOf(child, folder, [...path, key]))
  }
  if (schema.default === undefined) return []
  const [layer] = layerNames
  const source = 'default'
  if (schema.kind === 'table') {
    const read = readTree(schema.default, schema, {
      layer,
      sourceOf: () => source,
      folder,
      env: {},
    })
    return read.entries.map((entry) => ({ ...entry, path: [...path, ...entry.path] }))
  }
  const resolved = resolveReferences(schema.default, schema.codec, { folder, env: {} })
  const value = 'value' in resolved ? resolved.value : schema.default
  return [{ path, node: schema, value, layer, source }]
}

/** The sections of other engines, and what is said of their methods, are theirs to judge: one file may serve several. */
const withoutOthers = (tree: unknown, engineName: string, methods: readonly string[]): unknown =>
  typeof tree !== 'object' || tree === null || Array.isArray(tree)
    ? tree
    : {
        ...tree,
        ...kept(tree, 'engines', (name) => name === engineName),
        ...kept(tree, 'methods', (name) => !methods.includes(name)),
      }

const kept = (tree: unknown, key: string, isKept: (name: string) => boolean): object => {
  const section = sectionIn(tree, key)
  if (section === undefined) return {}
  return { [key]: Object.fromEntries(Object.entries(section).filter(([name]) => isKept(name))) }
}

/** Methods that this engine does not have, nor any that is called almost so. */
const othersMethods = (tree: unknown, schema: Node): readonly string[] => {
  const methods = childOf(schema, 'methods')
  if (methods?.kind !== 'section') return []
  const known = [...methods.children.keys()]
  return Object.keys(sectionIn(tree, 'methods') ?? {}).filter(
    (name) => !known.includes(name) && nearest(name, known) === undefined,
  )
}

const sectionIn = (tree: unknown, key: string): object | undefined => {
  const section = (tree as Readonly<Record<string, unknown>> | null | undefined)?.[key]
  const isSection = typeof section === 'object' && section !== null && !Array.isArray(section)
  return isSection ? section : undefined
}

/** A section for an engine that is called almost as this one. */
const misnamed = (tree: unknown, engineName: string | undefined): readonly string[] => {
  const names = Object.keys(sectionIn(tree, 'engines') ?? {})
  if (engineName === undefined || names.includes(engineName)) return []
  const meant = nearest(engineName, names)
  return meant === undefined
    ? []
    : [`The config has engines.${meant}, but this engine is called ${engineName}`]
}
