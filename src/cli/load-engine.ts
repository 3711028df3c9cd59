/** Finds the engine that a command names. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Engine, isEngine } from '../engine/define.js'
import { UsageError } from './usage-error.js'

/** @throws UsageError that says what is wrong with the path or the module */
export const loadEngine = async (path: string): Promise<Engine> => {
  const file = resolve(path)
  if (!existsSync(file)) {
    throw new UsageError(`There is no engine at ${path}. Give the path of a module, such as ./engine.js`)
  }
  if (statSync(file).isDirectory()) {
    throw new UsageError(`${path} is a directory. Give the path of the module in it, such as ${path}/engine.js`)
  }
  if (/\.[cm]?ts$/.test(file)) {
    const { registerTypeScript } = await import('./typescript.js')
    registerTypeScript()
  }
  const { default: engine } = (await import(pathToFileURL(file).href)) as { default?: unknown }
  if (!isEngine(engine)) {
    throw new UsageError(`${path} has no engine as its default export. Write: export default engine({ name, version, methods })`)
  }
  return engine
}
