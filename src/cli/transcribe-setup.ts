/** The engines that can be installed by name, for a command that needs one. */
import { type EngineName, engineNames, isPythonEngine } from '../speech/setup/catalog.js'
import { stateOf } from '../speech/setup/installed.js'
import { findModels } from '../speech/setup/models.js'
import { type Places, userPlaces } from '../speech/setup/places.js'
import { findSherpa } from '../speech/setup/sherpa-package.js'
import { installEngine } from './engines-install.js'
import type { Setup } from './transcribe-default.js'

/** Looks at few files. The list of engines tells their sizes, for which it goes through all of theirs. */
const isReady = async (engine: EngineName, places: Places): Promise<boolean> => {
  const isThere = isPythonEngine(engine)
    ? (await stateOf(engine, places)).is === 'installed'
    : findSherpa(places) !== undefined
  if (!isThere) return false
  const models = await findModels(engine, places)
  return models.some(({ tasks = [] }) => tasks.includes('transcribe'))
}

export const speechSetup: Setup = {
  installed: async () => {
    const places = userPlaces()
    const ready = await Promise.all(engineNames.map((engine) => isReady(engine, places)))
    return engineNames.filter((_, index) => ready[index])
  },
  install: installEngine,
}
