/** Settings in variables: `SIDESTREAM_LIMITS__MAX_IN_FLIGHT=8` is `limits.maxInFlight: 8`. */
import { didYouMean, nearest } from '../protocol/nearest.js'
import type { Entry } from './entry.js'
import { fromText } from './from-text.js'
import type { Problem } from './problem.js'
import { readTree } from './read-tree.js'
import { childOf, type Node, valuesOf } from './schema.js'

export type Environment = Readonly<Record<string, string | undefined>>

const prefix = 'SIDESTREAM_'
/** The runtime's own; those that hold no setting. */
const reserved: readonly string[] = ['CHANNEL', 'BEAT', 'COOKIE', 'CONFIG']
/** Written with one underscore by everybody. */
const short: Readonly<Record<string, string>> = { LOG_LEVEL: 'LOG__LEVEL' }

interface FromEnvironment {
  readonly entries: readonly Entry[]
  readonly problems: readonly Problem[]
  /** Names that are like ours and mean no setting, each with what may have been meant. */
  readonly unknown: readonly string[]
}

export const readEnvironment = (
  env: Environment,
  schema: Node,
  folder: string,
): FromEnvironment => {
  const entries: Entry[] = []
  const problems: Problem[] = []
  const unknown: string[] = []
  // In an order of their own, so that a section gives way to what is set in it.
  for (const name of Object.keys(env).sort()) {
    const text = env[name] ?? ''
    if (!isSetting(name) || text === '') continue
    const rest = name.slice(prefix.length)
    const parts = (Object.hasOwn(short, rest) ? (short[rest] as string) : rest).split('__')
    const tree = treeOf(parts, text, schema)
    if (tree === undefined) {
      if (isForOthers(parts, schema)) continue
      unknown.push(
        `${name}.${didYouMean(
          name,
          valuesOf(schema).map(([, , path]) => variableOf(path)),
        )}`,
      )
      continue
    }
    const source = { layer: 'environment', sourceOf: () => name, folder, env } as const
    const read = readTree(tree, schema, source)
    entries.push(...read.entries)
    problems.push(...read.problems)
  }
  return { entries, problems, unknown }
}

/** What one process sets may be for others that it starts: sections of other engines, and that of the host. */
const isForOthers = ([first = '', second = '']: readonly string[], schema: Node): boolean => {
  if (core(first) === 'host') return childOf(schema, 'host')?.kind !== 'section'
  if (core(first) !== 'engines' || second === '') return false
  const engines = childOf(schema, 'engines')
  const own = engines?.kind === 'section' ? [...engines.children.keys()].map(core) : []
  return !own.includes(core(second)) && nearest(core(second), own) === undefined
}

/** Whether a variable means to set something. */
export const isSetting = (name: string): boolean =>
  name.startsWith(prefix) && !reserved.includes(name.slice(prefix.length))

/** The variable of a setting: `limits.maxInFlight` is `SIDESTREAM_LIMITS__MAX_IN_FLIGHT`. */
export const variableOf = (key: string | readonly string[]): string =>
  prefix +
  (typeof key === 'string' ? key.split('.') : key)
    .map((part) =>
      part
        .replace(/([a-z\d])([A-Z])/g, '$1_$2')
        .replace(/[^A-Za-z\d<>]+/g, '_')
        .replace(/^_+|_+$/g, '')
        .toUpperCase(),
    )
    .join('__')

/** Letters and digits only: what upper case and underscores leave of a name. */
const core = (name: string): string => name.toLowerCase().replace(/[^a-z\d]/g, '')

/** @returns undefined where no setting is meant */
const treeOf = ([part, ...rest]: readonly string[], text: string, node: Node): unknown => {
  if (part === undefined) return fromText(text, node.codec)
  if (node.kind === 'value') {
    const isReference = node.isSecret && rest.length === 0 && /^(?:FILE|ENV)$/.test(part)
    return isReference ? { [part.toLowerCase()]: text } : undefined
  }
  const key =
    node.kind === 'table'
      ? part.toLowerCase() // names of variables have no small letters
      : [...node.children.keys()].find((name) => core(name) === core(part))
  const child = key === undefined ? undefined : childOf(node, key)
  const below = child && treeOf(rest, text, child)
  return below === undefined ? undefined : Object.fromEntries([[key, below]])
}
