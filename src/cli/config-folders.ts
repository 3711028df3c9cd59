/** Where a config file is looked for. */
import envPaths from 'env-paths'

/** The user's own. */
export const userFolder = (): string => envPaths('sidestream', { suffix: '' }).config

/** The first of these that has one decides. */
export const configFolders = (folder: string): readonly string[] => [folder, userFolder()]
