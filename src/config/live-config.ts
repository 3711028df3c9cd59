/** The config of a running engine: read again when asked, and put in force as a whole or not at all. */
import { isDeepStrictEqual } from 'node:util'
import type { RuntimeConfig } from '../models/runtime-config.js'
import type {
  ConfigChange,
  ConfigPort,
  ConfigUser,
  EngineSettings,
  SettingInForce,
} from '../ports/config.js'
import type { LogLevel } from '../ports/logger.js'
import { invalidParams } from '../protocol/rpc-error.js'
import type { ConfigFile } from './config-file.js'
import { engineSettings } from './engine-settings.js'
import { type Entry, keyOf, placeOf } from './entry.js'
import type { Environment } from './environment.js'
import { type Flag, nested } from './flags.js'
import { findKey, noSuchKey } from './key-path.js'
import { shownValue } from './print.js'
import { ConfigError, type Problem } from './problem.js'
import { readTree } from './read-tree.js'
import {
  decodeConfig,
  type Resolution,
  resolveConfig,
  type Subject,
  type Winners,
} from './resolve.js'

export interface LiveConfigOptions {
  readonly subject: Subject & { readonly engineName: string }
  readonly definition: unknown
  /** As it was when it was first read. */
  readonly file: ConfigFile | undefined
  /** Reads the file, wherever it is now. Throws a ConfigError. */
  readonly find: () => ConfigFile | undefined
  readonly env: Environment
  readonly flags: readonly Flag[]
  readonly folder: string
}

export class LiveConfig implements ConfigPort {
  /** In force. */
  config: RuntimeConfig
  file: ConfigFile | undefined
  /** Of the start. */
  readonly warnings: readonly string[]
  /** Told of every config that is in force from then on. */
  onApply: (config: RuntimeConfig) => void = () => {}
  private readonly options: LiveConfigOptions
  private readonly runtime = new Map<string, Entry>()
  private inForce: Winners
  private user: ConfigUser | undefined

  /** @throws ConfigError that names all that is wrong */
  constructor(options: LiveConfigOptions) {
    this.options = options
    this.file = options.file
    const { config, winners, problems, warnings } = this.resolve(this.file)
    if (config === undefined) throw new ConfigError(problems)
    this.config = config
    this.inForce = winners
    this.warnings = warnings
  }

  get settings(): EngineSettings {
    return engineSettings(this.config, this.options.subject.engineName)
  }

  use(user: ConfigUser): void {
    this.user = user
  }

  /** Reads the file again, wherever it is now. */
  reload(cause: string): ConfigChange {
    let file: ConfigFile | undefined
    try {
      file = this.file?.isRegular === false ? this.file : this.options.find()
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return this.told(rejected(cause, error.problems))
    }
    return this.told(this.take(file, cause))
  }

  set(key: string, value: unknown): ConfigChange {
    const { schema } = this.options.subject
    const found = findKey(key, schema)
    if (found === undefined) throw refused('/key', 'the key of a setting', noSuchKey(key, schema))
    const { path, node } = found
    if (node.kind !== 'value') throw refused('/key', 'the key of one setting', `the section ${key}`)
    if (node.reload !== 'hot') throw refused('/key', 'a hot setting', `one that is ${node.reload}`)
    const before = new Map(this.runtime)
    this.runtime.delete(placeOf(path))
    if (value !== null) {
      const { folder, env } = this.options
      const sourceOf = () => 'config.set'
      const source = { layer: 'runtime', sourceOf, folder, env } as const
      const { entries, problems } = readTree(nested(path, value), schema, source)
      const [entry] = entries
      if (entry !== undefined) this.runtime.set(placeOf(path), entry)
      const [problem] = problems
      if (problem !== undefined) {
        this.keep(before)
        throw refused('/value', expectedIn(problem), 'another value')
      }
    }
    const change = this.take(this.file, 'config.set')
    if (change.result === 'rejected') this.keep(before)
    return this.told(change)
  }

  get(prefix = ''): readonly SettingInForce[] {
    return [...this.inForce.values()]
      .map(({ path, node, value, layer, source }) => ({
        key: keyOf(path),
        value: shownValue({ path, node, value }),
        layer,
        source,
        reload: node.reload,
      }))
      .filter(({ key }) => prefix === '' || key === prefix || key.startsWith(`${prefix}.`))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  logLevelChanged(level: LogLevel, module: string | undefined): void {
    this.set(module === undefined ? 'log.level' : `log.modules.${module}`, level)
  }

  private resolve(file: ConfigFile | undefined): Resolution {
    const { subject, definition, env, flags, folder } = this.options
    const runtime = [...this.runtime.values()]
    return resolveConfig(subject, { definition, file, env, flags, runtime, folder })
  }

  private keep(runtime: ReadonlyMap<string, Entry>): void {
    this.runtime.clear()
    for (const [place, entry] of runtime) this.runtime.set(place, entry)
  }

  /** Hot settings come into force, the others stay as they were at the start. */
  private take(file: ConfigFile | undefined, cause: string): ConfigChange {
    const { winners, problems } = this.resolve(file)
    if (problems.length > 0) return rejected(cause, problems)
    const isHot = ({ node }: Entry): boolean => node.reload === 'hot'
    const next = new Map([
      ...[...this.inForce].filter(([, entry]) => !isHot(entry)),
      ...[...winners].filter(([, entry]) => isHot(entry)),
    ])
    const pending = changes(next, winners)
    const changed = changes(this.inForce, next)
    if (changed.length > 0) {
      const config = decodeConfig(this.options.subject, next)
      if (Array.isArray(config)) return rejected(cause, config)
      const settings = engineSettings(config, this.options.subject.engineName)
      const fault = this.user?.apply(settings)
      if (fault !== undefined) return rejected(cause, [{ source: '', key: '', message: fault }])
      this.config = config
      this.onApply(config)
    }
    this.file = file
    this.inForce = next
    return {
      result: changed.length > 0 ? 'applied' : 'unchanged',
      cause,
      changed,
      pending,
      problems,
    }
  }

  private told(change: ConfigChange): ConfigChange {
    this.user?.looked(change)
    return change
  }
}

const rejected = (cause: string, problems: readonly Problem[]): ConfigChange => ({
  result: 'rejected',
  cause,
  changed: [],
  pending: [],
  problems,
})

/** Keys whose values differ, those that one side does not have among them. */
const changes = (from: Winners, to: Winners): readonly string[] =>
  [...new Set([...from.keys(), ...to.keys()])]
    .filter((place) => !isDeepStrictEqual(from.get(place)?.value, to.get(place)?.value))
    .map((place) => keyOf((from.get(place) ?? (to.get(place) as Entry)).path))

const refused = (path: string, expected: string, got: string) =>
  invalidParams([{ path, expected, got }], 1)

/** Of a message such as `expected a number, found "x"`: the value is told to nobody. */
const expectedIn = ({ message }: Problem): string =>
  message.replace(/^expected /, '').replace(/, found .*$/s, '')
