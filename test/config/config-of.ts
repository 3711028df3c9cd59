/** Configs put together by tests, layer by layer. */
import type * as t from 'io-ts'
import type { ConfigFile } from '../../src/config/config-file.js'
import { LiveConfig } from '../../src/config/live-config.js'
import {
  type Resolution,
  resolveConfig,
  type Sources,
  type Subject,
  subjectOf,
} from '../../src/config/resolve.js'
import { parseTree } from '../../src/config/yaml-tree.js'
import { type ConfigParts, runtimeConfig } from '../../src/models/runtime-config.js'

export const parts = (config?: t.Any, methods: readonly string[] = []): ConfigParts => ({
  engine: { name: 'demo', config, methods, stages: ['limit', 'patient'] },
})

export const subject = (config?: t.Any, methods: readonly string[] = []) => ({
  ...subjectOf(runtimeConfig(parts(config, methods)) as unknown as Subject['codec'], 'demo'),
  engineName: 'demo',
})

/** A file that exists only here. */
export const fileOf = (text: string, name = 'test.yaml'): ConfigFile => ({
  path: `/nowhere/${name}`,
  name,
  folder: '/nowhere',
  text,
  isRegular: true,
  ...parseTree(text, name),
})

export const noSources: Sources = {
  definition: {},
  file: undefined,
  env: {},
  flags: [],
  runtime: [],
  folder: '/nowhere',
}

export const resolved = (about: Subject, sources: Partial<Sources>): Resolution =>
  resolveConfig(about, { ...noSources, ...sources })

/** A config whose file is what `text` holds at the moment. */
export const liveOf = (
  about: ReturnType<typeof subject>,
  text: () => string | undefined,
  sources: Partial<Sources> = {},
): LiveConfig => {
  const { definition, env, flags, folder } = { ...noSources, ...sources }
  const find = (): ConfigFile | undefined => {
    const now = text()
    return now === undefined ? undefined : fileOf(now)
  }
  return new LiveConfig({ subject: about, definition, file: find(), find, env, flags, folder })
}
