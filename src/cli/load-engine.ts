/** Finds the engine that a command names. */
import { existsSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Engine, isEngine } from '../engine/define.js'
import { exitCodes } from '../engine/lifecycle.js'
import { UsageError } from './usage-error.js'

/** Node's own exit code for a module that awaits what never comes. */
const unsettled = 13
const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/**
 * The file of a module that should be an engine.
 *
 * @throws UsageError that says what is wrong with the path
 */
export const engineFile = (path: string): string => {
  const file = resolve(path)
  if (!existsSync(file)) {
    const found = extensions.find((extension) => existsSync(file + extension))
    const meant =
      found === undefined
        ? 'Give the path of a module, such as ./engine.js'
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

/**
 * @param path - the file as it was typed, for messages
 * @throws UsageError when the module has no engine, LoadError when it cannot be loaded
 */
export const loadEngine = async (file: string, path: string): Promise<Engine> => {
  const { default: engine } = await load(file, path)
  if (isEngine(engine)) return engine
  const what = engine === undefined ? 'has no default export' : 'exports no engine as its default'
  throw new UsageError(`${path} ${what}. Write: export default engine({ name, version, methods })`)
}

const load = async (file: string, path: string): Promise<{ default?: unknown }> => {
  // Node ends at once when a module waits for what will never come.
  const tellStuck = (): void => {
    if (process.exitCode !== unsettled) return // the module ended the process
    process.exitCode = exitCodes.startFailed
    process.stderr.write(
      `sidestream run: ${path} never finished loading: it awaits something that never comes\n`,
    )
  }
  process.once('exit', tellStuck)
  try {
    if (/ts$/.test(file)) {
      const { registerTypeScript } = await import('./typescript.js')
      await registerTypeScript()
    }
    return (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    const { loadError } = await import('./load-error.js')
    throw loadError(error, file, path)
  } finally {
    process.off('exit', tellStuck)
  }
}
