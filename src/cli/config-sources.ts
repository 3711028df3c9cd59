/** Where the config of an engine comes from. Most have none, so what reads one is loaded when there is something to read. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import envPaths from 'env-paths'
import type { Flag } from '../config/flags.js'

/** What was typed. */
export interface Given {
  /** The file that was named. */
  readonly file: string | undefined
  readonly flags: readonly Flag[]
}

export const configFileNames = [
  'sidestream.config.yaml',
  'sidestream.config.yml',
  'sidestream.config.json',
] as const

/** Where a file is looked for: the first of these that has one decides. */
export const configFolders = (): readonly string[] => [
  process.cwd(),
  envPaths('sidestream', { suffix: '' }).config,
]

/** Flags that are in force without a config: they have a meaning of their own. */
const plainFlags: readonly string[] = ['log.level', 'framing', 'parentWatch']
/** The runtime's own variables. */
const plainVariables = /^SIDESTREAM_(?:CHANNEL|BEAT|COOKIE)$/

/** Whether anything is set from outside. */
export const isConfigured = ({ file, flags }: Given): boolean =>
  file !== undefined ||
  flags.some(({ key }) => !plainFlags.includes(key)) ||
  Object.keys(process.env).some(
    (name) => name.startsWith('SIDESTREAM_') && !plainVariables.test(name),
  ) ||
  configFolders().some((folder) => configFileNames.some((name) => existsSync(join(folder, name))))
