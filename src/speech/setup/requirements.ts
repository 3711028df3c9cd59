/** The packages that an engine is made of, each with its version. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PythonEngineName } from './catalog.js'
import { compare } from './find-python.js'
import { plainName } from './site-packages.js'

export interface Requirements {
  /** For `pip install -r`. */
  readonly file: string
  /** SHA-256: another one means that the engine is to be updated. */
  readonly hash: string
  readonly text: string
}

/** Beside this file, and in the build beside the folder that it is in. */
const folders = ['./requirements/', '../requirements/']

export const requirementsOf = (engine: PythonEngineName): Requirements => {
  const files = folders.map((folder) =>
    fileURLToPath(new URL(`${folder}${engine}.txt`, import.meta.url)),
  )
  const file = files.find((it) => existsSync(it)) as string
  const text = readFileSync(file, 'utf8')
  return { file, text, hash: createHash('sha256').update(text).digest('hex') }
}

/** Versions by name, of those packages that a Python of this version needs here. */
export const pinsFor = (text: string, python: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, version, marker] = /^([\w.-]+)==(\S+)(?: ; (.+))?$/.exec(line) ?? []
      return name !== undefined && version !== undefined && holds(marker, python)
        ? [[plainName(name), version]]
        : []
    }),
  )

/** Only what our lists say. */
const holds = (marker: string | undefined, python: string): boolean => {
  if (marker === undefined) return true
  const [, variable, operator, value = ''] = /^(\w+) (==|>=|<) "(.+)"$/.exec(marker) ?? []
  if (variable === 'sys_platform') return process.platform === value
  const order = compare(python, value)
  return operator === '==' ? order === 0 : operator === '<' ? order < 0 : order >= 0
}
