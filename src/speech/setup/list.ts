/** What is installed, what is not, and how to get it. */
import type { FoundModel } from '../backend.js'
import {
  type EngineName,
  engineNames,
  type PythonEngineName,
  pythonEngines,
  sherpaPackage,
  sourcesOf,
} from './catalog.js'
import { sizeOf } from './folders.js'
import { installCommand, stateOf } from './installed.js'
import { findModels } from './models.js'
import { engineFiles, type Places, userPlaces } from './places.js'
import { requirementsOf } from './requirements.js'
import { findSherpa, sherpaCommand } from './sherpa-package.js'

export interface EngineListing {
  readonly engine: EngineName
  readonly state: 'installed' | 'outdated' | 'unfinished' | 'broken' | 'missing'
  readonly version?: string
  readonly licence: string
  /** Of its packages, on disk; of one that is missing, as it will be. */
  readonly sizeBytes: number
  /** Where it is. */
  readonly folder?: string
  readonly models: readonly FoundModel[]
  /** Models that can be installed by name, and are not there. */
  readonly offers: readonly {
    readonly model: string
    readonly licence?: string
    readonly sizeBytes: number
  }[]
  /** What puts it into a state in which it works. */
  readonly command?: string
}

export const listEngines = async (
  places: Places = userPlaces(),
): Promise<readonly EngineListing[]> =>
  Promise.all(
    engineNames.map(async (engine) => {
      const models = await findModels(engine, places)
      const offers = sourcesOf(engine)
        .filter(({ name }) => !models.some(({ model }) => model === name))
        .map(({ name, licence, sizeBytes }) => ({
          model: name,
          sizeBytes,
          ...(licence !== undefined && { licence }),
        }))
      const own = engine === 'sherpa-onnx' ? await sherpa(places) : await python(engine, places)
      return { engine, ...own, models, offers }
    }),
  )

type Own = Omit<EngineListing, 'engine' | 'models' | 'offers'>

const python = async (engine: PythonEngineName, places: Places): Promise<Own> => {
  const { venv } = engineFiles(engine, places)
  const state = await stateOf(engine, places)
  const { licence, sizeBytes } = pythonEngines[engine]
  const command = installCommand(engine)
  if (state.is !== 'installed') {
    const folder = state.is === 'missing' ? {} : { folder: venv }
    return { state: state.is, licence, sizeBytes, ...folder, command }
  }
  const isOld = state.marker.requirements !== requirementsOf(engine).hash
  const { version } = state
  const there = { version, licence, sizeBytes: await sizeOf(venv), folder: venv }
  return isOld ? { state: 'outdated', ...there, command } : { state: 'installed', ...there }
}

const sherpa = async (places: Places): Promise<Own> => {
  const found = findSherpa(places)
  const licence = 'Apache-2.0'
  if (found === undefined)
    return { state: 'missing', licence, sizeBytes: sherpaBytes, command: sherpaCommand }
  const { version, folder } = found
  return { state: 'installed', version, licence, sizeBytes: sherpaBytes, folder }
}

/** Of {@link sherpaPackage} with what it brings for one platform. */
const sherpaBytes = 32_000_000
