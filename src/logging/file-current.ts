/** The file that lines go to now: opened when first needed, rotated when full, followed when somebody moves or deletes it. */
import { fstatSync, type Stats, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { closeFile, endLastLine, isAt, type OpenFile, openFile, statsOf } from './file-open.js'
import type { FileSinkPorts, FileSinkSettings } from './file-sink.js'
import { ifUnlocked, rotate } from './rotation.js'

export interface CurrentFile {
  /** Writes a line at once; where the disk becomes full, perhaps a part of it. Throws an Error of the file system. */
  append(line: Buffer): void
  close(): void
}

/** How often is looked whether the path still leads to the open file. */
const lookMs = 1000
/** What was refused, opening or rotating, is not tried again sooner. */
const retryMs = 1000
/** Steps to the file that a line goes to: what another process has begun may have to be rotated, too. */
const mostSteps = 3

/** @param refused - told of a rotation that fails; lines go on into the file as it is */
export const currentFile = (
  settings: FileSinkSettings,
  { now, makeFolder }: FileSinkPorts,
  refused: (error: unknown) => void,
): CurrentFile => {
  const { maxBytes, maxAgeMs = Number.POSITIVE_INFINITY, keep } = settings
  const path = resolve(settings.path)
  let file: OpenFile | undefined
  let begunAt = 0
  /** Its last line may lack its end: a disk became full, perhaps in an earlier run. */
  let mayBeTorn = false
  let lookedAt = Number.NEGATIVE_INFINITY
  let rotationFailedAt = Number.NEGATIVE_INFINITY
  let openFailure: { readonly at: number; readonly error: unknown } | undefined

  /** Either way: a clock may be set back. */
  const isPast = (since: number, ms: number): boolean => Math.abs(now() - since) >= ms

  /** The file before stays open where that fails. */
  const open = (): OpenFile => {
    if (openFailure !== undefined && !isPast(openFailure.at, retryMs)) throw openFailure.error
    try {
      makeFolder(dirname(path))
      const opened = openFile(path)
      close()
      file = opened
    } catch (error) {
      openFailure = { at: now(), error }
      throw error
    }
    openFailure = undefined
    mayBeTorn = true
    const { birthtimeMs, mtimeMs } = fstatSync(file.fd)
    begunAt = birthtimeMs || mtimeMs // not every file system knows when a file was begun
    return file
  }
  const close = (): void => {
    if (file !== undefined) closeFile(file)
    file = undefined
  }

  /** Opens what is at the path now; while that is refused, lines go on into the file that was there. */
  const follow = (last: OpenFile): OpenFile => {
    try {
      return open()
    } catch {
      return last
    }
  }

  /** Bytes that it took to end the last line. */
  const mend = (at: OpenFile): number => {
    const ending = mayBeTorn ? endLastLine(at) : 0
    mayBeTorn = false
    return ending
  }
  /** What is full is rotated also where its last line cannot be ended: that may make space on the disk. */
  const tryToMend = (at: OpenFile): number => {
    try {
      return mend(at)
    } catch {
      return 0
    }
  }

  const isFull = (size: number, more: number): boolean =>
    size > 0 && (size + more > maxBytes || now() - begunAt >= maxAgeMs)

  /** Rotates the full file, or follows another process that has done it. */
  const turn = (full: OpenFile, stats: Stats): OpenFile => {
    if (!isPast(rotationFailedAt, retryMs)) return full
    try {
      ifUnlocked(full.path, now(), () => {
        if (isAt(full.path, stats)) rotate(full.path, keep)
      })
    } catch (error) {
      rotationFailedAt = now()
      refused(error)
    }
    return isAt(path, stats) ? full : follow(full)
  }

  /** The same file, if a line of so many bytes may go there. */
  const step = (at: OpenFile, bytes: number): OpenFile => {
    const stats = statsOf(at)
    if (stats === undefined) {
      close() // first: a descriptor that is closed already may be given to the next file
      return open()
    }
    if (isPast(lookedAt, lookMs)) {
      lookedAt = now()
      if (!isAt(path, stats)) return follow(at)
    }
    if (!stats.isFile()) return at // a named pipe or a device is never moved away
    if (stats.size === 0) begunAt = now()
    return isFull(stats.size + tryToMend(at), bytes) ? turn(at, stats) : at
  }

  const append = (line: Buffer): void => {
    let target = file ?? open()
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const next = step(target, line.length)
      if (next === target) break
      target = next
    }
    mend(target)
    mayBeTorn = true
    // One write is one line, also where other processes append to the file.
    for (let rest = line; rest.length > 0; ) rest = rest.subarray(writeSync(target.fd, rest))
    mayBeTorn = false
  }

  return { append, close }
}
