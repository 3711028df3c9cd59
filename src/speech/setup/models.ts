/** Models on this machine. Nothing is started for it, and nothing fetched. */
import { readdir } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type RpcError, rpcError } from '../../protocol/rpc-error.js'
import type { FoundModel } from '../backend.js'
import { type EngineName, sourcesOf, whisperAliases, whisperRepositories } from './catalog.js'
import { isFolder } from './folders.js'
import { repositoriesIn, repositoryFolder, snapshotIn } from './hugging-face.js'
import { modelIn } from './model-folder.js'
import { engineFiles, modelsFolder, type Places, userPlaces } from './places.js'
import { sitePackagesIn } from './site-packages.js'

/**
 * All that have a name: in our folder of models, in packages of the engine's Python, and in Hugging Face's cache. Of
 * several with one name, it is the one that {@link findModel} finds.
 */
export const findModels = async (
  engine: EngineName,
  places: Places = userPlaces(),
): Promise<readonly FoundModel[]> => {
  const found = new Map<string, FoundModel>()
  for (const { name, path } of await candidates(engine, places)) {
    if (found.has(name)) continue
    const model = await modelIn(engine, name, path)
    if (model !== undefined) found.set(name, { ...model, ...licenceOf(engine, name) })
  }
  return [...found.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}

/**
 * The folder of a model. A path is taken as it is: what is wrong with a folder, who loads it says better.
 *
 * @param wanted - a name, or a path: absolute, or with a slash in it, or of a folder that is there
 * @returns ModelNotFound with all places where it was looked for
 */
export const findModel = async (
  engine: EngineName,
  wanted: string,
  places: Places = userPlaces(),
): Promise<E.Either<RpcError, string>> => {
  const looked: string[] = []
  for (const place of placesOf(engine, wanted, places)) {
    const { folder, found } = await place()
    if (found !== undefined) return E.right(found)
    looked.push(folder)
  }
  return E.left(
    rpcError(
      'ModelNotFound',
      `There is no model ${wanted} for ${engine}. Looked in ${looked.join(', ')}. ${advice(engine, wanted)}`,
      { model: wanted, engine, looked, hint: advice(engine, wanted) },
    ),
  )
}

type Place = () => Promise<{ readonly folder: string; readonly found: string | undefined }>

const at = (folder: string): Place => {
  return async () => ({ folder, found: (await isFolder(folder)) ? folder : undefined })
}

const isPath = (wanted: string): boolean =>
  isAbsolute(wanted) || /[\\/]/.test(wanted) || /^\.*$/.test(wanted)

const placesOf = (engine: EngineName, wanted: string, places: Places): readonly Place[] => {
  const itself = resolve(places.workingFolder, wanted)
  const inCache = cached(engine, wanted, places)
  if (isPath(wanted)) return [at(itself), ...inCache]
  return [
    at(join(modelsFolder(engine, places), wanted)),
    ...sourcesOf(engine)
      .filter(({ name }) => name === wanted)
      .flatMap(({ folders }) => packaged(engine, folders, places)),
    ...inCache,
    at(itself),
  ]
}

/** A model whose parts are in several packages is none until they are joined. */
const packaged = (
  engine: EngineName,
  folders: readonly string[],
  places: Places,
): readonly Place[] => {
  const [inside, another] = folders
  if (inside === undefined || another !== undefined) return []
  const { venv } = engineFiles(engine, places)
  return [
    async () => {
      const packages = await sitePackagesIn(venv)
      return packages === undefined
        ? { folder: venv, found: undefined }
        : at(join(packages, inside))()
    },
  ]
}

const cached = (engine: EngineName, wanted: string, { huggingFace }: Places): readonly Place[] => {
  const repository = repositoryOf(engine, wanted)
  if (repository === undefined) return []
  const folder = repositoryFolder(huggingFace, repository)
  return [async () => ({ folder, found: await snapshotIn(folder) })]
}

/** `ORG/NAME` is one of any engine. */
const repositoryOf = (engine: EngineName, wanted: string): string | undefined => {
  if (/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(wanted)) return wanted
  if (engine !== 'faster-whisper') return undefined
  const name = Object.hasOwn(whisperAliases, wanted) ? whisperAliases[wanted] : wanted
  return name !== undefined && Object.hasOwn(whisperRepositories, name)
    ? whisperRepositories[name]
    : undefined
}

const candidates = async (
  engine: EngineName,
  places: Places,
): Promise<readonly { readonly name: string; readonly path: string }[]> => {
  const own = modelsFolder(engine, places)
  const names = (await readdir(own).catch(() => [])).filter((name) => !name.startsWith('.'))
  const packages = await sitePackagesIn(engineFiles(engine, places).venv)
  const shipped = sourcesOf(engine).flatMap(({ name, folders: [inside = '', another] }) =>
    packages === undefined || another !== undefined ? [] : [{ name, path: join(packages, inside) }],
  )
  const cached = await Promise.all(
    (await repositoriesIn(places.huggingFace)).map(async (repository) => {
      const path = await snapshotIn(repositoryFolder(places.huggingFace, repository))
      return path === undefined ? [] : [{ name: shortName(engine, repository), path }]
    }),
  )
  return [...names.map((name) => ({ name, path: join(own, name) })), ...shipped, ...cached.flat()]
}

const shortName = (engine: EngineName, repository: string): string =>
  (engine === 'faster-whisper' &&
    Object.keys(whisperRepositories).find((name) => whisperRepositories[name] === repository)) ||
  repository

const licenceOf = (engine: EngineName, name: string): { licence?: string } => {
  const licence = sourcesOf(engine).find((source) => source.name === name)?.licence
  return licence === undefined ? {} : { licence }
}

const advice = (engine: EngineName, wanted: string): string => {
  const names = sourcesOf(engine).map(({ name }) => name)
  const [first] = names.includes(wanted) ? [wanted] : names
  return first === undefined
    ? `Give the path of a folder that has one.`
    : `To get ${first === wanted ? 'it' : `one of ${names.join(', ')}`}: npx sidestream engines install ${engine} --model ${first}`
}
