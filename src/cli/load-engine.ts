/** Loads the engine that `run` serves. */
import { type Engine, isEngine } from '../engine/define.js'
import { exitCodes } from '../engine/lifecycle.js'
import { isPython } from './engine-file.js'
import { UsageError } from './usage-error.js'

type Require = (file: string) => unknown

/**
 * @param path - the file as it was typed, for messages
 * @param require - Node's own
 * @throws UsageError when the module has no engine, LoadError when it cannot be loaded
 */
export const loadEngine = async (file: string, path: string, require: Require): Promise<Engine> => {
  if (isPython(file)) {
    const { pythonHint } = await import('./python-hint.js')
    throw new UsageError(pythonHint(file, path))
  }
  const loaded = await load(file, path, require)
  if (isEngine(loaded)) return loaded // a CommonJS module whose exports are the engine
  const engine = (loaded as { default?: unknown } | undefined)?.default
  if (isEngine(engine)) return engine
  const what = engine === undefined ? 'has no default export' : 'exports no engine as its default'
  throw new UsageError(`${path} ${what}. Write: export default engine({ name, version, methods })`)
}

const load = async (file: string, path: string, require: Require): Promise<unknown> => {
  // Node ends when a module waits for what will never come.
  const tellStuck = (): void => {
    process.off('exit', tellExit)
    process.exitCode = exitCodes.startFailed
    process.stderr.write(
      `sidestream run: ${path} never finished loading: it awaits something that never comes\n`,
    )
  }
  const tellExit = (code: number): void => {
    if (code === exitCodes.outputBroken) return // the parent is gone, and that has been told
    process.exitCode = exitCodes.startFailed
    process.stderr.write(
      `sidestream run: ${path} ended the process with code ${code} while it was loaded\n`,
    )
  }
  process.once('beforeExit', tellStuck)
  process.once('exit', tellExit)
  try {
    if (/ts$/.test(file)) {
      const { registerTypeScript } = await import('./typescript.js')
      await registerTypeScript()
      return await importModule(file)
    }
    return await loadJavaScript(file, require)
  } catch (error) {
    const { loadError } = await import('./load-error.js')
    throw loadError(error, file, path)
  } finally {
    process.off('beforeExit', tellStuck)
    process.off('exit', tellExit)
  }
}

/** `require` loads ES modules too, in half the time of `import()`; all but those that await at their top level. */
const loadJavaScript = async (file: string, require: Require): Promise<unknown> => {
  try {
    return require(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error
    return importModule(file)
  }
}

/** Apart from the core: what V8 has cached cannot import. */
const importModule = async (file: string): Promise<unknown> =>
  (await import('./import-module.js')).importModule(file)
