/** The file of `sidestream host --config`: what `supervise()` takes, as JSON. */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Strategy } from '../host/supervision.js'
import type { EngineSpecs } from '../host/supervisor.js'
import { compileDecoder } from '../protocol/codec.js'
import { type Duration, toMs } from '../protocol/duration.js'
import { didYouMean } from '../protocol/nearest.js'
import type { ParamProblem } from '../protocol/rpc-error.js'
import { printable } from './style.js'
import { ConfigError } from './usage-error.js'

export interface HostConfig {
  readonly strategy?: Strategy
  readonly engines: EngineSpecs
}

const isDuration = (value: unknown): value is Duration => {
  try {
    return toMs(value as Duration) > 0
  } catch {
    return false
  }
}
const Time = new t.Type<Duration>(
  'a duration such as 500 (ms), "30s" or "5m"',
  isDuration,
  (value, context) => (isDuration(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
)
const strings = t.array(t.string)

const budget = { most: t.number, within: Time }
/** Objects in an engine's own, by their keys. */
const parts = {
  limits: { messageBytes: t.number, replyBytes: t.number, bufferBytes: t.number },
  backoff: { base: Time, factor: t.number, cap: Time },
  startFailures: budget,
  crashes: budget,
  liveness: { every: Time, timeout: Time, misses: t.number, blockedFor: Time },
  pool: { min: t.number, max: t.number, idleFor: Time },
  recycle: { calls: t.number, age: Time, memoryBytes: t.number },
}
const closed = <P extends t.Props>(props: P) => t.exact(t.partial(props))
const restart = {
  type: t.keyof({ permanent: null, transient: null, temporary: null }),
  goodExitCodes: t.array(t.number),
  backoff: closed(parts.backoff),
  stableFor: Time,
  startFailures: t.strict(budget),
  crashes: t.strict(budget),
}
const optional = {
  args: strings,
  cwd: t.string,
  env: t.record(t.string, t.string),
  inherit: t.union([t.literal('all'), strings]),
  sha256: t.string,
  framing: t.keyof({ ndjson: null, 'content-length': null }),
  limits: closed(parts.limits),
  restart: closed(restart),
  startup: Time,
  liveness: closed(parts.liveness),
  pool: t.union([t.number, closed(parts.pool)]),
  recycle: closed(parts.recycle),
  maxMemoryBytes: t.number,
  idempotent: strings,
  replays: t.number,
  queue: t.number,
  grace: Time,
}
const required = { command: t.string }
const Spec = t.exact(t.intersection([t.type(required), t.partial(optional)]))
const File = t.exact(
  t.intersection([
    t.type({ engines: t.record(t.string, Spec) }),
    t.partial({ strategy: t.keyof({ one_for_one: null, one_for_all: null, rest_for_one: null }) }),
  ]),
)
const decode = compileDecoder(File)

/** @throws ConfigError that names the file, the place, and what is wrong there */
export const readHostConfig = (path: string): HostConfig => {
  const problem = (text: string): ConfigError => new ConfigError(`${path} ${text}`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw problem(`cannot be read: ${(error as Error).message}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    throw problem(`is no JSON: ${printable(message)}${lineOf(message, text)}`)
  }
  const config = decode(value)
  if (E.isRight(config)) return config.right as HostConfig // a key that is undefined is none in JSON
  const { problems, count } = config.left
  const more = count > problems.length ? [`  and ${count - problems.length} more`] : []
  throw problem(['does not fit:', ...problems.map(problemText), ...more].join('\n'))
}

/** Node tells where by a number of characters, if at all. */
const lineOf = (message: string, text: string): string => {
  const [, position] = /at position (\d+)/.exec(message) ?? []
  if (position === undefined || message.includes('line ')) return ''
  return ` (line ${text.slice(0, Number(position)).split('\n').length})`
}

const problemText = ({ path, expected, got }: ParamProblem): string => {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const place = keys.join('.') || 'the file'
  if (expected !== 'no such key') return `  ${place}: expected ${expected}, got ${got}`
  const key = keys.pop() as string
  return `  ${place}: there is no such key.${didYouMean(key, knownAt(keys))}`
}

const knownAt = (keys: readonly string[]): readonly string[] => {
  if (keys.length === 0) return ['engines', 'strategy']
  if (keys.length === 2) return Object.keys({ ...required, ...optional })
  const known: Readonly<Record<string, object>> = { ...parts, restart }
  return Object.keys(known[keys.at(-1) as string] ?? {})
}
