/** The npm package of the engine without Python: the user's own, or one beside ours. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sherpaPackage } from './catalog.js'
import type { Places } from './places.js'

export interface NodePackage {
  readonly folder: string
  readonly version: string
}

/** What installs it, in the folder of the user's own package. */
export const sherpaCommand = `npm install ${sherpaPackage}`

export const findSherpa = ({
  workingFolder,
}: Pick<Places, 'workingFolder'>): NodePackage | undefined =>
  packageFrom(join(workingFolder, 'package.json')) ?? packageFrom(import.meta.url)

const packageFrom = (file: string): NodePackage | undefined => {
  try {
    const path = createRequire(file).resolve(`${sherpaPackage}/package.json`)
    const { version } = JSON.parse(readFileSync(path, 'utf8'))
    return { folder: dirname(path), version: String(version) }
  } catch {
    return undefined
  }
}
