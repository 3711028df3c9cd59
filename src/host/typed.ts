/** Types that flow from an engine's definition to its client: `connect<typeof engine>(…)`. */
import type { Observable } from 'rxjs'
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import type { Engine, Group, Methods } from '../engine/define.js'
import type { HealthSnapshot } from '../engine/health.js'
import type { ConfigChange, SettingInForce } from '../ports/config.js'
import type { Codec } from '../protocol/codec.js'
import type { Client as RealClient } from './client.js'
import type { CallOptions } from './dispatcher.js'
import type { ManagedEngine as RealEngine } from './managed-engine.js'
import type { Update } from './updates.js'

/** Methods by their full names, each with its types. */
type Flat<M> = Merged<
  {
    [K in keyof M & string]: M[K] extends Group<infer G extends Methods>
      ? { [N in keyof Flat<G> & string as `${K}.${N}`]: Flat<G>[N] }
      : { [N in K]: Signature<M[K]> }
  }[keyof M & string]
>

type Merged<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never

interface Signature<M> {
  readonly params: TypeOf<M, 'params'>
  readonly result: TypeOf<M, 'result'>
  readonly progress: TypeOf<M, 'progress'> | TypeOf<M, 'partial'>
}

type TypeOf<M, K extends string> = M extends { readonly [P in K]?: Codec<infer T> | undefined }
  ? T
  : unknown

/** Those that every engine of ours has; what they give is told in docs/reference.md. */
interface Builtins {
  'health.check': { params: undefined; result: HealthSnapshot; progress: unknown }
  'engine.describe': { params: undefined; result: unknown; progress: unknown }
  'engine.shutdown': { params: { graceMs?: number }; result: unknown; progress: unknown }
  'engine.status': { params: undefined; result: unknown; progress: unknown }
  'engine.subscribe': { params: object; result: unknown; progress: unknown }
  'engine.unsubscribe': { params: undefined; result: unknown; progress: unknown }
  'config.get': { params: { key?: string }; result: readonly SettingInForce[]; progress: unknown }
  'config.set': { params: { key: string; value: unknown }; result: ConfigChange; progress: unknown }
  'config.reload': { params: undefined; result: ConfigChange; progress: unknown }
  'log.setLevel': { params: { level: string; module?: string }; result: unknown; progress: unknown }
  'rpc.discover': { params: undefined; result: unknown; progress: unknown }
}

type Api<E> = E extends Engine<infer M> ? Flat<M> & Builtins : never

/** Params that may be left out are those that fit `undefined` or `{}`. */
type Rest<P, Options> = unknown extends P
  ? [params?: unknown, options?: Options]
  : undefined extends P
    ? [params?: P, options?: Options]
    : object extends P
      ? [params?: P, options?: Options]
      : [params: P, options?: Options]

type Field<A, N extends keyof A, F extends keyof Signature<unknown>> = A[N] extends {
  readonly [K in F]: infer T
}
  ? T
  : unknown

type Told<Options, T> = Omit<Options, 'onProgress'> & {
  readonly onProgress?: ((value: T, isPartial: boolean) => void) | undefined
}

/** One call of a batch, by any of the methods. */
type Batched<A> = {
  [N in keyof A & string]: { readonly method: N } & (Rest<Field<A, N, 'params'>, never> extends [
    infer P,
    unknown?,
  ]
    ? { readonly params: P }
    : { readonly params?: Field<A, N, 'params'> })
}[keyof A & string]

type MethodOf<A, B> = B extends { readonly method: infer N extends keyof A } ? N : never

/** What calls an engine with its own types. */
export interface TypedCalls<A, Options = RequestOptions> {
  request<N extends keyof A & string>(
    method: N,
    ...rest: Rest<Field<A, N, 'params'>, Told<Options, Field<A, N, 'progress'>>>
  ): Promise<Field<A, N, 'result'>>
  updates<N extends keyof A & string>(
    method: N,
    ...rest: Rest<Field<A, N, 'params'>, Omit<Options, 'onProgress'>>
  ): Observable<Update<Field<A, N, 'result'>, Field<A, N, 'progress'>>>
}

interface TypedBatches<A> {
  batch<const B extends readonly Batched<A>[]>(
    calls: B,
    options?: RequestOptions,
  ): { -readonly [I in keyof B]: Promise<Field<A, MethodOf<A, B[I]>, 'result'>> }
}

// Users get interfaces: private members of a class would keep what has other types from being taken for one.

/** One engine, as a host talks to it. */
export interface Client extends Readonly<Omit<RealClient, 'handshake' | 'onLost' | 'onMessage'>> {}

/** A supervised engine as its users see it: one that is always there, whatever its processes do. */
export interface ManagedEngine extends Omit<RealEngine, 'hear' | 'end'> {}

/** A client; of an engine whose definition is known, with that one's types. */
export type ClientOf<E> = unknown extends E
  ? Client
  : Omit<Client, 'request' | 'updates' | 'batch'> & TypedCalls<Api<E>> & TypedBatches<Api<E>>

/** How a supervised engine is called. */
export type CallsOf<E, Untyped> = unknown extends E ? Untyped : TypedCalls<Api<E>, CallOptions>

/** A supervised engine; of one whose definition is known, with that one's types. */
export type ManagedEngineOf<E> = Omit<ManagedEngine, 'request' | 'updates'> &
  CallsOf<E, ManagedEngine>
