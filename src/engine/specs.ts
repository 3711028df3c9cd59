/** Methods as the pipelines want them: names flattened, settings inherited, codecs compiled. Done once per engine. */

import * as t from 'io-ts'
import type { Observable } from 'rxjs'
import type { Call, Context } from '../../pipelines/call.js'
import type { LimitSettings } from '../../pipelines/limit.js'
import type { MethodSpec } from '../../pipelines/method-spec.js'
import type { MethodSettings } from '../ports/config.js'
import { type Codec, compileDecoder, compileEncoder } from '../protocol/codec.js'
import { type Duration, toMs } from '../protocol/duration.js'
import type {
  AnyMethod,
  CallSettings,
  EngineDefinition,
  Group,
  Methods,
  NotificationDefinition,
} from './define.js'

/** A method with what it inherits. */
export interface ResolvedMethod {
  readonly name: string
  readonly definition: AnyMethod
  readonly calls: CallSettings['calls']
  /** Stages by name, in the place of `calls`. */
  readonly stages: readonly string[] | undefined
  readonly deadline: Duration | undefined
  readonly limit: LimitSettings | undefined
}

type Overrides = Readonly<Record<string, MethodSettings>>

/**
 * All methods by their full names. What the engine itself sets is left to its pipeline, which all share.
 *
 * @param overrides - what is set from outside, by method or by group as `models.*`; it comes before what the code sets there
 */
export const resolveMethods = (
  definition: EngineDefinition,
  overrides: Overrides = {},
): readonly ResolvedMethod[] =>
  flatten(definition.methods ?? {}, '', overrides, {
    calls: definition.calls as CallSettings['calls'],
    stages: undefined,
  })

type Inherited = Pick<ResolvedMethod, 'calls' | 'stages'> & Partial<ResolvedMethod>

const flatten = (
  methods: Methods,
  prefix: string,
  overrides: Overrides,
  outer: Inherited,
): readonly ResolvedMethod[] =>
  Object.entries(methods).flatMap(([key, definition]) => {
    const name = `${prefix}${key}`
    const pattern = isGroup(definition) ? `${name}.*` : name
    const set = Object.hasOwn(overrides, pattern) ? overrides[pattern] : undefined
    const isPiped = definition.calls !== undefined && set?.stages === undefined
    const settings = {
      calls: definition.calls ?? outer.calls,
      stages: isPiped ? undefined : (set?.stages ?? outer.stages),
      deadline: set?.deadline ?? definition.deadline ?? outer.deadline,
      limit:
        set?.limit === undefined
          ? (definition.limit ?? outer.limit)
          : { ...(definition.limit ?? outer.limit), ...set.limit },
    }
    return isGroup(definition)
      ? flatten(definition.methods, `${name}.`, overrides, settings)
      : [{ name, definition, ...settings }]
  })

/** Methods and groups as they are written, by the names that a config may call them: groups as `models.*`. */
export const methodsAndGroups = (
  methods: Methods,
  prefix = '',
): readonly (readonly [string, CallSettings])[] =>
  Object.entries(methods).flatMap(([key, definition]) =>
    isGroup(definition)
      ? [
          [`${prefix}${key}.*`, definition] as const,
          ...methodsAndGroups(definition.methods, `${prefix}${key}.`),
        ]
      : [[`${prefix}${key}`, definition] as const],
  )

const isGroup = (definition: AnyMethod | Group): definition is Group => 'methods' in definition

/** @param stream - hands a call to the method's own stream */
export const methodSpec = (
  { name, definition, deadline, limit }: ResolvedMethod,
  stream: ((call: Call) => void) | undefined,
): MethodSpec => {
  const { params, result, progress, partial, handler, errors = {} } = definition
  return {
    name,
    decodeParams: decoder(() => params),
    encodeResult: encoder(result),
    isResult: acceptor(result),
    encodeProgress: encoder(partial ?? progress),
    isPartial: partial !== undefined,
    isControl: false,
    handler: handler as MethodSpec['handler'],
    stream,
    deadlineMs: deadline === undefined ? undefined : toMs(deadline),
    limit,
    errors,
  }
}

export const notificationSpec = (
  name: string,
  { params, handler }: NotificationDefinition<unknown>,
): MethodSpec => plainSpec(name, handler, () => params, false)

/** A method without settings of its own. */
export const plainSpec = (
  name: string,
  handler: (params: never, context: Context) => unknown,
  params: () => Codec | undefined,
  isControl: boolean,
): MethodSpec => ({
  name,
  decodeParams: decoder(params),
  encodeResult: encodeAnything,
  isResult: isNoResult,
  encodeProgress: encodeAnything,
  isPartial: false,
  isControl,
  handler: handler as MethodSpec['handler'],
  stream: undefined,
  deadlineMs: undefined,
  limit: undefined,
  errors: {},
})

/** An engine may have a hundred methods and be called for one, so a codec is compiled with its first value. */
const whenNeeded = <R>(compile: () => (value: unknown) => R): ((value: unknown) => R) => {
  let compiled: ((value: unknown) => R) | undefined
  return (value) => {
    compiled ??= compile()
    return compiled(value)
  }
}

const decoder = (params: () => Codec | undefined): Decode =>
  whenNeeded(() => optional(compileDecoder(params() ?? t.unknown)))

const encodeAnything = whenNeeded(() => compileEncoder(t.unknown))

const encoder = (codec: Codec | undefined) =>
  codec === undefined ? encodeAnything : whenNeeded(() => compileEncoder(codec))

const isNoResult = (): boolean => false

/** A codec that throws does not accept the value. */
const acceptor = (result: Codec | undefined): ((value: unknown) => boolean) => {
  if (result === undefined) return isNoResult
  return (value) => {
    try {
      return result.is(value)
    } catch {
      return false
    }
  }
}

type Decode = ReturnType<typeof compileDecoder<unknown>>

/** A call without params may mean no param at all: where undefined does not fit, an empty object might. */
const optional =
  (decode: Decode): Decode =>
  (params) => {
    if (params !== undefined) return decode(params)
    const decoded = decode(params)
    if (decoded._tag === 'Right') return decoded
    const empty = decode({})
    return empty._tag === 'Right' ? empty : decoded
  }

/** Type of a method's own stream. */
export type MethodStream = (calls$: Observable<Call>) => Observable<unknown>
