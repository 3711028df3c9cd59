/** Settings that were typed: options of their own, and `--set KEY=VALUE` for all others. */
import { type Entry, placeOf } from './entry.js'
import type { Environment } from './environment.js'
import { fromText } from './from-text.js'
import { type Found, findKey, noSuchKey } from './key-path.js'
import type { Problem } from './problem.js'
import { readTree } from './read-tree.js'
import type { Node } from './schema.js'

export interface Flag {
  /** As it was typed: `--log-level`, `--set`. */
  readonly option: string
  readonly key: string
  readonly text: string
}

export const readFlags = (
  flags: readonly Flag[],
  schema: Node,
  folder: string,
  env: Environment,
): { readonly entries: readonly Entry[]; readonly problems: readonly Problem[] } => {
  const entries = new Map<string, Entry>()
  const problems: Problem[] = []
  for (const { option, key, text } of flags) {
    const reference = findReference(key, schema)
    const found = reference ?? findKey(key, schema)
    if (found === undefined) {
      problems.push({ source: option, key, message: noSuchKey(key, schema) })
      continue
    }
    const value =
      reference === undefined ? fromText(text, found.node.codec) : { [reference.kind]: text }
    const tree = nested(found.path, value)
    const read = readTree(tree, schema, { layer: 'flag', sourceOf: () => option, folder, env })
    for (const entry of read.entries) entries.set(placeOf(entry.path), entry) // the last one typed wins
    problems.push(...read.problems)
  }
  return { entries: [...entries.values()], problems }
}

/** `engines.demo.token.file` names the file of a secret, so that nobody has to type one. */
const findReference = (key: string, schema: Node): (Found & { kind: string }) | undefined => {
  const [, secret = '', kind = ''] = /^(.*)\.(file|env)$/s.exec(key) ?? []
  const found = findKey(secret, schema)
  return found?.node.kind === 'value' && found.node.isSecret ? { ...found, kind } : undefined
}

/** A tree with one value. */
export const nested = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight((below, key) => Object.fromEntries([[key, below]]), value)
