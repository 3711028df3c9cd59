/** Methods that every engine has. They run on a lane of their own, before any queue. */
import * as t from 'io-ts'
import type { Call, Context } from '../../pipelines/call.js'
import type { MethodSpec } from '../../pipelines/method-spec.js'
import type { LogLevel } from '../ports/logger.js'
import { type Sampling, samplerNames } from '../ports/telemetry.js'
import type { Codec } from '../protocol/codec.js'
import { plainSpec } from './specs.js'
import { level, names, type SubscribeParams, subscribeParams } from './subscriptions.js'

/** What the built-in methods ask of the engine. */
export interface Builtins {
  describe(): unknown
  status(): unknown
  health(): unknown
  discover(): unknown
  shutdown(graceMs: number | undefined, caller: Call): unknown
  subscribe(params: SubscribeParams): void
  unsubscribe(): void
  setLogLevel(level: LogLevel, module: string | undefined): unknown
  getConfig(key: string | undefined): unknown
  setConfig(key: string, value: unknown): unknown
  reloadConfig(): unknown
  setSampling(sampling: Sampling): unknown
}

interface BuiltinMethod {
  readonly name: string
  readonly description: string
  /** Made when it is needed: a start needs none. */
  readonly params: () => Codec
  /** Sent as a request it is answered all the same, whatever its params are. */
  readonly notification?: true
  readonly handler: (engine: Builtins, params: never, context: Context) => unknown
}

const none = () => t.UnknownRecord
const cancelParams = () => t.type({ id: t.union([t.string, t.number]) })

const builtin = <P>(
  name: string,
  description: string,
  params: () => Codec<P>,
  handler: (engine: Builtins, params: P, context: Context) => unknown,
): BuiltinMethod => ({ name, description, params, handler })

export const builtinMethods: readonly BuiltinMethod[] = [
  builtin('engine.describe', 'Name, versions, limits and methods.', none, (it) => it.describe()),
  builtin('engine.status', 'State and counts.', none, (it) => it.status()),
  builtin(
    'engine.shutdown',
    'Stops taking new work; ends when the open calls are done, or after graceMs.',
    () => t.exact(t.partial({ graceMs: t.number })),
    (it, { graceMs }, call) => it.shutdown(graceMs, call as Call),
  ),
  builtin(
    'engine.subscribe',
    'Asks for engine.stateChanged, health.tick and log.message, in the place of what was asked before.',
    subscribeParams,
    (it, params) => it.subscribe(params),
  ),
  builtin('engine.unsubscribe', 'Ends all that was subscribed.', none, (it) => it.unsubscribe()),
  builtin('health.check', 'How the engine is.', none, (it) => it.health()),
  builtin('rpc.discover', 'This engine as an OpenRPC document.', none, (it) => it.discover()),
  builtin(
    'log.setLevel',
    'Lowest level that is logged: by all, or by the loggers of one module.',
    () => t.exact(t.intersection([t.type({ level: level() }), t.partial({ module: t.string })])),
    (it, { level, module }) => it.setLogLevel(level, module),
  ),
  builtin(
    'config.get',
    'Settings in force, and where each comes from: all, or those whose keys begin so.',
    () => t.exact(t.partial({ key: t.string })),
    (it, { key }) => it.getConfig(key),
  ),
  builtin(
    'config.set',
    'Sets a hot setting until the process ends; null takes that back.',
    () => t.strict({ key: t.string, value: t.unknown }),
    (it, { key, value }) => it.setConfig(key, value),
  ),
  builtin('config.reload', 'Reads the config again, as SIGHUP does.', none, (it) =>
    it.reloadConfig(),
  ),
  builtin(
    'telemetry.setSampling',
    'Which traces are kept from now on: a sampler of OpenTelemetry, and its share from 0 to 1.',
    () =>
      t.exact(
        t.intersection([t.type({ sampler: names(samplerNames) }), t.partial({ ratio: t.number })]),
      ),
    (it, sampling) => it.setSampling(sampling),
  ),
  {
    ...builtin('$/cancelRequest', 'Ends an open call, by its id.', cancelParams, () => null),
    notification: true,
  },
]

export const builtinSpecs = (engine: Builtins): readonly MethodSpec[] =>
  builtinMethods.map(({ name, params, notification, handler }) => {
    const taken = notification === true ? none : params
    return plainSpec(name, (given: never, context) => handler(engine, given, context), taken, true)
  })
