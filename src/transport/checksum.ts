/** Whether a program is the one that was meant: its file, and the SHA-256 of it. */
import { createHash } from 'node:crypto'
import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import { posix, win32 } from 'node:path'
import { pipeline } from 'node:stream/promises'

/**
 * Reads the file in pieces, so that its size does not matter.
 *
 * @param sha256 - 64 hex digits
 * @returns what is wrong; undefined when nothing is
 */
export const checkFile = async (path: string, sha256: string): Promise<string | undefined> => {
  const expected = sha256.toLowerCase()
  if (!/^[\da-f]{64}$/.test(expected))
    return `${JSON.stringify(sha256)} is no SHA-256 in hex digits`
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    return `${path} cannot be read: ${(error as Error).message}`
  }
  const found = hash.digest('hex')
  if (found === expected) return undefined
  return `${path} has another SHA-256 than it should: expected ${short(expected)}, found ${short(found)}`
}

const short = (digits: string): string => `${digits.slice(0, 12)}…`

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The file that `spawn` would run. Start that one after it has been checked, not the command: what PATH leads to may change.
 *
 * @param env - of the child: its PATH counts
 * @param cwd - of the child: relative paths start there
 * @returns undefined when there is none
 */
export const findCommand = (
  command: string,
  env: Environment,
  cwd: string = process.cwd(),
  platform: NodeJS.Platform = process.platform,
): string | undefined => {
  const candidates =
    platform === 'win32' ? onWindows(command, env, cwd) : onPosix(command, env, cwd)
  return candidates.find(isProgram)
}

/** As execvp does. */
const onPosix = (command: string, env: Environment, cwd: string): string[] => {
  if (command.includes('/')) return [posix.resolve(cwd, command)]
  const folders = (env['PATH'] ?? '/usr/bin:/bin').split(':')
  return folders.map((folder) => posix.resolve(cwd, folder, command)) // an empty one is the cwd
}

/**
 * As libuv does, which does not look at PATHEXT: CreateProcess starts only .com and .exe files, and Node refuses .bat and
 * .cmd files without a shell.
 */
const onWindows = (command: string, env: Environment, cwd: string): string[] => {
  const name = win32.basename(command)
  const hasExtension = /\../.test(name)
  const endings = [...(hasExtension ? [''] : []), '.com', '.exe']
  return windowsFolders(command, env)
    .map((folder) => win32.resolve(cwd, folder, command))
    .flatMap((path) => endings.map((ending) => path + ending))
}

const windowsFolders = (command: string, env: Environment): string[] => {
  if (/[\\/:]/.test(command)) return ['']
  const path = variable(env, 'PATH') ?? variable(process.env, 'PATH') ?? ''
  const listed = path.split(';').map((folder) => folder.replaceAll(/^["']|["']$/g, ''))
  const here = process.env['NoDefaultCurrentDirectoryInExePath'] === undefined ? [''] : []
  return [...here, ...listed.filter((folder) => folder !== '')]
}

/** Whatever the case: it is often `Path`. */
const variable = (env: Environment, wanted: string): string | undefined =>
  Object.entries(env).find(([name]) => name.toUpperCase() === wanted)?.[1]

/** Windows knows no permission to execute: there, every file will do. */
const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
