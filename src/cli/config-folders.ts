/** Where a config file is looked for. */
import envPaths from 'env-paths'

/** The first of these that has one decides. */
export const configFolders = (): readonly string[] => [
  process.cwd(),
  envPaths('sidestream', { suffix: '' }).config,
]
