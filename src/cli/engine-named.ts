/** A built-in speech engine, by its name. */
import { didYouMean } from '../protocol/nearest.js'
import { type EngineName, engineNames } from '../speech/setup/catalog.js'
import { UsageError } from './usage-error.js'

/** @throws UsageError when there is no engine of this name */
export const engineNamed = (name: string): EngineName => {
  const engine = engineNames.find((it) => it === name)
  if (engine !== undefined) return engine
  throw new UsageError(
    `There is no engine ${name}; there are ${engineNames.join(', ')}.${didYouMean(name, engineNames)}`,
  )
}
