/** The engines that can be installed by name, for a command that needs one. */
import { listEngines } from '../speech/setup/list.js'
import { installEngine } from './engines-install.js'
import type { Setup } from './transcribe-default.js'

export const speechSetup: Setup = {
  installed: async () => {
    const all = await listEngines()
    return all
      .filter(({ state }) => state === 'installed' || state === 'outdated')
      .filter(({ models }) => models.some(({ tasks = [] }) => tasks.includes('transcribe')))
      .map(({ engine }) => engine)
  },
  install: (engine) => installEngine([engine]),
}
