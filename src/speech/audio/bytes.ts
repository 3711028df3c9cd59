/** Bytes that are read where they are needed: of a file, or in memory. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { audioNotFound, notAFile } from './failures.js'

export interface Bytes {
  /** For people: the path, or what it is. */
  readonly name: string
  readonly size: number
  /** From a place on, until `length` bytes or the end. */
  at(position: number, length: number): Buffer
  close(): void
}

/**
 * @param givenPath - relative to the working directory, or absolute
 * @throws RpcError AudioNotFound
 */
export const fileBytes = (givenPath: string): Bytes => {
  const path = resolve(givenPath)
  const fd = openFile(path)
  const stats = fstatSync(fd)
  if (!stats.isFile()) {
    closeSync(fd)
    throw notAFile(path, stats.isDirectory() ? 'a folder' : 'a pipe or a device')
  }
  return {
    name: path,
    size: stats.size,
    at: (position, length) => readFully(fd, path, position, length),
    close: () => closeSync(fd),
  }
}

export const memoryBytes = (name: string, bytes: Buffer): Bytes => ({
  name,
  size: bytes.length,
  at: (position, length) => bytes.subarray(position, position + length),
  close: () => {},
})

const openFile = (path: string): number => {
  try {
    // Without O_NONBLOCK (Windows has none), opening a named pipe waits for its writer for ever.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw audioNotFound(path, error)
  }
}

const readFully = (fd: number, path: string, position: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = readSome(fd, path, bytes, filled, position)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}

const readSome = (
  fd: number,
  path: string,
  bytes: Buffer,
  filled: number,
  position: number,
): number => {
  try {
    return readSync(fd, bytes, filled, bytes.length - filled, position + filled)
  } catch (error) {
    throw audioNotFound(path, error)
  }
}
