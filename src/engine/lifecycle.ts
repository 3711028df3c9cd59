/** The life of an engine as a pure reducer: events in, the next state and what is to be done out. */
import type { LifecyclePhase } from '../../pipelines/call-runtime.js'
import type { ProcessEvent, Signal } from '../ports/process-event.js'
import type { RpcError } from '../protocol/rpc-error.js'

export type LifecycleEvent =
  | ProcessEvent
  | { readonly type: 'started' }
  | { readonly type: 'start-failed'; readonly error: unknown }
  | { readonly type: 'health-changed'; readonly isHealthy: boolean; readonly reason: string }
  | { readonly type: 'shutdown-called'; readonly graceMs: number | undefined }
  | { readonly type: 'input-ended' }
  | { readonly type: 'framing-failed'; readonly error: RpcError }
  | { readonly type: 'output-broken'; readonly error: unknown }
  /** No call is open any more, which somebody waits for. */
  | { readonly type: 'drained' }
  | { readonly type: 'drain-deadline' }
  /** Hooks have run and output is flushed, or their time is over. */
  | { readonly type: 'finished'; readonly isWhole: boolean }

export type Effect =
  | { readonly type: 'reload' }
  /** Tell the lifecycle again that the input has ended. */
  | { readonly type: 'end-input' }
  /** Tell when no call is open any more. */
  | { readonly type: 'await-calls' }
  /** Wait for the open calls, and so long at most; undefined means the engine's own deadline. */
  | { readonly type: 'drain'; readonly graceMs: number | undefined }
  /** Ends the calls that are open; they are answered with ShuttingDown if somebody still reads. */
  | { readonly type: 'abort-calls' }
  /** Run the stop hook, write the last words, flush output. */
  | { readonly type: 'finish'; readonly lastWord: RpcError | undefined; readonly haste: Haste }
  | { readonly type: 'exit'; readonly code: number }

/** How long finishing may take: `calm` runs the hook and flushes, `soon` has a second in all, `now` only writes what it can. */
export type Haste = 'calm' | 'soon' | 'now'

export interface Lifecycle {
  readonly phase: LifecyclePhase
  /** Why the phase was entered. */
  readonly reason: string
  /** Decided by the first fatal cause. */
  readonly exitCode: number | undefined
  /** The open calls were not all done in time. */
  readonly isLate: boolean
  /** End of input came before the start was done: what came before it is served first. */
  readonly endsAfterStart: boolean
  readonly isFinishing: boolean
}

export const exitCodes = {
  usage: 64,
  framing: 65,
  startFailed: 70,
  outputBroken: 74,
  drainDeadline: 75,
  config: 78,
} as const

const signalNumbers: Readonly<Record<Signal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

export const initial: Lifecycle = {
  phase: 'starting',
  reason: 'start',
  exitCode: undefined,
  isLate: false,
  endsAfterStart: false,
  isFinishing: false,
}

export type Step = readonly [Lifecycle, ...Effect[]]

export const step = (state: Lifecycle, event: LifecycleEvent): Step => {
  if (state.phase === 'stopped') return [state]
  switch (event.type) {
    case 'started':
      return started(state)
    case 'start-failed':
      return state.phase === 'starting' // else it was told to stop, and gave up
        ? fatal(state, 'start failed', exitCodes.startFailed, 'calm', undefined, 'failed')
        : [state]
    case 'health-changed':
      return [healthChanged(state, event.isHealthy, event.reason)]
    case 'signal':
      return signalled(state, event.signal)
    case 'shutdown-called':
      return drain(state, 'shutdown', event.graceMs)
    case 'input-ended':
      return state.phase === 'starting'
        ? [{ ...state, endsAfterStart: true }, { type: 'await-calls' }]
        : drain(state, 'end of input')
    case 'framing-failed':
      return fatal(state, 'framing', exitCodes.framing, 'calm', event.error)
    case 'output-broken':
      return fatal(state, 'output broken', exitCodes.outputBroken, 'soon')
    case 'parent-gone':
      return fatal(state, 'parent gone', exitCodes.outputBroken, 'soon')
    case 'drained':
      if (state.phase === 'draining') return finish(state, 'calm')
      // Nobody is there any more for whom it starts.
      return state.phase === 'starting' && state.endsAfterStart
        ? drain(state, 'end of input')
        : [state]
    case 'drain-deadline':
      return state.phase === 'draining' && !state.isFinishing
        ? finish({ ...state, isLate: true }, 'calm', { type: 'abort-calls' })
        : [state]
    case 'finished':
      return stopped({ ...state, isLate: state.isLate || !event.isWhole })
  }
}

/** Ready even if the input has ended: the calls that waited are let in first, then `input-ended` comes again. */
const started = (state: Lifecycle): Step => {
  if (state.phase !== 'starting') return [state]
  const ready: Lifecycle = { ...state, phase: 'ready', reason: 'started' }
  return state.endsAfterStart ? [ready, { type: 'end-input' }] : [ready]
}

const healthChanged = (state: Lifecycle, isHealthy: boolean, reason: string): Lifecycle => {
  if (state.phase === 'ready' && !isHealthy) return { ...state, phase: 'degraded', reason }
  return state.phase === 'degraded' && isHealthy ? { ...state, phase: 'ready', reason } : state
}

const signalled = (state: Lifecycle, signal: Signal): Step => {
  if (signal === 'SIGHUP') return [state, { type: 'reload' }]
  if (state.phase !== 'draining' && state.phase !== 'failed') return drain(state, signal)
  const which = state.phase === 'failed' ? 'signal' : 'second signal'
  return fatal(state, `${which} (${signal})`, 128 + signalNumbers[signal], 'now')
}

const drain = (state: Lifecycle, reason: string, graceMs?: number): Step =>
  state.phase === 'draining' || state.phase === 'failed'
    ? [state]
    : [
        { ...state, phase: 'draining', reason },
        { type: 'drain', graceMs },
      ]

/** Ends everything. A later cause changes neither the code nor what is under way, but a hastier one hurries it. */
const fatal = (
  state: Lifecycle,
  reason: string,
  code: number,
  haste: Haste,
  lastWord?: RpcError,
  phase: LifecyclePhase = state.phase === 'failed' ? 'failed' : 'draining',
): Step => {
  const next = { ...state, phase, reason, exitCode: state.exitCode ?? code, isFinishing: true }
  if (state.isFinishing && haste === 'calm') return [state]
  return [next, { type: 'abort-calls' }, { type: 'finish', lastWord, haste }]
}

const finish = (state: Lifecycle, haste: Haste, ...before: Effect[]): Step =>
  state.isFinishing
    ? [state]
    : [{ ...state, isFinishing: true }, ...before, { type: 'finish', lastWord: undefined, haste }]

const stopped = (state: Lifecycle): Step => {
  const code = state.exitCode ?? (state.isLate ? exitCodes.drainDeadline : 0)
  return [
    { ...state, phase: 'stopped', exitCode: code },
    { type: 'exit', code },
  ]
}
