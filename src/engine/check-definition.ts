/** What is wrong with a definition, said where it is written: JavaScript has no compiler to do so. */

import { checkLimit } from '../../pipelines/limit.js'
import type { ErrorSettings } from '../../pipelines/map-errors.js'
import type { Codec } from '../protocol/codec.js'
import { type Duration, toMs } from '../protocol/duration.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import { reservedPrefixOf } from '../protocol/reserved-names.js'
import type { Expose } from '../protocol/wire-error.js'
import type {
  AnyMethod,
  CallSettings,
  Engine,
  EngineDefinition,
  Methods,
  NotificationDefinition,
} from './define.js'

const settingKeys = ['deadline', 'limit', 'calls'] satisfies (keyof CallSettings)[]
const methodKeys = [
  ...settingKeys,
  'params',
  'result',
  'progress',
  'partial',
  'description',
  'errors',
  'idempotent',
  'handler',
  'stream',
] satisfies (keyof AnyMethod)[]
const notificationKeys = [
  'params',
  'description',
  'handler',
] satisfies (keyof NotificationDefinition)[]
const engineKeys = [
  ...settingKeys,
  'name',
  'version',
  'description',
  'capabilities',
  'methods',
  'notifications',
  'replies',
  'errors',
  'health',
  'limits',
  'drain',
  'config',
  'stages',
  'onStart',
  'onStop',
] satisfies (keyof Engine)[]

/** @throws TypeError that names what is wrong */
export const checkDefinition = (definition: EngineDefinition): void => {
  checkObject('An engine', definition ?? null)
  const { name, version, methods = {}, notifications = {} } = definition
  if (typeof name !== 'string' || name === '') throw new TypeError('An engine needs a name')
  if (typeof version !== 'string' || version === '') {
    throw new TypeError(`The engine ${name} needs a version, such as '1.0.0'`)
  }
  checkKeys(`The engine ${name}`, definition, engineKeys)
  checkSettings(name, definition)
  for (const hook of ['replies', 'onStart', 'onStop'] as const) {
    checkFunction(`${name}: ${hook}`, definition[hook])
  }
  for (const setting of [
    'capabilities',
    'methods',
    'notifications',
    'health',
    'limits',
    'errors',
    'stages',
  ] as const) {
    checkObject(`${name}: ${setting}`, definition[setting])
  }
  if (definition.errors !== undefined) checkErrors(name, definition.errors)
  for (const [check, run] of Object.entries(definition.health ?? {})) {
    checkFunction(`health.${check}`, run ?? null)
  }
  checkCodec(`${name}: config`, definition.config)
  for (const [stage, operator] of Object.entries(definition.stages ?? {})) {
    checkFunction(`${name}: stages.${stage}`, operator ?? null)
  }
  if (definition.drain !== undefined) naming(name, () => toMs(definition.drain as Duration))
  if (definition.limits !== undefined) checkLimits(definition.limits)
  checkMethods(methods, '', new Set())
  for (const [notified, told] of Object.entries(notifications)) {
    checkName(notified)
    checkObject(`The notification ${notified}`, told ?? null)
    checkCodec(`${notified}: params`, told.params)
    checkKeys(`The notification ${notified}`, told, notificationKeys)
    if (typeof told.handler !== 'function') throw new TypeError(`${notified} has no handler`)
  }
}

const checkMethods = (methods: Methods, prefix: string, known: Set<string>): void => {
  for (const [key, definition] of Object.entries(methods)) {
    const name = `${prefix}${key}`
    if (typeof definition !== 'object' || definition === null) {
      throw new TypeError(`${name} is no method: write ${name}: method({ handler: … })`)
    }
    checkSettings(name, definition)
    if ('methods' in definition) {
      checkKeys(`The group ${name}`, definition, [...settingKeys, 'methods'])
      checkMethods(definition.methods, `${name}.`, known)
    } else {
      checkKeys(`The method ${name}`, definition, methodKeys)
      checkMethod(name, definition, known)
    }
  }
}

