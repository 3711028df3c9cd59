/** One engine is one assembly of streams, written here in the order a message takes. */
import { map, merge, scan } from 'rxjs'
import { Relay } from '../../pipelines/relay.js'
import { type Settings, standardCalls } from '../../pipelines/standard.js'
import type { EngineSettings } from '../ports/config.js'
import { type CallError, type Telemetry, within } from '../ports/telemetry.js'
import { rpcError } from '../protocol/rpc-error.js'
import { answering, type Outcomes } from './answering.js'
import { configUser } from './config-user.js'
import type { Engine, EngineContext } from './define.js'
import { effects } from './effects.js'
import { Epochs, type Open } from './epochs.js'
import { initial, type LifecycleEvent, type Step, step } from './lifecycle.js'
import { makeParts } from './parts.js'
import type { Routes } from './reader.js'
import { route } from './routing.js'
import type { Ending, EnginePorts, RunningEngine } from './running-engine.js'

export const start = (definition: Engine, ports: EnginePorts): RunningEngine => {
  const { transport } = ports
  const events$ = new Relay<LifecycleEvent>()
  const tell = (event: LifecycleEvent): void => events$.next(event)
  const parts = makeParts(definition, ports, tell, () => epochs.settings)
  const { config, decoder, intake, outbox, controls, introspection, runtime } = parts

  // stdin ▶ transport ▶ framing ▶ decode ▶ calls$, replies to our own requests, errors
  const read = (): void => {
    const end = (): void => {
      const frames = decoder.end()
      outbox.useFraming(decoder.framing ?? 'ndjson')
      intake.push(frames)
      intake.end()
    }
    if (ports.framing !== undefined) outbox.useFraming(ports.framing)
    transport.input$.subscribe({
      next: (chunk) => {
        runtime.bytesIn += chunk.length
        const frames = decoder.push(chunk)
        if (decoder.framing !== undefined) outbox.useFraming(decoder.framing)
        intake.push(frames)
        if (decoder.fatal !== undefined) tell({ type: 'framing-failed', error: decoder.fatal })
      },
      complete: end,
      error: (err) => {
        runtime.log.error({ err }, 'The input cannot be read; it counts as ended')
        end()
      },
    })
  }

  // calls$ ▶ deadline ▶ admit ▶ validateParams ▶ limit ▶ dispatch: each settles a call, once
  const calls = definition.calls ?? ((calls$, settings) => calls$.pipe(standardCalls(settings)))
  const openCalls: Open<Routes> = (settings, broken) =>
    route({ ...definition, calls }, controls, settings, runtime, broken)

  // outcomes$ ▶ validateResult ▶ mapErrors ▶ encode ▶ framing ▶ stdout
  const openReplies: Open<Outcomes> = (settings, broken) =>
    answering(definition.replies, settings, parts, broken)

  const settingsWith = (set: EngineSettings) => settingsOf(definition, set)
  const epochs = new Epochs(settingsWith(config.settings), openCalls, openReplies, parts)
  transport.drained$.subscribe(() => {
    outbox.drained()
    intake.resume()
  })

  // signals · end of stdin · shutdown call · health ▶ lifecycle ▶ state$ ▶ what admit lets in
  const rebuild = (settings: Settings): boolean => {
    const isBuilt = epochs.reload(settings)
    if (isBuilt) introspection.epoch += 1
    return isBuilt
  }
  const reload: RunningEngine['reload'] = (changed = {}) => {
    rebuild({ ...epochs.settings, ...changed })
  }
  /** The pipelines are built anew whatever the config says: what they read from elsewhere may have changed. */
  const hangUp = async (): Promise<void> => {
    const { epoch } = introspection
    try {
      await config.reload('SIGHUP')
    } catch (err) {
      runtime.log.error({ err }, 'The config cannot be read again')
    }
    if (introspection.epoch === epoch) reload()
  }
  config.use(configUser(parts, (set) => runtime.outside(() => rebuild(settingsWith(set)))))
  const startUp = startUpOf(ports.telemetry)
  const done = new Promise<Ending>((resolve) => {
    const exit = (ending: Ending): void => {
      startUp.end()
      epochs.close()
      parts.subscriptions.unsubscribe()
      resolve(ending)
    }
    const act = effects(parts, { tell, reload: () => void hangUp(), exit })
    const broken$ = transport.broken$.pipe(
      map((error) => ({ type: 'output-broken', error }) as const),
    )
    merge(events$, ports.signals$, broken$)
      .pipe(scan(([state]: Step, event: LifecycleEvent) => step(state, event), [initial] as Step))
      .subscribe((next) => runtime.outside(() => act(next)))
  })

  read()
  ports.telemetry.watchEngine?.(() => introspection.figures())
  void begin(definition, parts.context, epochs.faults, startUp, tell)
  return {
    ...parts.streams,
    context: parts.context,
    reload,
    stop: (graceMs) => tell({ type: 'shutdown-called', graceMs }),
    done,
  }
}

/** What is set from outside comes before what the code says. */
const settingsOf = (
  definition: Engine,
  { own, expose, methods, ...set }: EngineSettings,
): Settings => {
  const deadline = set.deadline ?? definition.deadline
  const limit = set.limit === undefined ? definition.limit : { ...definition.limit, ...set.limit }
  const errors = expose === undefined ? definition.errors : { ...definition.errors, expose }
  return {
    config: own,
    methods,
    ...(deadline !== undefined && { deadline }),
    ...(limit !== undefined && { limit }),
    ...(errors !== undefined && { errors }),
  }
}

/** The start, as a trace tells of it, ends once: when the engine is ready, could not start, or stops before. */
interface StartUp {
  run<T>(work: () => T): T
  end(error?: CallError): void
}

const startUpOf = ({ startUp }: Telemetry): StartUp => {
  const trace = startUp?.()
  let hasEnded = false
  return {
    run: (work) => within(trace, work),
    end: (error) => {
      if (!hasEnded) trace?.end(error)
      hasEnded = true
    },
  }
}

/** What was thrown is in the log, with its secrets removed. */
const startFailed = rpcError('InternalError', 'The engine could not start')

const begin = async (
  { onStart }: Engine,
  context: EngineContext,
  faults: readonly unknown[],
  startUp: StartUp,
  tell: (event: LifecycleEvent) => void,
): Promise<void> => {
  try {
    if (faults.length > 0) throw faults[0]
    await startUp.run(() => onStart?.(context))
    startUp.end()
    tell({ type: 'started' })
  } catch (error) {
    startUp.end(startFailed)
    context.log.fatal({ err: error }, 'The engine could not start')
    tell({ type: 'start-failed', error })
  }
}
