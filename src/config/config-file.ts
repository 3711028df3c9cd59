/** The config file: where it is looked for, and what stands in it, with the place of each value. */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { ConfigError } from './problem.js'
import { parseTree, type Tree } from './yaml-tree.js'

/** Largest file that is read, in bytes: a mistyped path may name anything. */
const mostBytes = 2 ** 20

export interface ConfigFile extends Tree {
  /** Absolute. */
  readonly path: string
  /** As messages name it. */
  readonly name: string
  readonly folder: string
  readonly text: string
  /** It can be read again; a pipe cannot. */
  readonly isRegular: boolean
}

/**
 * The first folder that has a config file decides.
 *
 * @throws ConfigError when it has two
 */
export const findFile = (
  folders: readonly string[],
  names: readonly string[],
): string | undefined => {
  for (const folder of folders) {
    const [file, other] = names.map((name) => join(folder, name)).filter((it) => existsSync(it))
    if (other !== undefined) {
      throw fault(nameOf(file as string), `there is also ${nameOf(other)}: keep one of them`)
    }
    if (file !== undefined) return file
  }
  return undefined
}

/** A pipe is read at the first reading only: another could wait for its writer for good. */
export type Reading = 'first' | 'again'

/** @throws ConfigError when it cannot be read, or is neither YAML nor JSON */
export const readFile = (file: string, reading: Reading = 'first'): ConfigFile => {
  const path = resolve(file)
  const name = nameOf(path)
  const { text, isRegular } = contentOf(path, name, reading)
  return { path, name, folder: dirname(path), text, isRegular, ...parseTree(text, name) }
}

/** Shorter where it is below the working directory. */
const nameOf = (file: string): string => {
  const below = relative(process.cwd(), file)
  return below.startsWith('..') || below === '' ? file : below
}

type Content = Pick<ConfigFile, 'text' | 'isRegular'>

const contentOf = (path: string, name: string, reading: Reading): Content => {
  let content: ReturnType<typeof bytesOf>
  try {
    content = bytesOf(path, reading)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw fault(name, code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${message}`)
  }
  const { bytes, isRegular } = content
  if (bytes.length > mostBytes) throw fault(name, `it is larger than ${mostBytes} bytes`)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isRegular }
  } catch {
    throw fault(name, 'it is no UTF-8 text')
  }
}

/**
 * Read by hand, since it may be a pipe, or have no end: one byte above the largest size at most.
 *
 * @throws Error when it cannot be read
 */
export const bytesOf = (
  path: string,
  reading: Reading,
): { readonly bytes: Buffer; readonly isRegular: boolean } => {
  const check = (stats: Stats): void => {
    if (stats.isDirectory()) throw new Error('it is a folder')
    if (reading === 'again' && !stats.isFile()) throw new Error('it is no regular file any more')
  }
  check(statSync(path)) // to open a pipe would let its writer go on
  const { O_RDONLY, O_NONBLOCK } = constants // it may have become a pipe just now; Windows has no such flag
  const fd = openSync(path, reading === 'first' ? O_RDONLY : O_RDONLY | O_NONBLOCK)
  try {
    const stats = fstatSync(fd)
    check(stats)
    const bytes = Buffer.alloc(mostBytes + 1)
    let length = 0
    for (let read = -1; read !== 0 && length <= mostBytes; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, null)
    }
    return { bytes: bytes.subarray(0, length), isRegular: stats.isFile() }
  } finally {
    closeSync(fd)
  }
}

const fault = (source: string, message: string): ConfigError =>
  new ConfigError([{ source, key: '', message }])
