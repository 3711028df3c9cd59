/** What users write: an engine, its methods, and settings that go from the engine over groups to methods. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { MonoTypeOperatorFunction, Observable } from 'rxjs'
import type { Call, Context, Outcome } from '../../pipelines/call.js'
import type { LifecyclePhase, RequestOptions } from '../../pipelines/call-runtime.js'
import type { LimitSettings } from '../../pipelines/limit.js'
import type { ErrorSettings } from '../../pipelines/map-errors.js'
import type { DeclaredErrors } from '../../pipelines/method-spec.js'
import type { Settings } from '../../pipelines/standard.js'
import type { Clock } from '../ports/clock.js'
import type { TimedLogger } from '../ports/logger.js'
import type { Codec } from '../protocol/codec.js'
import type { Duration } from '../protocol/duration.js'
import type { Limits } from '../protocol/limits.js'
import type { Message } from '../protocol/message.js'
import type { RpcError } from '../protocol/rpc-error.js'
import { checkDefinition } from './check-definition.js'
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

/** What a handler may return; of an Observable the last value is the result, of an async generator what it returns, or else its last value; the others are progress. */
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
  readonly log: TimedLogger
  /** The engine's time: what waits by it can be tested in virtual time. */
  readonly clock: Clock
  /** What is set of the engine's own section, by its codec. */
  readonly config: unknown
  /** The same now, and each time that hot settings have changed. */
  readonly config$: Observable<unknown>
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
  /** What it can do, as an object: `engine.describe` tells it. */
  readonly capabilities?: object
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
  /**
   * Shape of the engine's own section of the config, put together of `setting`s. What comes of it is handed to handlers and
   * hooks as `context.config`.
   */
  readonly config?: Codec
  /** Operators that a config may name among the `stages` of a method. */
  readonly stages?: Readonly<Record<string, MonoTypeOperatorFunction<Call>>>
  /** Runs before the engine is ready; calls wait for it. A failure ends the engine with exit code 70. */
  readonly onStart?: (context: EngineContext) => unknown
  /** Runs when no call is open any more. */
  readonly onStop?: (context: EngineContext) => unknown
}

/** A definition that has been checked. `serve(engine)` runs it, `sidestream run` runs a module's default export. */
export interface Engine<M extends Methods = Methods> extends EngineDefinition<M> {
  readonly _tag: 'Engine'
}

/** @throws TypeError that names what is wrong with the definition */
export const engine = <const M extends Methods>(definition: EngineDefinition<M>): Engine<M> => {
  checkDefinition(definition)
  return { ...definition, _tag: 'Engine' }
}

/** Whether a module's default export is an engine of any copy of this package. */
export const isEngine = (value: unknown): value is Engine =>
  typeof value === 'object' && value !== null && (value as Engine)._tag === 'Engine'
