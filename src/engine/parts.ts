/** What an engine is put together from. How messages go through it, `engine.ts` shows. */

import { left } from 'fp-ts/lib/Either.js'
import { defer, distinctUntilChanged, filter, map, Subject, takeUntil } from 'rxjs'
import type { Call, Outcome } from '../../pipelines/call.js'
import type { Settings } from '../../pipelines/standard.js'
import type { ConfigChange } from '../ports/config.js'
import type { Sampling, Telemetry } from '../ports/telemetry.js'
import { toMs } from '../protocol/duration.js'
import { frameDecoder } from '../protocol/framing.js'
import { defaultLimits } from '../protocol/limits.js'
import { deadlineExceeded, rpcError } from '../protocol/rpc-error.js'
import { builtinSpecs } from './builtins.js'
import type { Engine, EngineContext, EngineStreams } from './define.js'
import { Intake } from './intake.js'
import { Introspection } from './introspection.js'
import type { LifecycleEvent } from './lifecycle.js'
import { Outbox } from './outbox.js'
import { fixedConfig } from './own-config.js'
import { Peer } from './peer.js'
import { Reader } from './reader.js'
import type { EnginePorts } from './running-engine.js'
import { EngineRuntime } from './runtime.js'
import { Shutdown } from './shutdown.js'
import { type StateChange, Subscriptions } from './subscriptions.js'

const defaultDrainMs = 5000
const healthEveryMs = 1000

export type Parts = ReturnType<typeof makeParts>

/**
 * @param tell - takes what happens to the lifecycle
 * @param settings - those in force
 */
export const makeParts = (
  definition: Engine,
  ports: EnginePorts,
  tell: (event: LifecycleEvent) => void,
  settings: () => Settings,
) => {
  const { transport, clock, telemetry } = ports
  const given = ports.config ?? { own: {} }
  const config = 'use' in given ? given : fixedConfig(definition.config, given)
  const limits = { ...defaultLimits, ...definition.limits, ...config.settings.limits }
  const ownDrainMs = definition.drain === undefined ? defaultDrainMs : toMs(definition.drain)
  const drainMs = (): number => runtime.settings.drainMs ?? ownDrainMs
  const peer = new Peer(clock, telemetry, (text, kind) => {
    if (kind === 'request') outbox.ask(text)
    else outbox.write(text)
    return 0
  })
  const changes$ = new Subject<StateChange>()
  const configChanges$ = new Subject<ConfigChange>()
  const subscriptions = new Subscriptions({
    notify: (method, params) => outbox.notify(method, params),
    changes$,
    configChanges$,
    ticks: (everyMs) => introspection.ticks(everyMs),
    isSlow: () => outbox.isSlow,
  })
  const runtime = new EngineRuntime({
    clock,
    log: subscriptions.tap(ports.log),
    telemetry,
    settings: config.settings,
    peer,
    expire: (call) => expire(call, outbox),
  })
  const { ledger, log } = runtime
  const errors = () => settings().errors
  const outbox = new Outbox(transport, runtime, limits, errors, ports.onFirstReply)
  const stopping = new AbortController()
  const outcomes$ = new Subject<Outcome>()
  const reader = new Reader({ runtime, outbox, peer, limits })
  const state$ = runtime.phase$.asObservable()
  const streams: EngineStreams = {
    messages$: reader.messages$.asObservable(),
    calls$: reader.calls$.asObservable(),
    outcomes$: outcomes$.asObservable(),
    state$,
    health$: defer(() => introspection.ticks(healthEveryMs)).pipe(
      takeUntil(state$.pipe(filter((phase) => phase === 'stopped'))),
    ),
  }
  const context: EngineContext = {
    ...streams,
    log,
    clock,
    get config() {
      return runtime.config
    },
    config$: runtime.settings$.pipe(
      map(({ own }) => own),
      distinctUntilChanged(),
    ),
    signal: stopping.signal,
    request: (method, params, options = {}) => peer.request(method, params, options),
    notify: (method, params) => outbox.notify(method, params),
  }
  const intake = new Intake({
    runtime,
    transport,
    reader,
    peer,
    limits,
    drainMs,
    onEnd: () => tell({ type: 'input-ended' }),
  })
  const introspection = new Introspection(definition, {
    runtime,
    outbox,
    reader,
    intake,
    peer,
    limits,
    vitals: ports.vitals,
    transport,
    tell,
  })
  const controls = builtinSpecs({
    describe: () => introspection.describe(),
    status: () => introspection.status(),
    health: () => introspection.health(),
    discover: () => introspection.discover(),
    shutdown: (graceMs) => {
      const open = ledger.size
      tell({ type: 'shutdown-called', graceMs })
      return { draining: true, open }
    },
    subscribe: (params) => runtime.outside(() => subscriptions.subscribe(params)),
    unsubscribe: () => subscriptions.unsubscribe(),
    setLogLevel: (level, module) => {
      log.setLevel(level, module)
      return config.logLevelChanged(level, module)
    },
    getConfig: (key) => config.get(key),
    setConfig: (key, value) => config.set(key, value),
    reloadConfig: () => config.reload('config.reload'),
    setSampling: (sampling) => setSampling(telemetry, sampling),
  })
  const shutdown = new Shutdown({
    clock,
    transport,
    runtime,
    outbox,
    peer,
    drainMs,
    stop: () => (runtime.hasStarted ? definition.onStop?.(context) : undefined),
    tell,
  })
  ledger.onClose = () => {
    intake.resume()
    shutdown.check()
  }
  return {
    config,
    configChanges$,
    decoder: frameDecoder(ports.framing, limits.messageBytes),
    runtime,
    context,
    streams,
    outcomes$,
    stopping,
    reader,
    intake,
    outbox,
    changes$,
    subscriptions,
    introspection,
    controls,
    shutdown,
  }
}

/** At its deadline a call is answered wherever it is, also if its result waits in a reply stage. */
const expire = (call: Call, outbox: Outbox): void => {
  const late = deadlineExceeded(
    call.deadline - call.receivedAt,
    call.isStarted ? 'running' : 'queued',
  )
  if (!call.isStarted && !call.isWaiting) {
    call.log.warn(
      { stage: call.stage.name },
      'A call got no further than this stage by its deadline',
    )
  }
  call.settle(left(late))
  outbox.sendInstead(call, late)
}

const setSampling = ({ setSampling: set }: Telemetry, sampling: Sampling): Sampling => {
  if (set !== undefined) return set(sampling)
  const wanted = 'OTEL_TRACES_EXPORTER=otlp, or telemetry.file.path in its config'
  throw rpcError('TelemetryOff', `This engine keeps no traces: start it with ${wanted}`)
}
