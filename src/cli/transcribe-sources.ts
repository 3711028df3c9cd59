/** The files that are to be transcribed, and where what comes of each goes. */
import { statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { OutputFormat } from '../models/subtitles.js'
import { UsageError } from './usage-error.js'

export interface Target {
  readonly format: OutputFormat
  readonly path: string
  /** As it is told to people: in the way that its source, or the folder, was typed. */
  readonly name: string
}

export interface Source {
  /** As it was typed. */
  readonly name: string
  readonly path: string
  /** None when it goes to stdout. */
  readonly targets: readonly Target[]
}

interface Where {
  readonly files: readonly string[]
  readonly formats: readonly OutputFormat[]
  /** A folder, or `-` for stdout. Default: beside each file. */
  readonly output: string | undefined
}

/**
 * A file that is named twice is taken once.
 *
 * @throws UsageError when two would write the same file, when one would be written over itself, and for folders
 */
export const sourcesOf = ({ files, formats, output }: Where): readonly Source[] => {
  if (output !== undefined && output !== '-' && isFolder(output) === false)
    throw new UsageError(`--output ${output} is a file. Give a folder, or - for stdout`)
  const byPath = new Map(files.map((name) => [resolve(name), name] as const).reverse())
  const sources = [...byPath].reverse().map(([path, name]): Source => {
    if (name === '-') throw new UsageError('Audio cannot be read from stdin. Give a file')
    if (isFolder(path) === true)
      throw new UsageError(`${name} is a folder. Give the files in it, such as ${join(name, '*')}`)
    return { name, path, targets: output === '-' ? [] : targetsOf(name, formats, output) }
  })
  checkTargets(sources)
  return sources
}

const targetsOf = (
  source: string,
  formats: readonly OutputFormat[],
  output: string | undefined,
): readonly Target[] =>
  formats.map((format) => {
    const ending = format === 'text' ? 'txt' : format
    const file = `${basename(source, extname(source))}.${ending}`
    const name = join(output ?? dirname(source), file)
    return { format, name, path: resolve(name) }
  })

const checkTargets = (sources: readonly Source[]): void => {
  const inputs = new Map(sources.map(({ path, name }) => [path, name]))
  const owners = new Map<string, string>()
  for (const { name, targets } of sources) {
    for (const { path, name: target } of targets) {
      if (inputs.has(path))
        throw new UsageError(`${target} would be written over ${inputs.get(path)}`)
      const owner = owners.get(path)
      if (owner !== undefined)
        throw new UsageError(
          `${owner} and ${name} would both be written to ${target}. Transcribe one of them with another --output`,
        )
      owners.set(path, name)
    }
  }
}

/** Undefined for what cannot be looked at: that costs its own file only, when it is its turn. */
const isFolder = (path: string): boolean | undefined => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return undefined
  }
}
