/** Puts an engine and its models under the user's data folder. Ended at any moment, it is run again and goes on. */
import { rm } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { rpcError } from '../../protocol/rpc-error.js'
import { type ModelSource, type PythonEngineName, pythonEngines, sourcesOf } from './catalog.js'
import { checkRoom } from './disk.js'
import { failureOfSystem } from './failures.js'
import { findPython } from './find-python.js'
import { sizeOf } from './folders.js'
import { installEnvironment } from './install-environment.js'
import { installModel, isModelWhole } from './install-model.js'
import { stateOf } from './installed.js'
import { takeLock } from './lock.js'
import { engineFiles, modelsFolder, type Places, userPlaces } from './places.js'
import { pinsFor, requirementsOf } from './requirements.js'
import { refuseIfUsed } from './users-of.js'

export interface InstallProgress {
  readonly step: 'python' | 'packages' | 'check' | 'model'
  /** Parts of the work, which take about as long as each other. */
  readonly done: number
  readonly total: number
  readonly message: string
}

export interface InstallOptions {
  /** Names of models; default: that of the engine, if no model of it is there. */
  readonly models?: readonly string[]
  /** The Python to take, in place of the first one that fits. */
  readonly python?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: InstallProgress) => void
  readonly places?: Places
}

/** What was done; empty lists and `false` when all was there. */
export interface Installed {
  readonly engine: PythonEngineName
  readonly version: string
  /** Whether packages were installed or updated. */
  readonly isNew: boolean
  readonly models: readonly string[]
}

/** Parts of the work that a model is. */
const modelParts = 8

/**
 * @returns when the engine works, and its models are whole
 * @throws RpcError UnsupportedOption for a model that cannot be installed; DependencyMissing, with a `fault`, for
 * whatever else is in the way; RequestCancelled
 */
export const install = async (
  engine: PythonEngineName,
  {
    models,
    python: wanted,
    signal,
    onProgress = () => {},
    places = userPlaces(),
  }: InstallOptions = {},
): Promise<Installed> => {
  const asked = sourcesFor(engine, models)
  const files = engineFiles(engine, places)
  let release: (() => void) | undefined
  try {
    release = unwrapped(takeLock(files.lock, engine))
    const requirements = requirementsOf(engine)
    const state = await stateOf(engine, places)
    const isCurrent = state.is === 'installed' && state.marker.requirements === requirements.hash
    const lacking = await lackingModels(asked, models !== undefined, places)
    const python = isCurrent
      ? undefined
      : unwrapped(await findPython(pythonEngines[engine], wanted))
    const freed = isCurrent ? 0 : await sizeOf(files.venv) // as it is made anew
    await checkRoom(files.folder, roomFor(engine, !isCurrent, lacking) - freed)
    const pins = python === undefined ? {} : pinsFor(requirements.text, python.version)
    const environmentParts = python === undefined ? 0 : 2 + 2 * Object.keys(pins).length
    const total = environmentParts + modelParts * lacking.length
    const tell = forward((progress) => onProgress({ ...progress, total }))
    if (python !== undefined) {
      await refuseIfUsed(engine, files.venv)
      await installEnvironment({ engine, python, requirements, pins, files, signal, tell })
    }
    for (const [index, source] of lacking.entries()) {
      const before = environmentParts + modelParts * index
      await installModel(source, {
        python: files.python,
        folder: modelsFolder(engine, places),
        signal,
        tell: (done, message) => tell('model', before + done * modelParts, message),
      })
    }
    const now = await stateOf(engine, places)
    const version = now.is === 'installed' ? now.version : 'unknown'
    return { engine, version, isNew: !isCurrent, models: lacking.map(({ name }) => name) }
  } catch (error) {
    throw failureOfSystem(`Installing ${engine}`, error)
  } finally {
    if (release !== undefined) await rm(files.temporary, { recursive: true, force: true })
    release?.()
  }
}

/** What is told goes forward only, and nothing twice. */
const forward = (onProgress: (progress: Omit<InstallProgress, 'total'>) => void) => {
  let [most, last] = [0, '']
  return (step: InstallProgress['step'], reached: number, message: string): void => {
    const done = Math.max(most, reached)
    if (done === most && message === last) return
    most = done
    last = message
    onProgress({ step, done, message })
  }
}

const unwrapped = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw either.left
  return either.right
}

/** @throws RpcError UnsupportedOption */
export const sourcesFor = (
  engine: PythonEngineName,
  models: readonly string[] | undefined,
): readonly ModelSource[] => {
  const known = sourcesOf(engine)
  const names = models ?? [pythonEngines[engine].defaultModel].filter((it) => it !== undefined)
  return names.map((name) => {
    const source = known.find((it) => it.name === name)
    if (source !== undefined) return source
    const all = known.map((it) => it.name)
    throw rpcError(
      'UnsupportedOption',
      `${name} cannot be installed by name; these can: ${all.join(', ')}. A model from elsewhere is used by the path of its folder.`,
      { model: name, models: all },
    )
  })
}

/** One that is asked for by name is looked at closely, and fetched anew if it is damaged. */
const lackingModels = async (
  sources: readonly ModelSource[],
  isAskedFor: boolean,
  places: Places,
): Promise<readonly ModelSource[]> => {
  const lacking: ModelSource[] = []
  for (const source of sources) {
    const folder = modelsFolder(source.engine, places)
    if (!(await isModelWhole(source, folder, isAskedFor))) lacking.push(source)
  }
  return lacking
}

/** With what they are unpacked from. */
const roomFor = (
  engine: PythonEngineName,
  isNew: boolean,
  models: readonly ModelSource[],
): number =>
  (isNew ? 1.5 * pythonEngines[engine].sizeBytes : 0) +
  2 * models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
