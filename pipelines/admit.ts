/** What the lifecycle lets in. */
import { left } from 'fp-ts/lib/Either.js'
import { type MonoTypeOperatorFunction, Subscription } from 'rxjs'
import { methodNotFound, notReady, shuttingDown } from '../src/protocol/rpc-error.js'
import type { Call } from './call.js'
import type { CallRuntime, LifecyclePhase } from './call-runtime.js'
import { statefulStage } from './stage.js'

export interface AdmitSettings {
  /** Calls that may wait for the engine to be ready. */
  readonly queue?: number
}

const retryAfterMs = 1000

/**
 * Refuses methods that do not exist, and calls that the lifecycle does not allow any more.
 * Calls that come before the engine is ready wait, under their deadlines.
 */
export const admit = ({ queue = 1000 }: AdmitSettings = {}): MonoTypeOperatorFunction<Call> =>
  statefulStage('admit', (forward, complete) => {
    const waiting = new Set<Call>()
    const subscription = new Subscription()
    let isWatching = false
    let isLast = false

    const enter = (call: Call, phase: LifecyclePhase): void => {
      if (phase === 'ready' || phase === 'degraded') forward(call)
      else if (phase === 'failed') call.settle(left(notReady('its start failed')))
      else call.settle(left(shuttingDown()))
    }
    const watch = (runtime: CallRuntime): void => {
      isWatching = true
      subscription.add(
        runtime.phase$.subscribe((phase) => {
          if (phase === 'starting') return
          for (const call of waiting) {
            waiting.delete(call)
            call.isWaiting = false
            call.within(() => enter(call, phase))
          }
          if (isLast) complete()
        }),
      )
    }
    const wait = (call: Call): void => {
      if (waiting.size >= queue) {
        const reason = `${queue} calls wait for its start already`
        call.settle(left(notReady(reason, retryAfterMs)))
        return
      }
      waiting.add(call)
      call.isWaiting = true
      call.whenSettled(() => waiting.delete(call))
      if (!isWatching) watch(call.runtime)
    }
    return {
      visit: (call) => {
        const { phase } = call.runtime
        if (call.spec === undefined) call.settle(left(methodNotFound(call.method)))
        else if (phase === 'starting') wait(call)
        else enter(call, phase)
      },
      complete: () => {
        isLast = true
        if (waiting.size === 0) complete()
      },
      stop: () => subscription.unsubscribe(),
    }
  })
