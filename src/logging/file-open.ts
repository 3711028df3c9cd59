/** A log file as this process has it open; others may move it, delete it and append to it meanwhile. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'

export interface OpenFile {
  readonly fd: number
  /** Without symbolic links, so that it is the file that is rotated and not a link to it. */
  readonly path: string
}

/** Appending, and not blocking, which concerns a named pipe. Read is only the last byte. */
const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** @throws an Error of the file system */
export const openFile = (path: string): OpenFile => {
  const fd = openNew(path) ?? openSync(path, flags, 0o600)
  try {
    return { fd, path: realpathSync(path) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** A file of ours is for its owner, whatever the umask; one that is there keeps its mode. */
const openNew = (path: string): number | undefined => {
  try {
    const fd = openSync(path, flags | constants.O_EXCL, 0o600)
    if ((fstatSync(fd).mode & 0o600) !== 0o600) fchmodSync(fd, 0o600)
    return fd
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return undefined
  }
}

export const closeFile = ({ fd }: OpenFile): void => {
  try {
    closeSync(fd)
  } catch {
    // of a file that a server on the network has forgotten
  }
}

/** Nothing where lines cannot be kept any more: the file was deleted, or a server on the network has forgotten it. */
export const statsOf = ({ fd }: OpenFile): Stats | undefined => {
  try {
    const stats = fstatSync(fd)
    return stats.nlink === 0 ? undefined : stats
  } catch {
    return undefined
  }
}

/** Whether the path leads to this file. What cannot be looked at is not there. */
export const isAt = (path: string, { dev, ino }: Stats): boolean => {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.dev === dev && found.ino === ino
  } catch {
    return false
  }
}

/**
 * Ends a last line that lacks its end, so that it spoils no other one.
 *
 * @returns bytes written, 0 or 1
 */
export const endLastLine = ({ fd }: OpenFile): number => {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  const isTorn = size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && !last.equals(newline)
  return isTorn ? writeSync(fd, newline) : 0
}

const newline = Buffer.from('\n')
