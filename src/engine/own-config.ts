/** The settings of an engine that nobody configures from outside: its code decides, and what a test gives it. */
import { isRight } from 'fp-ts/lib/Either.js'
import type { ConfigChange, ConfigPort } from '../ports/config.js'
import { type Codec, compileDecoder } from '../protocol/codec.js'
import { invalidParams } from '../protocol/rpc-error.js'

/** What is set of the engine's own section. */
export interface OwnConfig {
  readonly own: unknown
}

/** @throws TypeError for a section that does not fit */
export const fixedConfig = (codec: Codec | undefined, { own }: OwnConfig): ConfigPort => ({
  settings: { own: decodeOwn(codec, own), limits: {}, methods: {}, callShare: 0 },
  use: () => {},
  reload: (cause): ConfigChange => ({
    result: 'unchanged',
    cause,
    changed: [],
    pending: [],
    problems: [],
  }),
  set: () => {
    const problem = { path: '/key', expected: 'a setting of a configured engine', got: 'none' }
    throw invalidParams([problem], 1)
  },
  get: () => [],
  logLevelChanged: () => {},
})

const decodeOwn = (codec: Codec | undefined, own: unknown): unknown => {
  if (codec === undefined) return own
  const decoded = compileDecoder(codec)(own)
  if (isRight(decoded)) return decoded.right
  const [{ path, expected, got } = { path: '', expected: codec.name, got: typeof own }] =
    decoded.left.problems
  throw new TypeError(
    `The engine's config does not fit at ${path || '/'}: expected ${expected}, got ${got}`,
  )
}
