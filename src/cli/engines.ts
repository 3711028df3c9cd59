/** `sidestream engines`: speech engines that are installed, and those that can be. */

import { didYouMean } from '../protocol/nearest.js'
import { isRpcError } from '../protocol/rpc-error.js'
import { UsageError } from './usage-error.js'

type Verb = (args: readonly string[]) => Promise<number>

const verbs: Readonly<Record<string, Verb>> = {
  list: async (args) => (await import('./engines-list.js')).list(args),
  install: async (args) => (await import('./engines-install.js')).installEngine(args),
  doctor: async (args) => (await import('./engines-doctor.js')).doctor(args),
  remove: async (args) => (await import('./engines-remove.js')).removeEngine(args),
}

export const engines = async ([name = '', ...args]: readonly string[]): Promise<number> => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb === undefined) {
    const names = Object.keys(verbs)
    throw new UsageError(`Which of ${names.join(', ')}?${didYouMean(name, names)}`)
  }
  process.stdout.on('error', () => {}) // `| head -1` has read enough
  try {
    return await verb(args)
  } catch (error) {
    if (!isRpcError(error)) throw error
    if (error.kind === 'UnsupportedOption') throw new UsageError(error.message)
    process.stderr.write(`✗ ${error.message}\n`)
    return 1
  }
}
