/** Files that are there as a whole, or not at all. */
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What tells a file from one that was changed since. */
export interface FileMark {
  readonly size: number
  readonly mtimeMs: number
}

/** @returns undefined when there is no such file */
export const markOf = async (path: string): Promise<FileMark | undefined> => {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, mtimeMs }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/**
 * Written aside, put on the disk, and then named: whenever the process or the machine ends, the file is whole, or as it
 * was. The name of the one aside is always the same, so that one that a killed process left is written over.
 */
export const writeWhole = async (path: string, text: string): Promise<FileMark> => {
  const folder = dirname(path)
  const aside = join(folder, `.${basename(path)}.sidestream-tmp`)
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
