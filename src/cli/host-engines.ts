/** The engines of a group, as they are typed: `PATH` or `NAME=PATH`, and `--pool`. */
import { basename, extname } from 'node:path'
import type { EngineSpec } from '../host/engine-spec.js'
import { didYouMean } from '../protocol/nearest.js'
import { engineCommand, type Passed } from './engine-command.js'
import { engineFile } from './engine-file.js'
import { UsageError } from './usage-error.js'

export interface TypedEngines {
  readonly words: readonly string[]
  /** A number for all, or `NAME=N` for one, with commas between. */
  readonly pool: string | undefined
  readonly passed: Passed
}

/**
 * @param taken - names that are others' already
 * @throws UsageError
 */
export const typedEngines = (
  { words, pool, passed }: TypedEngines,
  taken: readonly string[],
): Readonly<Record<string, EngineSpec>> => {
  const named = namedPaths(words, taken)
  const sizes = poolSizes(pool, [...named.keys()])
  return Object.fromEntries(
    [...named].map(([name, path]) => {
      engineFile(path) // says what is wrong before anything is started
      return [name, { ...engineCommand(path, passed), pool: sizes.get(name) ?? 1 }]
    }),
  )
}

const namedPaths = (
  words: readonly string[],
  taken: readonly string[],
): ReadonlyMap<string, string> => {
  const named = new Map<string, string>()
  const isFree = (name: string): boolean => !named.has(name) && !taken.includes(name)
  for (const word of words) {
    const [, given, path = word] = /^([\w-]+)=(.*)$/s.exec(word) ?? []
    if (given !== undefined && !isFree(given))
      throw new UsageError(`There are two engines named ${given}. Give each a name of its own`)
    named.set(given ?? freeName(path, isFree), path)
  }
  return named
}

/** The file's name, with a number if another engine has it. */
const freeName = (path: string, isFree: (name: string) => boolean): string => {
  const name = basename(path, extname(path))
  let free = name
  for (let n = 2; !isFree(free); n += 1) free = `${name}-${n}`
  return free
}

const poolSizes = (
  text: string | undefined,
  names: readonly string[],
): ReadonlyMap<string, number> => {
  if (text === undefined) return new Map()
  const sizes = text.split(',').flatMap((part) => {
    const [, name, size] = /^(?:([^=]+)=)?([1-9]\d{0,3})$/.exec(part) ?? []
    if (size === undefined)
      throw new UsageError(
        `--pool is a number of processes for each engine, or NAME=N,…, and not ${text}`,
      )
    if (name === undefined) return names.map((it) => [it, Number(size)] as const)
    if (names.includes(name)) return [[name, Number(size)] as const]
    throw new UsageError(`--pool: There is no engine ${name}.${didYouMean(name, names)}`)
  })
  return new Map(sizes)
}
