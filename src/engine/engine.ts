/** One engine is one assembly of streams, written here in the order a message takes. */
import { left } from 'fp-ts/lib/Either.js'
import { map, merge, type Observable, Subject, scan, takeUntil } from 'rxjs'
import type { Call, Outcome } from '../../pipelines/call.js'
import type { LifecyclePhase } from '../../pipelines/call-runtime.js'
import { toMs } from '../../pipelines/duration.js'
import { toldError } from '../../pipelines/map-errors.js'
import { Relay } from '../../pipelines/relay.js'
import { subscribePipeline } from '../../pipelines/stage.js'
import { type Settings, standardReplies } from '../../pipelines/standard.js'
import type { Clock } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import type { Telemetry } from '../ports/telemetry.js'
import type { Transport } from '../ports/transport.js'
import type { Vitals } from '../ports/vitals.js'
import type { Framing } from '../protocol/frame.js'
import { frameDecoder } from '../protocol/framing.js'
import { defaultLimits } from '../protocol/limits.js'
import {
  deadlineExceeded,
  internalError,
  type RpcError,
  shuttingDown,
} from '../protocol/rpc-error.js'
import { builtinSpecs } from './builtins.js'
import type { Engine, EngineContext } from './define.js'
import type { HealthSnapshot } from './health.js'
import { Intake } from './intake.js'
import { Introspection } from './introspection.js'
import { type Effect, initial, type LifecycleEvent, type Step, step } from './lifecycle.js'
import { Outbox } from './outbox.js'
import { Peer } from './peer.js'
import { built, route } from './routing.js'
import { EngineRuntime } from './runtime.js'
import { Shutdown } from './shutdown.js'
import { type StateChange, Subscriptions } from './subscriptions.js'

/** What an engine asks of the world. */
export interface EnginePorts {
  readonly transport: Transport
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly vitals: Vitals
  /** Signals, and the end of the parent process. */
  readonly signals$: Observable<LifecycleEvent>
  /** Fixes the framing; without it the first bytes of the peer decide. */
  readonly framing?: Framing | undefined
  /** The first reply is on its way: what need not be there before may start. */
  readonly onFirstReply?: () => void
}

/** How an engine ended. */
export interface Ending {
  readonly exitCode: number
  readonly reason: string
}

/** An engine at work. Its streams may be tapped, filtered and merged; a subscriber that throws harms nothing. */
export interface RunningEngine {
  /** Messages as they were parsed, or why one was none. */
  readonly messages$: Intake['messages$']
  /** Calls as they come in, ahead of all stages. */
  readonly calls$: Observable<Call>
  /** Outcomes as they leave, behind all stages. */
  readonly outcomes$: Observable<Outcome>
  readonly state$: Observable<LifecyclePhase>
  /** A snapshot now and each second, while subscribed. Completes when the engine has stopped. */
  readonly health$: Observable<HealthSnapshot>
  readonly context: EngineContext
  /**
   * Builds the pipelines anew, with these settings changed. Calls on their way finish in the old ones, whose limits
   * count them; the new ones begin at zero.
   */
  reload(settings?: Partial<Omit<Settings, 'telemetry'>>): void
  /** Stops as `engine.shutdown` does. */
  stop(graceMs?: number): void
  readonly done: Promise<Ending>
}

const defaultDrainMs = 5000
const healthEveryMs = 1000

