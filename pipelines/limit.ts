/** How many calls run at once, and how many wait for their turn. */
import { left } from 'fp-ts/lib/Either.js'
import type { MonoTypeOperatorFunction } from 'rxjs'
import { overloaded } from '../src/protocol/rpc-error.js'
import type { Call } from './call.js'
import { Lane } from './lane.js'
import { statefulStage } from './stage.js'

export interface LimitSettings {
  /** Calls past this stage and not yet settled. Default: any number. */
  readonly concurrency?: number
  /** Calls that wait here; one more is answered with Overloaded. Default 1000. */
  readonly queue?: number
  /** Counts calls of different keys apart. A key costs nothing once it has no calls. */
  readonly key?: (call: Call) => unknown
}

/**
 * A bulkhead with a bounded queue. Waiting calls go on by `_meta.priority`, then in the order they came; one that has been
 * settled meanwhile never starts. A method with a limit of its own is counted by that, apart from the others.
 *
 * A place is freed when its call is settled: a handler that works on after its signal aborted is not waited for.
 */
export const limit = (settings: LimitSettings = {}): MonoTypeOperatorFunction<Call> =>
  statefulStage('limit', (forward, complete) => {
    const shared = new Lane(settings, forward)
    const lanes = new Map<unknown, Lane>()

    const laneOf = (call: Call): Lane => {
      const own = call.spec?.limit
      if (own === undefined && settings.key === undefined) return shared
      const limits = own ?? settings
      const key = limits.key === undefined ? call.spec : keyOf(limits.key, call)
      let lane = lanes.get(key)
      if (lane === undefined) {
        lane = new Lane(limits, forward, () => lanes.delete(key))
        lanes.set(key, lane)
      }
      return lane
    }
    const completeWhenIdle = (): void => {
      if (shared.isIdle && lanes.size === 0) complete()
    }
    return {
      visit: (call) => {
        const lane = laneOf(call)
        if (!lane.enter(call)) {
          const reason = `${lane.waiting} calls of ${call.method} wait already`
          call.settle(left(overloaded(reason, lane.retryAfterMs)))
        }
      },
      complete: () => {
        shared.whenIdle = completeWhenIdle
        for (const [key, lane] of lanes) {
          lane.whenIdle = () => {
            lanes.delete(key)
            completeWhenIdle()
          }
        }
        completeWhenIdle()
      },
    }
  })

/** Calls of the same key one after the other, in the order they came: `limit({ concurrency: 1, key })`. */
export const serialBy = (
  key: (call: Call) => unknown,
  queue?: number,
): MonoTypeOperatorFunction<Call> =>
  limit({ concurrency: 1, key, ...(queue !== undefined && { queue }) })

/** Methods with a key of their own must not share lanes of equal keys. */
const keyOf = (key: (call: Call) => unknown, call: Call): unknown => {
  const value = key(call)
  return call.spec?.limit === undefined ? value : `${call.method}\0${typeof value}\0${String(value)}`
}
