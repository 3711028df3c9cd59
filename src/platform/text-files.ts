/** Texts that are kept in a folder of the user's, the latest few of them. */
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from './folders.js'

/** Where programs keep what tells of their past. */
export const stateFolder = (): string => {
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env
  const base =
    (process.platform === 'win32' ? LOCALAPPDATA : XDG_STATE_HOME) ||
    join(homedir(), '.local', 'state')
  return join(base, 'sidestream')
}

/**
 * Writes a file that only this user can read, and removes the oldest beyond `most`.
 *
 * @param name - sorts by age
 * @returns its path
 */
export const keepText = async (
  folder: string,
  name: string,
  text: string,
  most: number,
): Promise<string> => {
  makeFolder(folder)
  const file = join(folder, name)
  const aside = `${file}.${process.pid}.tmp`
  try {
    await writeFile(aside, text, { mode: 0o600 })
    await rename(aside, file)
  } catch (error) {
    await rm(aside, { force: true }) // what a full disk took of it
    throw error
  }
  const ending = name.slice(name.lastIndexOf('.'))
  const names = (await readdir(folder)).filter((it) => it.endsWith(ending)).sort()
  for (const old of names.slice(0, -most)) await rm(join(folder, old), { force: true })
  return file
}
