/** Engines for end-to-end tests. They are installed once, in a data folder that later runs find again. */
import { execFileSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Client, connect } from 'sidestream/host'
import type { PythonEngineName } from '../../../src/speech/setup/catalog.js'
import { cli } from '../../cli/sidestream.js'

const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
/** As XDG_DATA_HOME. */
export const dataFolder = join(cache, 'sidestream-speech', 'data')

/**
 * Takes half a minute and half a gigabyte when it is not there yet.
 *
 * @returns variables by which the command and the engines find it
 */
export const installedEngine = (
  engine: PythonEngineName,
  ...models: readonly string[]
): Readonly<Record<string, string>> => {
  const env = { XDG_DATA_HOME: dataFolder }
  const options = models.flatMap((model) => ['--model', model])
  execFileSync(process.execPath, [cli, 'engines', 'install', engine, ...options], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return env
}

/** @returns the built-in engine with one model, as a host starts it */
export const startedEngine = (
  engine: PythonEngineName,
  model: string,
  { cwd, python }: { readonly cwd?: string; readonly python?: string } = {},
): Promise<Client> => {
  const set = python === undefined ? [] : ['--set', `engines.${engine}.python=${python}`]
  return connect({
    command: process.execPath,
    args: [cli, 'run', engine, '--log-level', 'warn', ...set],
    env: installedEngine(engine, model),
    ...(cwd !== undefined && { cwd }),
  })
}