export const start = (definition: Engine, ports: EnginePorts): RunningEngine => {
  const { transport, clock } = ports
  const limits = { ...defaultLimits, ...definition.limits }
  const events$ = new Relay<LifecycleEvent>()
  const tell = (event: LifecycleEvent): void => events$.next(event)
  /** Pipelines that cannot be subscribed: the engine cannot serve. */
  const faults: unknown[] = []
  const broken = (error: unknown): void => void faults.push(error)

  const decoder = frameDecoder(ports.framing, limits.messageBytes)
  const peer = new Peer(clock, (text) => outbox.tell(text))
  const changes$ = new Subject<StateChange>()
  const subscriptions = new Subscriptions({
    notify: (method, params) => outbox.notify(method, params),
    changes$,
    ticks: (everyMs) => introspection.ticks(everyMs),
  })
  const runtime = new EngineRuntime({
    clock,
    log: subscriptions.tap(ports.log),
    config: definition.config,
    peer,
    expire: (call) => expire(call, outbox),
  })
  const { ledger, log } = runtime
  const unsendable = (cause: unknown, call: Call): RpcError => {
    const error = internalError(cause)
    try {
      return toldError(error, call, settings.errors)
    } catch {
      return error // the user's errors.map threw
    }
  }
  const outbox = new Outbox(transport, ledger, limits, unsendable, ports.onFirstReply)
  const stopping = new AbortController()
  const context: EngineContext = {
    log,
    config: definition.config,
    signal: stopping.signal,
    request: (method, params, options = {}) => peer.request(method, params, options),
    notify: (method, params) => outbox.notify(method, params),
  }
  const intake = new Intake({
    runtime,
    transport,
    outbox,
    peer,
    limits,
    onEnd: () => {
      peer.close(shuttingDown()) // no reply can come any more
      tell({ type: 'input-ended' })
    },
  })
  const introspection = new Introspection(definition, {
    runtime,
    outbox,
    intake,
    peer,
    limits,
    vitals: ports.vitals,
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
    subscribe: (params) => subscriptions.subscribe(params),
    unsubscribe: () => subscriptions.unsubscribe(),
    setLogLevel: (level) => log.setLevel(level),
  })

  // calls$ ▶ deadline ▶ admit ▶ validateParams ▶ limit ▶ dispatch: each settles a call, once
  let settings: Settings = { telemetry: ports.telemetry, ...settingsOf(definition) }
  intake.routes = route(definition, controls, settings, runtime, broken)

  // outcomes$ ▶ validateResult ▶ mapErrors ▶ encode ▶ framing ▶ stdout
  const outcomes$ = new Subject<Outcome>()
  const replies = definition.replies ?? ((it, given) => it.pipe(standardReplies(given)))
  const send = (outcome: Outcome): void => {
    outbox.send(outcome)
    if (outcomes$.observed) outcomes$.next(outcome)
  }
  const loseReplies = (_: unknown, error: unknown): void => {
    log.error({ err: error }, 'A reply stage failed; calls it kept are answered with InternalError')
    for (const call of ledger.calls()) {
      if (call.isSettled) outbox.sendInstead(call, internalError(error))
    }
  }
  subscribePipeline(
    built(() => replies(runtime.outcomes$, settings)),
    runtime.intake,
    send,
    { lost: loseReplies, broken },
  )

  // signals · end of stdin · shutdown call · health ▶ lifecycle ▶ state$ ▶ what admit lets in
  let finish: (ending: Ending) => void = () => {}
  const done = new Promise<Ending>((resolve) => {
    finish = resolve
  })
  const shutdown = new Shutdown({
    clock,
    transport,
    runtime,
    outbox,
    peer,
    drainMs: definition.drain === undefined ? defaultDrainMs : toMs(definition.drain),
    stop: () => (hasStarted ? definition.onStop?.(context) : undefined),
    tell,
  })
  let hasStarted = false
  const reload = (changed: Partial<Omit<Settings, 'telemetry'>> = {}): void => {
    const next = { ...settings, ...changed }
    const failed: unknown[] = []
    const routes = route(definition, controls, next, runtime, (error) => failed.push(error))
    if (failed.length > 0) {
      routes.close()
      log.error(
        { err: failed[0] },
        'The pipelines cannot be built with these settings; the old ones stay',
      )
      return
    }
    const old = intake.routes
    settings = next
    intake.routes = routes
    introspection.epoch += 1
    old?.close()
  }
  const perform = (effect: Effect, reason: string): void => {
    switch (effect.type) {
      case 'reload':
        return reload()
      case 'end-input':
        return tell({ type: 'input-ended' })
      case 'drain':
        return shutdown.drain(effect.graceMs)
      case 'abort-calls':
        return shutdown.abortCalls()
      case 'finish':
        return shutdown.finish(effect.lastWord, effect.haste)
      case 'exit':
        intake.routes?.close() // what recurs in a stage, or was subscribed, ends with the engine
        subscriptions.unsubscribe()
        return finish({ exitCode: effect.code, reason })
    }
  }
  const enter = ([{ phase, reason }, ...effects]: Step): void => {
    const from = runtime.phase
    if (phase !== from) {
      log.info({ from, to: phase, reason }, `engine ${phase}`)
      if (phase === 'ready') hasStarted = true
      if (phase === 'draining' || phase === 'failed') stopping.abort()
      runtime.enter(phase)
      changes$.next({ from, to: phase, reason })
      if (stopping.signal.aborted) intake.stop()
    }
    for (const effect of effects) perform(effect, reason)
  }
  ledger.onClose = () => {
    intake.resume()
    shutdown.check()
  }
  const broken$ = transport.broken$.pipe(
    map((error) => ({ type: 'output-broken', error }) as const),
  )
  merge(events$, ports.signals$, broken$)
    .pipe(scan(([state]: Step, event: LifecycleEvent) => step(state, event), [initial] as Step))
    .subscribe(enter)

  // stdin ▶ transport ▶ framing ▶ decode ▶ calls, replies to our own requests, errors
  transport.drained$.subscribe(() => {
    outbox.drained()
    intake.resume()
  })
  transport.input$.subscribe({
    next: (chunk) => {
      const frames = decoder.push(chunk)
      if (decoder.framing !== undefined) outbox.useFraming(decoder.framing)
      intake.push(frames)
      if (decoder.fatal !== undefined) tell({ type: 'framing-failed', error: decoder.fatal })
    },
    complete: () => {
      const frames = decoder.end()
      outbox.useFraming(decoder.framing ?? 'ndjson')
      intake.push(frames)
      intake.end()
    },
  })
  void begin(definition, context, faults, tell)

  return {
    messages$: intake.messages$,
    calls$: intake.calls$,
    outcomes$,
    state$: runtime.phase$.asObservable(),
    health$: introspection.ticks(healthEveryMs).pipe(takeUntil(done)),
    context,
    reload,
    stop: (graceMs) => tell({ type: 'shutdown-called', graceMs }),
    done,
  }
}

const settingsOf = ({ deadline, limit, errors }: Engine): Omit<Settings, 'telemetry'> => ({
  ...(deadline !== undefined && { deadline }),
  ...(limit !== undefined && { limit }),
  ...(errors !== undefined && { errors }),
})

const begin = async (
  { onStart }: Engine,
  context: EngineContext,
  faults: readonly unknown[],
  tell: (event: LifecycleEvent) => void,
): Promise<void> => {
  try {
    if (faults.length > 0) throw faults[0]
    if (onStart !== undefined) await onStart(context)
    tell({ type: 'started' })
  } catch (error) {
    context.log.fatal({ err: error }, 'The engine could not start')
    tell({ type: 'start-failed', error })
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
