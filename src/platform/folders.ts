/** Folders, by default such that only this user can look into. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Level by level: Node 20's own `recursive` goes on for ever where a folder that is there says it is not, as in /proc. */
export const makeFolder = (folder: string, mode = 0o700): void => {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeFolder(parent, mode)
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // else another process was faster
  }
}
