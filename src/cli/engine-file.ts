/** Finds the file of the engine that a command names. */
import { existsSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { builtInEngine, builtInNames } from './built-in-engines.js'
import { UsageError } from './usage-error.js'

/** Of modules that can be engines. */
export const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts']

/**
 * The file of a module that should be an engine.
 *
 * @param path - or the name of an engine that is built in
 * @throws UsageError that says what is wrong with the path
 */
export const engineFile = (path: string): string => {
  const builtIn = builtInEngine(path)
  if (builtIn !== undefined) return builtIn
  const file = resolve(path)
  if (!existsSync(file)) {
    const found = extensions.find((extension) => existsSync(file + extension))
    const meant =
      found === undefined
        ? `Give the path of a module, such as ./engine.js, or one of these names: ${builtInNames().join(', ')}`
        : `Did you mean ${path}${found}?`
    throw new UsageError(`There is no engine at ${path}. ${meant}`)
  }
  if (statSync(file).isDirectory()) {
    throw new UsageError(
      `${path} is a directory. Give the path of the module in it, such as ${path}/engine.js`,
    )
  }
  if (!extensions.includes(extname(file))) {
    throw new UsageError(
      `${path} is no module. An engine's file ends with ${extensions.join(', ')}`,
    )
  }
  return file
}
