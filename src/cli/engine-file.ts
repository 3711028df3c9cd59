/** Finds the file of the engine that a command names. */
import { existsSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { didYouMean } from '../protocol/nearest.js'
import { builtInEngine, builtInNames } from './built-in-engines.js'
import { UsageError } from './usage-error.js'

/** Of modules that can be engines. */
export const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts']

/** Such an engine is a process of Python: it can be started, and not loaded. */
export const isPython = (path: string): boolean => extname(path) === '.py'

/**
 * The file of a module that should be an engine, or of a Python program.
 *
 * @param path - or the name of an engine that is built in
 * @throws UsageError that says what is wrong with the path
 */
export const engineFile = (path: string): string => {
  const builtIn = builtInEngine(path)
  if (builtIn !== undefined) return builtIn
  const file = resolve(path)
  if (!existsSync(file)) {
    const found = [...extensions, '.py'].find((extension) => existsSync(file + extension))
    const names = builtInNames()
    const meant =
      found === undefined
        ? `Give the path of a module, such as ./engine.js, or one of these names: ${names.join(', ')}.${didYouMean(path, names)}`
        : `Did you mean ${path}${found}?`
    throw new UsageError(`There is no engine at ${path}. ${meant}`)
  }
  if (statSync(file).isDirectory()) {
    throw new UsageError(
      `${path} is a directory. Give the path of the module in it, such as ${path}/engine.js`,
    )
  }
  if (!extensions.includes(extname(file)) && !isPython(file)) {
    throw new UsageError(
      `${path} is no module. An engine's file ends with ${extensions.join(', ')}, or .py`,
    )
  }
  return file
}
