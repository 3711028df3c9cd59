/** One engine is one assembly of streams, written here in the order a message takes. */
import { map, merge, scan } from 'rxjs'
import { Relay } from '../../pipelines/relay.js'
import { subscribePipeline } from '../../pipelines/stage.js'
import { type Settings, standardCalls, standardReplies } from '../../pipelines/standard.js'
import { internalError } from '../protocol/rpc-error.js'
import type { Engine, EngineContext } from './define.js'
import { effects } from './effects.js'
import { Epochs } from './epochs.js'
import { initial, type LifecycleEvent, type Step, step } from './lifecycle.js'
import { makeParts } from './parts.js'
import { built, route } from './routing.js'
import type { Ending, EnginePorts, RunningEngine } from './running-engine.js'

export const start = (definition: Engine, ports: EnginePorts): RunningEngine => {
  const { transport } = ports
  const events$ = new Relay<LifecycleEvent>()
  const tell = (event: LifecycleEvent): void => events$.next(event)
  const parts = makeParts(definition, ports, tell, () => epochs.settings)
  const { decoder, runtime, reader, intake, outbox, controls, introspection } = parts

  // stdin ▶ transport ▶ framing ▶ decode ▶ calls$, replies to our own requests, errors
  const read = (): void => {
    const end = (): void => {
      const frames = decoder.end()
      outbox.useFraming(decoder.framing ?? 'ndjson')
      intake.push(frames)
      intake.end()
    }
    transport.input$.subscribe({
      next: (chunk) => {
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

  // calls$ ▶ traced ▶ deadline ▶ admit ▶ validateParams ▶ limit ▶ dispatch: each settles a call, once
  const calls = definition.calls ?? ((calls$, settings) => calls$.pipe(standardCalls(settings)))
  const epochs = new Epochs(
    settingsOf(definition, ports),
    (settings, broken) => route({ ...definition, calls }, controls, settings, runtime, broken),
    (routes) => {
      reader.routes = routes
    },
    runtime.log,
  )
  const faults = [...epochs.begin()]

  // outcomes$ ▶ validateResult ▶ mapErrors ▶ measured ▶ encode ▶ framing ▶ stdout
  const replies = definition.replies ?? ((it, settings) => it.pipe(standardReplies(settings)))
  subscribePipeline(
    built(() => replies(runtime.outcomes$, epochs.settings)),
    runtime.intake,
    (outcome) => {
      outbox.send(outcome)
      if (parts.outcomes$.observed) parts.outcomes$.next(outcome)
    },
    {
      broken: (error) => faults.push(error),
      lost: (_, err) => {
        runtime.log.error(
          { err },
          'A reply stage failed; calls it kept are answered with InternalError',
        )
        // All of them first: the place of one that is answered goes to one that was not there.
        const kept = runtime.ledger.calls().filter(({ isSettled }) => isSettled)
        for (const call of kept) outbox.sendInstead(call, internalError(err))
      },
    },
  )
  runtime.outcomes$.unheard = (outcome) => {
    if (outcome.kind === 'reply') outbox.sendInstead(outcome.call, internalError(repliesEnded))
  }
  transport.drained$.subscribe(() => {
    outbox.drained()
    intake.resume()
  })

  // signals · end of stdin · shutdown call · health ▶ lifecycle ▶ state$ ▶ what admit lets in
  const reload: RunningEngine['reload'] = (changed = {}) => {
    if (epochs.reload(changed)) introspection.epoch += 1
  }
  const done = new Promise<Ending>((resolve) => {
    const exit = (ending: Ending): void => {
      epochs.close()
      parts.subscriptions.unsubscribe()
      resolve(ending)
    }
    const broken$ = transport.broken$.pipe(
      map((error) => ({ type: 'output-broken', error }) as const),
    )
    merge(events$, ports.signals$, broken$)
      .pipe(scan(([state]: Step, event: LifecycleEvent) => step(state, event), [initial] as Step))
      .subscribe(effects(parts, { tell, reload, exit }))
  })

  read()
  void begin(definition, parts.context, faults, tell)
  return {
    ...parts.streams,
    context: parts.context,
    reload,
    stop: (graceMs) => tell({ type: 'shutdown-called', graceMs }),
    done,
  }
}

const repliesEnded = new Error('A reply stage has completed the stream of outcomes')

const settingsOf = ({ deadline, limit, errors }: Engine, { telemetry }: EnginePorts): Settings => ({
  telemetry,
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
