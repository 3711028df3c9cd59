/** What users write: an engine, its methods, and settings that go from the engine over groups to methods. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Observable } from 'rxjs'
import type { Call, Context, Outcome } from '../../pipelines/call.js'
import type { LifecyclePhase, RequestOptions } from '../../pipelines/call-runtime.js'
import { type Duration, toMs } from '../../pipelines/duration.js'
import { checkLimit, type LimitSettings } from '../../pipelines/limit.js'
import type { ErrorSettings } from '../../pipelines/map-errors.js'
import type { DeclaredErrors } from '../../pipelines/method-spec.js'
import type { Settings } from '../../pipelines/standard.js'
import type { Logger } from '../ports/logger.js'
import type { Codec } from '../protocol/codec.js'
import { defaultLimits, type Limits } from '../protocol/limits.js'
import type { Message } from '../protocol/message.js'
import type { RpcError } from '../protocol/rpc-error.js'
import type { Expose } from '../protocol/wire-error.js'
import type { HealthChecks, HealthSnapshot } from './health.js'

/** A failure that a handler declares: `rpcError(…)`, an Error, a text, or an object with `message` and perhaps `kind` and facts. */
export type Failure =
  | RpcError
  | Error
  | string
  | { readonly message: string; readonly kind?: string; readonly [fact: string]: unknown }
  | { readonly kind: string; readonly [fact: string]: unknown }

type Answer<R> = R | Either<Failure, R>

/** Without a shape for progress, all that an Observable emits has that of the result. */
type Emitted<R, Progress> = unknown extends Progress ? Answer<R> : Answer<R> | Progress

/** What a handler may return; of an Observable or async generator, the last value is the result and the others are progress. */
export type Handled<R, Progress = unknown> =
  | Answer<R>
  | PromiseLike<Answer<R> | TaskEither<Failure, R>>
  | Observable<Emitted<R, Progress>>
  | AsyncIterable<Emitted<R, Progress>>
  | TaskEither<Failure, R>

/** What a method, a group or the engine sets for its calls; the innermost setting counts. */
export interface CallSettings {
  /** Longest time from receipt to reply. */
  readonly deadline?: Duration
  readonly limit?: LimitSettings
  /** The stages of these calls, in the place of the engine's; end with `dispatch()`, or build on `standardCalls(settings)`. */
  readonly calls?: (calls$: Observable<Call>, settings: Settings) => Observable<unknown>
}

interface MethodFacts<P, R, Progress> extends CallSettings {
  /** Default: anything. */
  readonly params?: Codec<P>
  /** Default: anything. */
  readonly result?: Codec<R>
  /** Shape of what `progress` sends. */
  readonly progress?: Codec<Progress>
  /** Shape of the parts that a streaming handler sends ahead of its result; they are marked as parts of it. */
  readonly partial?: Codec<Progress>
  readonly description?: string
  /** Kinds of errors that the method declares, with their codes. */
  readonly errors?: DeclaredErrors
  /** Calling it twice does no harm, so that a host may call again after a crash. */
  readonly idempotent?: boolean
}

export interface MethodWithHandler<P, R, Progress> extends MethodFacts<P, R, Progress> {
  readonly handler: (
    params: P,
    context: Context<Progress>,
  ) => Handled<NoInfer<R>, NoInfer<Progress>>
  readonly stream?: never
}

export interface MethodWithStream<P, R, Progress> extends MethodFacts<P, R, Progress> {
  /** Takes the calls of this method as a stream, and answers each by `call.reply(…)` or `call.fail(…)`. */
  readonly stream: (calls$: Observable<Call<P, NoInfer<R>>>) => Observable<unknown>
  readonly handler?: never
}

export type Method<P = unknown, R = unknown, Progress = unknown> =
  | MethodWithHandler<P, R, Progress>
  | MethodWithStream<P, R, Progress>

/** A method of any types. Params stand where they are taken, so `any` is what fits all. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyMethod = Method<any, any, any>

/** A method, with the types of its handler taken from its codecs. */
export const method = <P = unknown, R = unknown, Progress = unknown>(
  definition: Method<P, R, Progress>,
): Method<P, R, Progress> => definition

