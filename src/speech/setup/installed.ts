/** The Python that an engine runs on. */
import { access, constants } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import { type PythonEngineName, pythonEngines } from './catalog.js'
import { type Marker, readMarker } from './marker.js'
import { engineFiles, type Places, userPlaces } from './places.js'

export interface PythonSettings {
  /** One that has the engine's packages already, in place of ours: a path, or a command to be found in PATH. */
  readonly python?: string
}

/**
 * Looks at files only, so it costs no start of a Python.
 *
 * @returns the interpreter; or DependencyMissing with the command that helps
 */
export const pythonOf = async (
  engine: PythonEngineName,
  { python }: PythonSettings = {},
  places: Places = userPlaces(),
): Promise<E.Either<RpcError, string>> => {
  if (python !== undefined) return isAbsolute(python) ? given(engine, python) : E.right(python)
  const state = await stateOf(engine, places)
  switch (state.is) {
    case 'installed':
      return E.right(engineFiles(engine, places).python)
    case 'missing':
      return missing(engine, `${engine} is not installed`, 'install')
    case 'unfinished':
      return missing(engine, `The installation of ${engine} was not finished`, 'install')
    case 'broken':
      return missing(engine, `The Python of ${engine} is gone: ${state.python}`, 'reinstall')
  }
}

export type InstallState =
  | { readonly is: 'missing' }
  | { readonly is: 'unfinished' }
  /** There, but what it was made from is not: Python was updated or removed. */
  | { readonly is: 'broken'; readonly python: string; readonly marker: Marker }
  | { readonly is: 'installed'; readonly version: string; readonly marker: Marker }

export const stateOf = async (
  engine: PythonEngineName,
  places: Places = userPlaces(),
): Promise<InstallState> => {
  const files = engineFiles(engine, places)
  const marker = await readMarker(files.marker)
  const runs = await isRunnable(files.python)
  if (marker === undefined) return { is: (await isThere(files.venv)) ? 'unfinished' : 'missing' }
  if (!runs) return { is: 'broken', python: files.python, marker }
  const version = marker.versions[pythonEngines[engine].distribution] ?? 'unknown'
  return { is: 'installed', version, marker }
}

const given = async (
  engine: PythonEngineName,
  python: string,
): Promise<E.Either<RpcError, string>> =>
  (await isRunnable(python))
    ? E.right(python)
    : E.left(
        rpcError(
          'DependencyMissing',
          `There is no Python at ${python}, which ${engine} is set to`,
          {
            engine,
            python,
          },
        ),
      )

const missing = (
  engine: PythonEngineName,
  what: string,
  verb: 'install' | 'reinstall',
): E.Either<RpcError, never> => {
  const command = installCommand(engine)
  const hint = verb === 'install' ? `To install it: ${command}` : `To install it anew: ${command}`
  return E.left(rpcError('DependencyMissing', `${what}. ${hint}`, { engine, hint, command }))
}

export const installCommand = (engine: string): string => `npx sidestream engines install ${engine}`

/** Follows the link that a virtual environment has in the place of a Python. */
const isRunnable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
