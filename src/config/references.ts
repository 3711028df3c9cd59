/** What stands for a value: the file or the variable that holds a secret, and paths that count from somewhere. */
import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type * as t from 'io-ts'
import { compileDecoder } from '../protocol/codec.js'
import { asStock } from '../protocol/codec-stock.js'
import type { SecretFacts } from '../protocol/secret.js'
import type { Setting } from '../protocol/setting.js'
import { fromText } from './from-text.js'

type Resolved = { readonly value: unknown } | { readonly problem: string }

interface Surroundings {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Resolves the references of secrets and paths wherever the codec has them: in lists, sections and unions, too. */
export const resolveReferences = (given: unknown, codec: t.Any, around: Surroundings): Resolved => {
  const problems: string[] = []
  const taken = (resolved: Resolved): unknown => {
    if ('value' in resolved) return resolved.value
    problems.push(resolved.problem)
    return undefined
  }
  const fields = (value: unknown, codecOf: (key: string) => t.Any | undefined): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const entries = Object.entries(value).map(([key, it]) => {
      const below = codecOf(key)
      return [key, below === undefined ? it : walk(it, below)] as const
    })
    return Object.fromEntries(entries)
  }
  const items = (value: unknown, codecOf: (index: number) => t.Any | undefined): unknown =>
    Array.isArray(value)
      ? value.map((it, index) => {
          const below = codecOf(index)
          return below === undefined ? it : walk(it, below)
        })
      : value
  const walk = (value: unknown, codec: t.Any): unknown => {
    const { setting, secret, isPath } = codec as Partial<
      Setting & SecretFacts & { isPath: boolean }
    >
    if (setting !== undefined) return walk(value, setting.of)
    if (secret !== undefined) {
      const found = taken(resolveSecret(value, around))
      const isReferred = found !== value && typeof found === 'string'
      return isReferred ? fromText(found, secret.of) : found
    }
    if (isPath) return resolvePath(value, around.folder)
    const stock = asStock(codec)
    switch (stock?._tag) {
      case 'ExactType':
      case 'ReadonlyType':
      case 'RefinementType':
        return walk(value, stock.type)
      case 'RecursiveType':
        return walk(value, stock.runDefinition())
      case 'ArrayType':
      case 'ReadonlyArrayType':
        return items(value, () => stock.type)
      case 'TupleType':
        return items(value, (index) => stock.types[index])
      case 'InterfaceType':
      case 'PartialType':
        return fields(value, (key) =>
          Object.hasOwn(stock.props, key) ? stock.props[key] : undefined,
        )
      case 'DictionaryType':
        return fields(value, () => stock.codomain)
      case 'IntersectionType':
        return stock.types.reduce<unknown>(walk, value)
      case 'UnionType':
        return taken(firstFitting(value, stock.types, around))
      default:
        return value
    }
  }
  const value = walk(given, codec)
  const [problem] = problems
  return problem === undefined ? { value } : { problem }
}

/** As unions decode. What fits none stays as it is, unless a reference leads nowhere. */
const firstFitting = (value: unknown, types: readonly t.Any[], around: Surroundings): Resolved => {
  let wrong: Resolved | undefined
  for (const type of types) {
    const resolved = resolveReferences(value, type, around)
    if ('problem' in resolved) wrong ??= resolved
    else if (compileDecoder(type)(resolved.value)._tag === 'Right') return resolved
  }
  return wrong ?? { value }
}

/** `{file: path}` is the content of a file, without the newline at its end; `{env: NAME}` a variable. */
export const resolveSecret = (given: unknown, { folder, env }: Surroundings): Resolved => {
  if (typeof given !== 'object' || given === null) return { value: given }
  const [[kind, name] = [], ...others] = Object.entries(given)
  if (others.length > 0 || typeof name !== 'string') return { value: given }
  if (kind === 'env') {
    const value = env[name]
    return typeof value !== 'string' ? { problem: `the variable ${name} is not set` } : { value }
  }
  return kind === 'file' ? fileContent(resolvePath(name, folder) as string) : { value: given }
}

/** Largest file of a secret, in bytes: a mistyped path may name anything. */
const mostBytes = 2 ** 16

const fileContent = (file: string): Resolved => {
  const unread = (why: string) => ({ problem: `the file of the secret cannot be read: ${why}` })
  try {
    const stats = statSync(file)
    if (!stats.isFile()) return unread(`${file} is no regular file`) // a pipe is empty the second time
    if (stats.size > mostBytes) return unread(`${file} is larger than ${mostBytes} bytes`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
    return { value: text.replace(/\r?\n$/, '') }
  } catch (error) {
    const { message, name } = error as Error
    return unread(name === 'TypeError' ? `${file} is no UTF-8 text` : message)
  }
}

/** @param given - what is no path stays as it is, to be judged by its codec */
export const resolvePath = (given: unknown, folder: string): unknown => {
  if (typeof given !== 'string' || given === '') return given
  return /^~(?=$|[\\/])/.test(given) ? homedir() + given.slice(1) : resolve(folder, given)
}
