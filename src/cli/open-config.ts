/** Reads the config of an engine, and puts it to work. */

import { resolve } from 'node:path'
import { type ConfigFile, findFile, type Reading, readFile } from '../config/config-file.js'
import { LiveConfig } from '../config/live-config.js'
import { resolveConfig, type Subject, subjectOf } from '../config/resolve.js'
import { secretsIn } from '../config/secrets-in.js'
import { fileWatch } from '../config/watch.js'
import type { Engine } from '../engine/define.js'
import { methodsAndGroups } from '../engine/specs.js'
import type { LogSettings } from '../logging/log-settings.js'
import type { StderrLogger } from '../logging/stderr-logger.js'
import { RuntimeConfig, runtimeConfig } from '../models/runtime-config.js'
import { realClock } from '../ports/clock.js'
import type { LogLevel } from '../ports/logger.js'
import { configFolders } from './config-folders.js'
import { configFileNames, type Given } from './config-sources.js'

/** The file that was named, or is found. @throws ConfigError when it cannot be read */
export const configFile = (
  { file, folder }: Pick<Given, 'file' | 'folder'>,
  reading: Reading = 'first',
): ConfigFile | undefined => {
  const named = file ?? (process.env['SIDESTREAM_CONFIG'] || undefined)
  const path =
    named === undefined ? findFile(configFolders(folder), configFileNames) : resolve(folder, named)
  return path === undefined ? undefined : readFile(path, reading)
}

/** What is in force before an engine is known, as far as it fits; what does not is told when all is read. */
export const earlyConfig = (
  file: ConfigFile | undefined,
  given: Given,
): Pick<RuntimeConfig, 'log' | 'parentWatch' | 'telemetry'> | undefined => {
  const subject = subjectOf(RuntimeConfig, undefined)
  const { folder } = given
  const flags = given.flags.filter(({ key }) => !key.startsWith('engines.'))
  const sources = {
    definition: {},
    file,
    env: process.env,
    flags,
    runtime: [],
    folder,
  }
  return resolveConfig(subject, sources).config
}

/** Config of an engine: its own section and its methods among what is known. */
const subjectFor = (engine: Engine) => ({
  ...subjectOf(runtimeConfig({ engine: partOf(engine) }) as Subject['codec'], engine.name),
  engineName: engine.name,
})

/** What a config may say of an engine. */
export const partOf = ({ name, config, methods = {}, stages = {} }: Engine) => ({
  name,
  config,
  methods: methodsAndGroups(methods).map(([pattern]) => pattern),
  stages: ['limit', ...Object.keys(stages)],
})

/**
 * @param file - as it was when it was first read
 * @throws ConfigError that names all that is wrong
 */
export const openConfig = (
  engine: Engine,
  given: Given,
  file: ConfigFile | undefined,
  log: StderrLogger,
): LiveConfig => {
  const live = new LiveConfig({
    subject: subjectFor(engine),
    definition: definitionTree(engine),
    file,
    find: () => configFile(given, 'again'),
    env: process.env,
    flags: given.flags,
    folder: given.folder,
  })
  // Secrets are hidden before anybody can tell them.
  live.beforeApply = (config) => log.configure(logSettings(live.config), secretsIn(config))
  live.onApply = (config) => log.configure(logSettings(config), secretsIn(config))
  live.onApply(live.config)
  for (const warning of live.warnings) log.warn({}, warning)
  watchConfig(live, log)
  return live
}

/** Follows the file that a config is read from, which may be another one after it has been looked for again. */
const watchConfig = (live: LiveConfig, log: StderrLogger): void => {
  const watch = fileWatch({
    clock: realClock,
    onChange: () => live.reload(`${live.file?.name} changed`),
    onError: (err) =>
      log.warn({ err }, 'The config file is not watched any more: send SIGHUP when it has changed'),
  })
  const follow = (): void => {
    const { file } = live
    watch.follow(file?.isRegular === true ? file.path : undefined, file?.text ?? '')
  }
  live.onReload = follow
  follow()
}

export const logSettings = ({ log }: Pick<RuntimeConfig, 'log'>): LogSettings => {
  const { file, level, modules, redact, format } = log
  return {
    level: level as LogLevel,
    modules: modules as LogSettings['modules'],
    redact,
    format,
    file:
      file.path === undefined
        ? undefined
        : { path: file.path, maxBytes: file.maxSize, maxAgeMs: file.maxAge, keep: file.keep },
  }
}

/** What an engine's code sets, as a file would. */
export const definitionTree = (engine: Engine): unknown => {
  const { deadline, limit, drain, limits, errors, methods } = engine
  return {
    deadline: finite(deadline),
    drain: finite(drain),
    errors: { expose: errors?.expose },
    limits: { ...limits, ...ofCalls(limit) },
    methods: Object.fromEntries(
      methodsAndGroups(methods ?? {}).map(([name, own]) => [
        name,
        { deadline: finite(own.deadline), limits: ofCalls(own.limit) },
      ]),
    ),
  }
}

const ofCalls = ({ concurrency, queue }: NonNullable<Engine['limit']> = {}) => ({
  maxInFlight: finite(concurrency),
  maxQueued: finite(queue),
})

/** Without a bound there is nothing to set. */
const finite = <T>(value: T): T | undefined =>
  value === Number.POSITIVE_INFINITY ? undefined : value
