/** Models in the cache of Hugging Face's tools: `models--ORG--NAME/snapshots/REVISION`. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFolder } from './folders.js'

/** The folder that a repository is in, such as `Systran/faster-whisper-base`. */
export const repositoryFolder = (cache: string, repository: string): string =>
  join(cache, `models--${repository.replace('/', '--')}`)

/** The revision that was fetched as `main`; without that, one that is there. Undefined when none is. */
export const snapshotIn = async (folder: string): Promise<string | undefined> => {
  const snapshots = join(folder, 'snapshots')
  const main = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '')
  const others = await readdir(snapshots).catch(() => [])
  for (const revision of [main.trim(), ...others].filter((it) => it !== '')) {
    const snapshot = join(snapshots, revision)
    if (await isFolder(snapshot)) return snapshot
  }
  return undefined
}

/** All of a cache, such as `Systran/faster-whisper-base`. */
export const repositoriesIn = async (cache: string): Promise<readonly string[]> =>
  (await readdir(cache).catch(() => [])).flatMap((name) => {
    const [, org, repository] = /^models--(.+?)--(.+)$/.exec(name) ?? []
    return repository === undefined ? [] : [`${org}/${repository}`]
  })
