/** A speech engine whose work is done by a module of `sidestream_bridge.speech`. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { openBridge } from '../bridge/bridge.js'
import { pythonCommand } from '../bridge/python.js'
import type { SpeechCapabilities } from '../models/engine-info.js'
import { path } from '../protocol/file-path.js'
import { optional, setting } from '../protocol/setting.js'
import { packageVersion } from '../version.js'
import { childBackend } from './child-backend.js'
import { libraryLog } from './library-log.js'
import type { PythonEngineName } from './setup/catalog.js'
import { pythonOf } from './setup/installed.js'
import { findModel, findModels } from './setup/models.js'
import { speechEngine } from './speech-engine.js'

export interface PythonSpeechDefinition {
  readonly name: PythonEngineName
  readonly description: string
  readonly capabilities: SpeechCapabilities
  /** Names of the options that only it has. */
  readonly engineOptions: readonly string[]
  readonly companions?: readonly string[]
  /** Settings of its own, which are params of `load` beside those of a request. */
  readonly loadSettings?: t.Props
}

/** Proxies and folders of caches and temporary files, and what its libraries are told by their own variables. */
const inherited = ['CUDA_*', 'CT2_*', 'HF_*', 'LD_LIBRARY_PATH', 'OMP_*', 'TMPDIR', 'XDG_*']

/**
 * For glibc, in bytes: what is larger goes back to the system when it is freed, what is smaller is kept for the next half
 * minute of audio. By itself it raises the first limit with what is freed, until features of minutes lie among what stays,
 * and memory grows with the audio; half of each limit would cost 7 % of the time, for pages that are asked for anew.
 */
const ofLargeArrays = {
  MALLOC_MMAP_THRESHOLD_: String(8 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(64 * 2 ** 20),
}

export const pythonSpeechEngine = ({
  name,
  description,
  loadSettings = {},
  ...definition
}: PythonSpeechDefinition) => {
  const module = `sidestream_bridge.speech.${name.replaceAll('-', '_')}`
  let settings: Readonly<Record<string, unknown>> & { readonly python?: string } = {}
  const findPython = () => {
    const { python } = settings
    return pythonOf(name, python === undefined ? {} : { python })
  }
  const backend = childBackend({
    ...definition,
    loadParams: () =>
      Object.fromEntries(Object.keys(loadSettings).map((key) => [key, settings[key]])),
    models: () => findModels(name),
    async pathOf(model) {
      const found = await findModel(name, model)
      if (isLeft(found)) throw found.left
      return found.right
    },
    openBridge: (log) =>
      openBridge({
        log: libraryLog(log),
        async command() {
          const found = await findPython()
          if (isLeft(found)) return found.left
          return pythonCommand({
            module,
            python: found.right,
            inherit: inherited,
            env: ofLargeArrays,
          })
        },
      }),
  })
  return speechEngine({
    name,
    version: packageVersion,
    description,
    backend,
    health: {
      async python() {
        const found = await findPython()
        return isLeft(found) ? { status: 'failing', reason: found.left.message } : undefined
      },
    },
    config: {
      python: setting(optional(path), {
        description: `Python that has the packages of ${name}. Default: that of \`sidestream engines install ${name}\`.`,
      }),
      ...loadSettings,
    },
    configure: ({ config }) => {
      settings = config as typeof settings
    },
  })
}
