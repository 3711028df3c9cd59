/** Files that are there as a whole, or not at all. */
import { createHash } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What tells a file from one that was changed since. */
export interface FileMark {
  readonly size: number
  readonly mtimeMs: number
}

/** @returns undefined when there is no such file, or none that can be looked at */
export const markOf = async (path: string): Promise<FileMark | undefined> => {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, mtimeMs }
  } catch {
    return undefined
  }
}

/**
 * Written aside, put on the disk, and then named: whenever the process or the machine ends, the file is whole, or as it
 * was. The name of the one aside is always the same, so that one that a killed process left is written over; and short, as
 * that of the file may be as long as names can be.
 */
export const writeWhole = async (path: string, text: string): Promise<FileMark> => {
  const folder = dirname(path)
  const digest = createHash('sha256').update(basename(path)).digest('hex')
  const aside = join(folder, `.sidestream-${digest.slice(0, 16)}.tmp`)
  try {
    const file = await open(aside, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {}) // the first error tells more
    throw error
  }
  await syncFolder(folder)
  return (await markOf(path)) as FileMark
}

/** So that the new name is on the disk, too; not every system can. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const file = await open(folder, 'r')
    await file.sync().finally(() => file.close())
  } catch {}
}