const checkMethod = (name: string, definition: AnyMethod, known: Set<string>): void => {
  const { handler, stream, progress, partial } = definition
  checkName(name)
  for (const setting of ['params', 'result', 'progress', 'partial'] as const) {
    checkCodec(`${name}: ${setting}`, definition[setting])
  }
  checkObject(`${name}: errors`, definition.errors)
  for (const [kind, declared] of Object.entries(definition.errors ?? {})) {
    checkObject(`${name}: errors.${kind}`, declared ?? null)
  }
  if (known.has(name)) throw new TypeError(`There are two methods named ${name}`)
  known.add(name)
  const hasHandler = typeof handler === 'function'
  const hasStream = typeof stream === 'function'
  if (!hasHandler && !hasStream) {
    throw new TypeError(`The method ${name} has neither a handler nor a stream`)
  }
  if (hasHandler && hasStream) {
    throw new TypeError(`The method ${name} has both a handler and a stream`)
  }
  if (progress !== undefined && partial !== undefined) {
    throw new TypeError(`The method ${name} has both progress and partial: parts are its progress`)
  }
}

const checkName = (name: string): void => {
  const prefix = reservedPrefixOf(name)
  if (prefix !== undefined) throw new TypeError(`${name}: names with ${prefix} are reserved`)
}

const checkLimits = (limits: Partial<Limits>): void => {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      const names = Object.keys(defaultLimits).join(', ')
      throw new TypeError(`There is no limit ${name}: limits are ${names}`)
    }
    if (!(Number.isInteger(value) && value > 0)) {
      throw new TypeError(`limits.${name} must be a whole number above 0, not ${String(value)}`)
    }
  }
}

/** A setting that nobody reads is a mistake. */
const checkKeys = (what: string, definition: object, known: readonly string[]): void => {
  const unknown = Object.keys(definition).find((key) => key !== '_tag' && !known.includes(key))
  if (unknown === undefined) return
  throw new TypeError(`${what} has no setting ${unknown}: settings are ${known.join(', ')}`)
}

/** @param value - may be left out, but not null */
const checkObject = (what: string, value: unknown): void => {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (value !== undefined && !isObject) throw new TypeError(`${what} must be an object`)
}

/** A codec of any copy of io-ts. */
const checkCodec = (what: string, value: unknown): void => {
  const { is, validate, encode } = (value ?? {}) as Partial<Codec>
  const isCodec = [is, validate, encode].every((it) => typeof it === 'function')
  if (value !== undefined && !isCodec) {
    throw new TypeError(`${what} must be a codec, such as t.strict({ a: t.number })`)
  }
}

const exposures: readonly unknown[] = ['none', 'message', 'debug'] satisfies Expose[]

const checkErrors = (name: string, { expose, map, ...others }: ErrorSettings): void => {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw new TypeError(`${name}: There is no errors.${unknown}: it has expose and map`)
  }
  if (expose !== undefined && !exposures.includes(expose)) {
    throw new TypeError(`${name}: errors.expose is one of ${exposures.join(', ')}, not ${expose}`)
  }
  checkFunction(`${name}: errors.map`, map)
}

const checkFunction = (what: string, value: unknown): void => {
  if (value !== undefined && typeof value !== 'function') {
    throw new TypeError(`${what} must be a function`)
  }
}

const checkSettings = (name: string, { deadline, limit, calls }: CallSettings): void => {
  checkFunction(`${name}: calls`, calls)
  if (deadline !== undefined) naming(name, () => toMs(deadline))
  if (limit !== undefined) naming(name, () => checkLimit(limit))
}

/** Says whose setting it is that does not fit. */
const naming = (name: string, check: () => unknown): void => {
  try {
    check()
  } catch (error) {
    throw new TypeError(`${name}: ${(error as TypeError).message}`)
  }
}