/** Methods under a common name, with settings in common: `{ models: group({ methods: { load } }) }` is `models.load`. */
export interface Group<M extends Methods = Methods> extends CallSettings {
  readonly methods: M
}

export interface Methods {
  readonly [name: string]: AnyMethod | Group
}

export const group = <M extends Methods>(definition: Group<M>): Group<M> => definition

export interface NotificationDefinition<P = unknown> {
  readonly params?: Codec<P>
  readonly description?: string
  readonly handler: (params: P, context: Context) => unknown
}

/** A notification that the engine takes, with the type of its params. */
export const notification = <P = unknown>(
  definition: NotificationDefinition<P>,
): NotificationDefinition<P> => definition

/** What goes on in an engine: to be tapped, filtered and merged. A subscriber that throws harms nothing. */
export interface EngineStreams {
  /** Messages as they were parsed, or why one was none. */
  readonly messages$: Observable<Either<RpcError, Message>>
  /** Calls as they come in, ahead of all stages. */
  readonly calls$: Observable<Call>
  /** Outcomes as they leave, behind all stages. */
  readonly outcomes$: Observable<Outcome>
  readonly state$: Observable<LifecyclePhase>
  /** A snapshot now and each second, while subscribed. Completes when the engine has stopped. */
  readonly health$: Observable<HealthSnapshot>
}

/** What the engine's own hooks get. */
export interface EngineContext extends EngineStreams {
  readonly log: Logger
  readonly config: unknown
  /** Aborts when the engine begins to stop. */
  readonly signal: AbortSignal
  /** Calls the host. */
  request(method: string, params?: unknown, options?: RequestOptions): Promise<unknown>
  notify(method: string, params?: unknown): void
}

export interface EngineDefinition<M extends Methods = Methods> extends CallSettings {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly methods?: M
  // biome-ignore lint/suspicious/noExplicitAny: params of any codec
  readonly notifications?: Readonly<Record<string, NotificationDefinition<any>>>
  /** The stages of every outcome on its way to the wire, in the place of `standardReplies(settings)`. */
  readonly replies?: (outcomes$: Observable<Outcome>, settings: Settings) => Observable<Outcome>
  readonly errors?: ErrorSettings
  readonly health?: HealthChecks
  readonly limits?: Partial<Limits>
  /** How long open calls may take once the engine stops. Default 5 s. */
  readonly drain?: Duration
  /** Handed to handlers as `context.config`. */
  readonly config?: unknown
  /** Runs before the engine is ready; calls wait for it. A failure ends the engine with exit code 70. */
  readonly onStart?: (context: EngineContext) => unknown
  /** Runs when no call is open any more. */
  readonly onStop?: (context: EngineContext) => unknown
}

/** A definition that has been checked. `serve(engine)` runs it, `sidestream run` runs a module's default export. */
export interface Engine<M extends Methods = Methods> extends EngineDefinition<M> {
  readonly _tag: 'Engine'
}

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
  'methods',
  'notifications',
  'replies',
  'errors',
  'health',
  'limits',
  'drain',
  'config',
  'onStart',
  'onStop',
] satisfies (keyof Engine)[]

const reservedPrefixes = ['rpc.', 'engine.', 'health.', 'log.', '$/']

/** @throws TypeError that names what is wrong with the definition */
export const engine = <const M extends Methods>(definition: EngineDefinition<M>): Engine<M> => {
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
  for (const setting of ['methods', 'notifications', 'health', 'limits', 'errors'] as const) {
    checkObject(`${name}: ${setting}`, definition[setting])
  }
  if (definition.errors !== undefined) checkErrors(name, definition.errors)
  for (const [check, run] of Object.entries(definition.health ?? {})) {
    if (typeof run !== 'function') throw new TypeError(`health.${check} must be a function`)
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
  return { ...definition, _tag: 'Engine' }
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
  const prefix = reservedPrefixes.find((reserved) => name.startsWith(reserved))
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

/** A setting that nobody reads is a mistake: JavaScript has no compiler to say so. */
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

/** Whether a module's default export is an engine of any copy of this package. */
export const isEngine = (value: unknown): value is Engine =>
  typeof value === 'object' && value !== null && (value as Engine)._tag === 'Engine'
