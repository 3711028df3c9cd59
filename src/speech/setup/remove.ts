/** Takes an engine away again, and its models if that is wanted. */
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type EngineName, isPythonEngine } from './catalog.js'
import { failureOfSystem } from './failures.js'
import { isFolder, sizeOf } from './folders.js'
import { takeLock } from './lock.js'
import { engineFiles, modelsFolder, type Places, userPlaces } from './places.js'
import { refuseIfUsed } from './users-of.js'

/** What there is to remove. */
export interface Removal {
  readonly folder: string
  readonly sizeBytes: number
}

/** The engine's folder, and with `models` each of its models in our folder. */
export const removalsOf = async (
  engine: EngineName,
  models: boolean,
  places: Places = userPlaces(),
): Promise<readonly Removal[]> => {
  const own = modelsFolder(engine, places)
  const names = models ? await readdir(own).catch(() => []) : []
  const folders = [
    ...(isPythonEngine(engine) ? [engineFiles(engine, places).folder] : []),
    ...names.map((name) => join(own, name)),
  ]
  const removals: Removal[] = []
  for (const folder of folders) {
    if (await isFolder(folder)) removals.push({ folder, sizeBytes: await sizeOf(folder) })
  }
  return removals
}

/**
 * Interrupted, it leaves an engine that is not installed, and no model that is half there.
 *
 * @throws RpcError DependencyMissing with the fault `in-use`, `locked` or `failed`
 */
export const remove = async (
  engine: EngineName,
  removals: readonly Removal[],
  places: Places = userPlaces(),
): Promise<void> => {
  const files = engineFiles(engine, places)
  const lock = takeLock(files.lock, engine)
  if (E.isLeft(lock)) throw lock.left
  try {
    await refuseIfUsed(engine, files.venv)
    await rm(files.marker, { force: true })
    for (const { folder } of removals) {
      const aside = folder === files.folder ? folder : hidden(folder)
      if (aside !== folder) await rename(folder, aside)
      await rm(aside, { recursive: true, force: true })
    }
    await rm(files.folder, { recursive: true, force: true }) // that of the lock
  } catch (error) {
    throw failureOfSystem(`Removing ${engine}`, error)
  } finally {
    lock.right()
  }
}

/** Names with a dot in front are no models. */
const hidden = (folder: string): string => join(folder, '..', `.removed-${process.pid}`)
