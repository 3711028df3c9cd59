/** Which pipeline each method's calls pass, and what becomes of calls that a stage loses. */
import { left } from 'fp-ts/lib/Either.js'
import { type MonoTypeOperatorFunction, type Observable, throwError } from 'rxjs'
import type { Call, CallPipeline, StageMark } from '../../pipelines/call.js'
import { dispatch } from '../../pipelines/dispatch.js'
import { isSubscribable } from '../../pipelines/handler-stream.js'
import { limit } from '../../pipelines/limit.js'
import type { MethodSpec } from '../../pipelines/method-spec.js'
import { Relay } from '../../pipelines/relay.js'
import { pipeline, refuseUnheard, subscribePipeline } from '../../pipelines/stage.js'
import { callsThrough, type Settings } from '../../pipelines/standard.js'
import { validateParams } from '../../pipelines/validate-params.js'
import { toMs } from '../protocol/duration.js'
import { internalError, notReady } from '../protocol/rpc-error.js'
import type { Engine } from './define.js'
import type { Route, Routes } from './reader.js'
import type { EngineRuntime } from './runtime.js'
import { type MethodStream, methodSpec, notificationSpec, resolveMethods } from './specs.js'

/** Control calls skip every queue: these stages settle them at once. */
const controlCalls: CallPipeline = pipeline(validateParams(), dispatch())

/** One that is open, with the mark of its calls that no stage has seen yet: what fails here is no matter of the others. */
interface Pipeline extends Pick<Route, 'calls$' | 'mark'> {
  /** The methods' own streams behind it, which end with it. */
  readonly streams: Relay<Call>[]
}

type EngineCalls = NonNullable<Engine['calls']>

/** @param broken - a pipeline that errors as soon as it is subscribed: the engine cannot serve */
export const route = (
  definition: Engine & { readonly calls: EngineCalls },
  controls: readonly MethodSpec[],
  settings: Settings,
  runtime: EngineRuntime,
  broken: (error: unknown) => void,
): Routes => {
  const opened: Relay<Call>[] = []

  const open = (stages: CallPipeline): Pipeline => {
    const calls$ = new Relay<Call>()
    const streams: Relay<Call>[] = []
    const mark: StageMark = { name: runtime.intake.name }
    calls$.unheard = refuseUnheard
    opened.push(calls$)
    subscribePipeline(
      built('calls', () => stages(calls$)),
      mark,
      atEnd,
      {
        broken: (error) => {
          broken(error)
          calls$.subscribe((call) => call.settle(left(notReady('its pipeline cannot be built'))))
        },
        lost: (after, error) =>
          lose(error, (call) => !call.isStarted && !call.isWaiting && call.stage === after),
        completed: () => {
          for (const stream of streams) stream.complete()
        },
      },
    )
    return { calls$, mark, streams }
  }
  /** Dispatch forwards nothing, so only what was never dispatched ends up here. */
  const atEnd = (passed: unknown): void => {
    const call = passed as Partial<Call> | undefined
    if (call?.runtime !== runtime || call.isStarted === true) return
    const cause = new Error('No stage dispatched this call: end the pipeline with dispatch()')
    call.settle?.(left(internalError(cause)))
  }
  const openStream = (
    stream: MethodStream,
    name: string,
    { streams }: Pipeline,
  ): ((call: Call) => void) => {
    const calls$ = new Relay<Call>()
    calls$.unheard = refuseUnheard
    streams.push(calls$)
    subscribePipeline(
      built(`stream of ${name}`, () => stream(calls$)),
      { name: `stream of ${name}` },
      () => {},
      {
        broken: (error) => {
          broken(error)
          calls$.subscribe((call) => call.settle(left(notReady('its stream cannot be built'))))
        },
        lost: (_, error) => lose(error, (call) => call.isStarted && call.spec?.name === name),
      },
    )
    return (call) => calls$.next(call)
  }
  const lose = (error: unknown, isLost: (call: Call) => boolean): void => {
    runtime.log.error({ err: error }, 'A stage failed; its calls are answered with InternalError')
    // All of them first: the place of one that is settled goes to one that was not there.
    for (const call of runtime.ledger.calls().filter(isLost)) {
      call.settle(left(internalError(error)))
    }
  }

  const opener = new Map<unknown, Pipeline>()
  /** @param key - the same for calls that pass the same pipeline */
  const once = (key: unknown, stages: CallPipeline): Pipeline => {
    const pipeline = opener.get(key) ?? open(stages)
    opener.set(key, pipeline)
    return pipeline
  }
  const shared = (calls: EngineCalls): Pipeline => once(calls, (it) => calls(it, settings))
  const throughStages = (names: readonly string[]): Pipeline =>
    once(names.join(), (it) =>
      it.pipe(callsThrough(settings, stagesOf(names, definition, settings))),
    )

  let deadlineMs: number | undefined
  try {
    if (settings.deadline !== undefined) deadlineMs = toMs(settings.deadline)
  } catch (error) {
    broken(error) // of a reload; those of a definition are checked
  }
  const methods = new Map<string, Route>()
  for (const resolved of resolveMethods(definition, settings.methods)) {
    const { stream } = resolved.definition
    const { stages, calls = definition.calls } = resolved
    const pipeline = stages === undefined ? shared(calls) : throughStages(stages)
    const give =
      stream === undefined ? undefined : openStream(stream as MethodStream, resolved.name, pipeline)
    const spec = methodSpec(resolved, give)
    methods.set(resolved.name, routeOf(spec, pipeline, spec.deadlineMs ?? deadlineMs))
  }
  const control = open(controlCalls)
  for (const spec of controls) methods.set(spec.name, routeOf(spec, control))

  const engineCalls = shared(definition.calls)
  const notifications = new Map<string, Route>()
  for (const [name, notification] of Object.entries(definition.notifications ?? {})) {
    const spec = notificationSpec(name, notification)
    notifications.set(name, routeOf(spec, engineCalls, deadlineMs))
  }
  return {
    methods,
    notifications,
    unknown: routeOf(undefined, engineCalls),
    close: () => {
      for (const subject of opened) subject.complete()
    },
  }
}

/** The stages that a config names: the engine's own, and `limit`. */
const stagesOf = (
  names: readonly string[],
  { stages = {} }: Engine,
  settings: Settings,
): readonly MonoTypeOperatorFunction<Call>[] =>
  names.map((name) => {
    const stage = Object.hasOwn(stages, name) ? stages[name] : undefined
    if (stage !== undefined) return stage
    if (name === 'limit') return limit(settings.limit)
    throw new TypeError(`There is no stage ${name}`)
  })

const routeOf = (
  spec: MethodSpec | undefined,
  { calls$, mark }: Pipeline,
  deadlineMs?: number,
): Route => ({ spec, calls$, mark, deadlineMs })

/**
 * A pipeline; one whose making throws is one that errors.
 *
 * @param name - of the setting that makes it
 */
export const built = <T>(name: string, make: () => Observable<T>): Observable<T> => {
  try {
    const made = make()
    if (isSubscribable(made)) return made
    throw new TypeError(`${name} must return an Observable: return calls$.pipe(…)`)
  } catch (error) {
    return throwError(() => error)
  }
}
