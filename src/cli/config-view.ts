/** A config as `sidestream config` looks at it: that of one engine, or of whichever. */
import type { ConfigFile } from '../config/config-file.js'
import type { Environment } from '../config/environment.js'
import { noSuchKey } from '../config/key-path.js'
import { ConfigError } from '../config/problem.js'
import {
  type Resolution,
  resolveConfig,
  type Sources,
  type Subject,
  subjectOf,
} from '../config/resolve.js'
import type { Engine } from '../engine/define.js'
import { runtimeConfig } from '../models/runtime-config.js'
import { givenBy, type SettingOptions } from './flags-of.js'
import { hostSection } from './host-config.js'
import { configFile, definitionTree, partOf } from './open-config.js'
import { UsageError } from './usage-error.js'

/** Options that those verbs have in common which look at what is set. */
export const viewKinds = { engine: 'text', config: 'text', set: 'list' } as const

export interface ConfigView {
  readonly subject: Subject
  readonly file: ConfigFile | undefined
  readonly resolution: Resolution
}

/** What a verb prints. */
export interface Answer {
  readonly text: string
  /** For stderr. */
  readonly warnings?: readonly string[]
}

/** Loads the engine that an option names. */
export type Load = (path: string | undefined) => Promise<Engine | undefined>

/** All that can be set, of the host as well. Without an engine, what is its own is not judged. */
export const commandSubject = (engine: Engine | undefined): Subject =>
  subjectOf(
    runtimeConfig({
      host: hostSection,
      ...(engine !== undefined && { engine: partOf(engine) }),
    }) as Subject['codec'],
    engine?.name,
  )

/** @param definition - what the engine's code sets */
export const viewOf = (
  subject: Subject,
  definition: unknown,
  { file, env, flags, folder }: Pick<Sources, 'file' | 'env' | 'flags' | 'folder'>,
): ConfigView => {
  const isKnown = subject.engineName !== undefined
  const resolution = resolveConfig(subject, {
    definition,
    file,
    env: isKnown ? env : without(env, /^SIDESTREAM_ENGINES__/),
    flags: isKnown ? flags : flags.filter(({ key }) => !key.startsWith('engines.')),
    runtime: [],
    folder,
  })
  return { subject, file, resolution }
}

const without = (env: Environment, names: RegExp): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)))

/** @throws ConfigError when the file cannot be read */
export const openView = async (
  options: Pick<SettingOptions, 'set'> & { readonly engine?: string; readonly config?: string },
  load: Load,
): Promise<ConfigView> => {
  const given = givenBy(options)
  const engine = await load(options.engine)
  const file = configFile(given)
  const definition = engine === undefined ? {} : definitionTree(engine)
  return viewOf(commandSubject(engine), definition, {
    file,
    env: process.env,
    flags: given.flags,
    folder: given.folder,
  })
}

/** @throws ConfigError that names all that is wrong */
export const checked = (view: ConfigView): ConfigView => {
  const { config, problems } = view.resolution
  if (config === undefined) throw new ConfigError(problems)
  return view
}

/** Engines with a section in the file that only they can judge. */
export const unjudged = ({ subject, file }: ConfigView): readonly string[] => {
  const { engines } = (file?.value ?? {}) as { readonly engines?: unknown }
  const isSection = typeof engines === 'object' && engines !== null
  return isSection ? Object.keys(engines).filter((name) => name !== subject.engineName) : []
}

/** What to say of a key that is not known, or only with its engine. Below `methods`, any name may be a method's. */
export const noSuchSetting = (key: string, { schema, engineName }: Subject): UsageError => {
  const isOfEngine = engineName === undefined && key.startsWith('engines.')
  const hint = isOfEngine ? ' What an engine has of its own is known with --engine PATH' : ''
  return new UsageError(`${key}: ${noSuchKey(key, schema)}${hint}`)
}
