/** Finds and reads a black box: what a host wrote down when an engine ended badly. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { BlackBoxFile } from '../host/black-box.js'
import type { EndReason } from '../host/epoch-end.js'
import { stateFolder } from '../platform/text-files.js'
import { compileDecoder } from '../protocol/codec.js'
import { LoadError, UsageError } from './usage-error.js'

const reasons: Readonly<Record<EndReason, null>> = {
  exit: null,
  signal: null,
  failed_to_start: null,
  start_timeout: null,
  stdout_eof: null,
  stdin_closed: null,
  unreadable: null,
  unresponsive: null,
  hang: null,
  silent: null,
  memory: null,
  stopped: null,
}
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value))
const Time = new t.Type<string>(
  'a time as ISO 8601',
  isTime,
  (value, context) => (isTime(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
)
const version = 1
const BlackBox = t.intersection([
  t.type({
    version: t.literal(version),
    engine: t.string,
    key: t.string,
    epoch: t.number,
    command: t.string,
    startedAt: Time,
    endedAt: Time,
    reason: t.keyof(reasons),
    message: t.string,
    end: t.union([
      t.type({ how: t.literal('exited'), exitCode: t.number }),
      t.type({ how: t.literal('killed'), signal: t.string }),
      t.type({ how: t.literal('not-started'), reason: t.string }),
    ]),
    entries: t.array(
      t.type({
        at: Time,
        kind: t.keyof({ '<': null, '>': null, tick: null, event: null }),
        text: t.string,
      }),
    ),
    stderr: t.string,
  }),
  t.partial({ pid: t.number, stack: t.array(t.string) }),
])
const decode = compileDecoder(BlackBox)
const Versioned = t.type({ version: t.number, engine: t.string })

/**
 * The file that was meant: the newest one of a folder, and of the default folder when nothing is named.
 *
 * @throws UsageError when there is none
 */
export const findBlackBox = (path: string = join(stateFolder(), 'black-boxes')): string => {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isFile() === true) return path
  const names = stats?.isDirectory() === true ? readdirSync(path) : []
  const newest = names
    .filter((name) => name.endsWith('.json'))
    .sort() // their names begin with the time
    .at(-1)
  if (newest !== undefined) return join(path, newest)
  throw new UsageError(
    stats === undefined && path.endsWith('.json')
      ? `There is no file ${path}`
      : `There is no black box in ${path}. A host writes one when an engine ends badly`,
  )
}

export interface ReadBlackBox {
  readonly box: BlackBoxFile
  /** As it was written. */
  readonly raw: object
}

/** @throws UsageError when it is no black box, LoadError when it cannot be read */
export const readBlackBox = (file: string): ReadBlackBox => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new LoadError(`${file} cannot be read: ${(error as Error).message}`)
  }
  const raw = parsed(text)
  if (Versioned.is(raw) && raw.version > version)
    throw new LoadError(
      `${file} was written by a newer Sidestream. Update this one: npm install sidestream@latest`,
    )
  const box = decode(raw)
  if (E.isRight(box)) return { box: box.right as BlackBoxFile, raw: raw as object }
  const [problem] = box.left.problems
  const why =
    raw === undefined
      ? 'it is no JSON'
      : `${problem?.path || 'it'}: expected ${problem?.expected}, got ${problem?.got}`
  throw new UsageError(`${file} is no black box: ${why}`)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
