/** Where the config of an engine comes from. Most have none, so what reads one is loaded when there is something to read. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Flag } from '../config/flags.js'

/** What was typed. */
export interface Given {
  /** The file that was named. */
  readonly file: string | undefined
  readonly flags: readonly Flag[]
  /** The working directory of the start; an engine may change it. */
  readonly folder: string
}

export const configFileNames = [
  'sidestream.config.yaml',
  'sidestream.config.yml',
  'sidestream.config.json',
] as const

/** Settings whose own options are in force without a config. */
const plainFlags: readonly string[] = ['log.level', 'framing', 'parentWatch']
/** The runtime's own variables. */
const plainVariables = /^SIDESTREAM_(?:CHANNEL|BEAT|COOKIE)$/

/** Whether anything is set from outside. */
export const isConfigured = async ({ file, flags, folder }: Given): Promise<boolean> =>
  file !== undefined ||
  flags.some(({ option, key }) => option === '--set' || !plainFlags.includes(key)) ||
  Object.keys(process.env).some(
    (name) => name.startsWith('SIDESTREAM_') && !plainVariables.test(name),
  ) ||
  hasFile(folder) ||
  (mayHaveFolder() && hasFile((await import('./config-folders.js')).userFolder()))

const hasFile = (folder: string): boolean =>
  configFileNames.some((name) => existsSync(join(folder, name)))

/** Most users have no config folder of ours. To find that out here spares a start half a millisecond. */
const mayHaveFolder = (): boolean => {
  const { XDG_CONFIG_HOME, HOME } = process.env
  const base = XDG_CONFIG_HOME || (HOME ? join(HOME, '.config') : undefined)
  const isKnown = process.platform === 'linux' && base !== undefined
  return !isKnown || existsSync(join(base, 'sidestream'))
}
