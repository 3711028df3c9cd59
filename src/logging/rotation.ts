/** Rotated files beside a log file: NAME.1 is the newest. */
import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A rotation takes a few milliseconds: who holds the lock so long was killed. */
const staleMs = 10_000

/**
 * Moves the file to NAME.1, what was NAME.1 to NAME.2 and so on, and removes what is then beyond `keep`.
 * Each step moves to a name that is free, so a rotation that is refused or killed half way has lost nothing, and the
 * next one goes on from there.
 *
 * @param keep - rotated files that stay, 0 to 9999; 0 removes the file itself
 * @throws an Error of the file system
 */
export const rotate = (path: string, keep: number): void => {
  if (keep === 0) unlinkSync(path)
  else {
    const taken = new Set(rotated(path))
    let free = 1
    while (taken.has(free)) free += 1
    for (let number = free; number > 1; number -= 1) {
      renameSync(`${path}.${number - 1}`, `${path}.${number}`)
    }
    renameSync(path, `${path}.1`)
  }
  for (const number of rotated(path)) if (number > keep) unlinkSync(`${path}.${number}`)
}

/** Longer numbers are no rotated files of ours, but dates. */
const ending = /^\.([1-9]\d{0,3})$/

const rotated = (path: string): readonly number[] => {
  const name = basename(path)
  return readdirSync(dirname(path)).flatMap((file) => {
    const number = file.startsWith(name) ? ending.exec(file.slice(name.length))?.[1] : undefined
    return number === undefined ? [] : [Number(number)]
  })
}

/**
 * Does it unless another process does, which is told by a lock file beside the log file.
 *
 * @param time - now, in milliseconds since 1970
 * @throws an Error of the file system, or what `action` throws
 */
export const ifUnlocked = (path: string, time: number, action: () => void): void => {
  const lock = join(dirname(path), `${basename(path)}.lock`)
  try {
    closeSync(openSync(lock, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const lockedAt = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? time
    // The next line takes it: of two that remove it, neither may remove what the other one has just made.
    if (Math.abs(time - lockedAt) > staleMs) rmSync(lock, { force: true })
    return
  }
  try {
    action()
  } finally {
    rmSync(lock, { force: true })
  }
}
