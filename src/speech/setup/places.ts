/** Where engines and models of this user are, and where models of others are looked for. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import envPaths from 'env-paths'
import type { EngineName } from './catalog.js'

export interface Places {
  /** What we have installed. */
  readonly data: string
  /** The cache that Hugging Face's tools share. */
  readonly huggingFace: string
  /** What relative paths are relative to. */
  readonly workingFolder: string
}

/** As the environment of this process says. */
export const userPlaces = (): Places => ({
  data: envPaths('sidestream', { suffix: '' }).data,
  huggingFace: huggingFaceCache(process.env),
  workingFolder: process.cwd(),
})

/** In the order in which huggingface_hub heeds them. */
const huggingFaceCache = ({
  HF_HUB_CACHE,
  HUGGINGFACE_HUB_CACHE,
  HF_HOME,
  XDG_CACHE_HOME,
}: NodeJS.ProcessEnv): string =>
  HF_HUB_CACHE ||
  HUGGINGFACE_HUB_CACHE ||
  join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'), 'hub')

/** What an engine that we install is made of. */
export interface EngineFiles {
  readonly folder: string
  /** Its virtual environment. */
  readonly venv: string
  readonly python: string
  /** Written last, so an installation without it was interrupted. */
  readonly marker: string
  /** Held by who installs it or removes it. */
  readonly lock: string
  /** For what is fetched; on the same disk. */
  readonly temporary: string
}

const isWindows = process.platform === 'win32'

export const engineFiles = (engine: EngineName, { data }: Places): EngineFiles => {
  const folder = join(data, 'engines', engine)
  const venv = join(folder, 'venv')
  return {
    folder,
    venv,
    python: isWindows ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python'),
    marker: join(folder, 'installed.json'),
    lock: join(folder, 'lock'),
    temporary: join(folder, 'tmp'),
  }
}

/** A folder for each model. */
export const modelsFolder = (engine: EngineName, { data }: Places): string =>
  join(data, 'models', engine)
