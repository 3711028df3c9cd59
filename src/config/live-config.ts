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
import { typeName } from '../protocol/codec-names.js'
import { invalidParams } from '../protocol/rpc-error.js'
import type { ConfigFile } from './config-file.js'
import { engineSettings } from './engine-settings.js'
import { type Entry, keyOf, placeOf } from './entry.js'
import type { Environment } from './environment.js'
import { type Flag, nested } from './flags.js'
import { type Found, findKey, noSuchKey } from './key-path.js'
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
  settings: EngineSettings
  file: ConfigFile | undefined
  /** Of the start. */
  readonly warnings: readonly string[]
  /** Told of a config before anybody can see it, and when it is in force. */
  beforeApply: (config: RuntimeConfig) => void = () => {}
  onApply: (config: RuntimeConfig) => void = () => {}
  /** Told when the file has been looked for and read again, whatever came of it. */
  onReload: () => void = () => {}
  private readonly options: LiveConfigOptions
  /** What `config.set` has set. */
  private readonly runtime = new Map<string, Entry>()
  /** All that the layers said when they last fitted. */
  private said: Pick<Resolution, 'entries' | 'winners'>
  private inForce: Winners
  private user: ConfigUser | undefined

  /** @throws ConfigError that names all that is wrong */
  constructor(options: LiveConfigOptions) {
    this.options = options
    this.file = options.file
    const resolution = this.resolve(this.file)
    const { config, winners, problems, warnings } = resolution
    if (config === undefined) throw new ConfigError(problems)
    this.config = config
    this.settings = engineSettings(config, options.subject.engineName)
    this.said = resolution
    this.inForce = winners
    this.warnings = warnings
  }

  use(user: ConfigUser): void {
    this.user = user
  }

  /** Reads the file again, wherever it is now. */
  reload(cause: string): ConfigChange {
    const change = this.readAgain(cause)
    this.onReload()
    return this.told(change)
  }

  private readAgain(cause: string): ConfigChange {
    try {
      const file = this.file?.isRegular === false ? this.file : this.options.find()
      if (file === undefined && this.file !== undefined) {
        const message = 'it is gone; what it set stays in force until the next start'
        throw new ConfigError([{ source: this.file.name, key: '', message }])
      }
      const resolution = this.resolve(file)
      if (resolution.problems.length > 0) throw new ConfigError(resolution.problems)
      const change = this.take(resolution, cause)
      if (change.result !== 'rejected') this.file = file
      return change
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      return rejected(cause, error.problems)
    }
  }

  /** Whatever has become of the file since: only this one setting is judged. */
  set(key: string, value: unknown): ConfigChange {
    const found = this.find(key)
    const { path, node } = found
    if (node.kind !== 'value') throw refused('/key', 'the key of one setting', `the section ${key}`)
    if (node.reload !== 'hot') throw refused('/key', 'a hot setting', `one that is ${node.reload}`)
    if (value === undefined) throw refused('/value', 'a value, or null to take it back', 'missing')
    if (node.isSecret && !isReference(value)) {
      throw refused(
        '/value',
        '{file} or {env}, where the secret is: it would be seen here',
        'a text',
      )
    }
    const place = placeOf(path)
    const entry = value === null ? undefined : this.entryOf(found, value)
    const under = this.said.entries.get(place)?.filter(({ layer }) => layer !== 'runtime') ?? []
    const stack = entry === undefined ? under : [...under, entry]
    const winners = new Map(this.said.winners)
    const best = stack.at(-1)
    if (best === undefined) winners.delete(place)
    else winners.set(place, best)
    const entries = new Map([...this.said.entries, [place, stack] as const])
    const change = this.take({ entries, winners }, 'config.set')
    if (change.result !== 'rejected') {
      if (entry === undefined) this.runtime.delete(place)
      else this.runtime.set(place, entry)
    }
    return this.told(change)
  }

  get(key?: string): readonly SettingInForce[] {
    if (key !== undefined) this.find(key)
    return [...this.inForce.values()]
      .map(({ path, node, value, layer, source }) => ({
        key: keyOf(path),
        value: shownValue({ path, node, value }),
        layer,
        source,
        reload: node.reload,
      }))
      .filter((it) => key === undefined || it.key === key || it.key.startsWith(`${key}.`))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  logLevelChanged(level: LogLevel, module: string | undefined): void {
    this.set(module === undefined ? 'log.level' : `log.modules.${module}`, level)
  }

  /** @throws an RpcError, InvalidParams */
  private find(key: string): Found {
    const { schema } = this.options.subject
    const found = findKey(key, schema)
    if (found === undefined) throw refused('/key', 'the key of a setting', noSuchKey(key, schema))
    return found
  }

  private entryOf({ path }: Found, value: unknown): Entry | undefined {
    const { subject, folder, env } = this.options
    const source = { layer: 'runtime', sourceOf: () => 'config.set', folder, env } as const
    const { entries, problems } = readTree(nested(path, value), subject.schema, source)
    const [problem] = problems
    if (problem !== undefined) throw refused('/value', ...expectedIn(problem, value))
    return entries[0]
  }

  private resolve(file: ConfigFile | undefined): Resolution {
    const { subject, definition, env, flags, folder } = this.options
    const runtime = [...this.runtime.values()]
    return resolveConfig(subject, { definition, file, env, flags, runtime, folder })
  }

  /** Hot settings come into force, the others stay as they were at the start. */
  private take(said: Pick<Resolution, 'entries' | 'winners'>, cause: string): ConfigChange {
    const mixed = this.mix(said.winners)
    if (Array.isArray(mixed)) return rejected(cause, mixed)
    const { next, config } = mixed
    const pending = changes(next, said.winners)
    const changed = changes(this.inForce, next)
    if (changed.length > 0) {
      const settings = engineSettings(config, this.options.subject.engineName)
      const isOwn = changed.some((key) => key.startsWith('engines.'))
      const given = isOwn ? settings : { ...settings, own: this.settings.own }
      this.beforeApply(config)
      const fault = this.user?.apply(given)
      if (fault !== undefined) return rejected(cause, [{ source: '', key: '', message: fault }])
      this.config = config
      this.settings = given
      this.onApply(config)
    }
    this.said = said
    this.inForce = next
    const result = changed.length > 0 ? 'applied' : 'unchanged'
    return { result, cause, changed, pending, problems: [] }
  }

  /** A section that is new may be whole only with what waits for the next start: then all of it waits. */
  private mix(winners: Winners): { next: Winners; config: RuntimeConfig } | Problem[] {
    const waiting = new Set<string>()
    const isTaken = ({ path, node }: Entry): boolean =>
      node.reload === 'hot' && ![...waiting].some((section) => keyOf(path).startsWith(section))
    for (;;) {
      const next = new Map([
        ...[...this.inForce].filter(([, entry]) => !isTaken(entry)),
        ...[...winners].filter(([, entry]) => isTaken(entry)),
      ])
      const config = decodeConfig(this.options.subject, next)
      if (!Array.isArray(config)) return { next, config }
      const sections = config.map(({ key }) => key.slice(0, key.lastIndexOf('.') + 1))
      if (sections.every((section) => section === '' || waiting.has(section))) return config
      for (const section of sections) if (section !== '') waiting.add(section)
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

/** What a problem says of a value, which itself is told to nobody. */
const expectedIn = ({ message }: Problem, value: unknown): [string, string] => {
  const [, expected] = /^expected (.*), found .*$/s.exec(message) ?? []
  return expected === undefined
    ? ['a value that can be read', message]
    : [expected, typeName(value)]
}

const isReference = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && ('file' in value || 'env' in value))
