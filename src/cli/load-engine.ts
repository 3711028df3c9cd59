/** Loads the engine that `run` serves. */
import { pathToFileURL } from 'node:url'
import { type Engine, isEngine } from '../engine/define.js'
import { exitCodes } from '../engine/lifecycle.js'
import { UsageError } from './usage-error.js'

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
  // Node ends when a module waits for what will never come.
  const tellStuck = (): void => {
    process.exitCode = exitCodes.startFailed
    process.stderr.write(
      `sidestream run: ${path} never finished loading: it awaits something that never comes\n`,
    )
  }
  process.once('beforeExit', tellStuck)
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
    process.off('beforeExit', tellStuck)
  }
}
