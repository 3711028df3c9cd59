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
  bulkhead('limit', settings, (call) => call.spec?.limit)

/**
 * Calls of the same key one after the other, in the order they came. Limits of methods change nothing here.
 *
 * @param queue - calls of one key that wait; default 1000
 */
export const serialBy = (
  key: (call: Call) => unknown,
  queue?: number,
): MonoTypeOperatorFunction<Call> =>
  bulkhead(
    'serialBy',
    { concurrency: 1, key, ...(queue !== undefined && { queue }) },
    () => undefined,
  )

/** @throws TypeError for a limit that would let nothing through */
export const checkLimit = (settings: LimitSettings): void => {
  if (typeof settings !== 'object' || settings === null) {
    throw new TypeError(`Not a limit: ${settings}. Write { concurrency: 4, queue: 100 }`)
  }
  const { concurrency = 1, queue = 0, key, ...others } = settings
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw new TypeError(`There is no limit.${unknown}: it has concurrency, queue and key`)
  }
  if (!isCount(concurrency, 1)) {
    throw new TypeError(`limit.concurrency must be a whole number, 1 or more, not ${concurrency}`)
  }
  if (!isCount(queue, 0)) {
    throw new TypeError(`limit.queue must be a whole number, 0 or more, not ${queue}`)
  }
  if (key !== undefined && typeof key !== 'function') {
    throw new TypeError('limit.key must be a function of the call')
  }
}

const isCount = (value: number, least: number): boolean =>
  (Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && value >= least

const bulkhead = (
  name: string,
  settings: LimitSettings,
  ownOf: (call: Call) => LimitSettings | undefined,
): MonoTypeOperatorFunction<Call> => {
  checkLimit(settings)
  return statefulStage(name, (forward, complete) => {
    const shared = new Lane(settings, forward)
    /** By whose limit it is, that of a method or this stage's own, then by key. */
    const lanes = new Map<unknown, Map<unknown, Lane>>()
    let isLast = false

    const laneOf = (call: Call): Lane => {
      const own = ownOf(call)
      if (own === undefined && settings.key === undefined) return shared
      const limits = own ?? settings
      const owner = own === undefined ? shared : call.spec
      const key = limits.key?.(call)
      return lanes.get(owner)?.get(key) ?? open(limits, owner, key)
    }
    const open = (limits: LimitSettings, owner: unknown, key: unknown): Lane => {
      const byKey = lanes.get(owner) ?? new Map<unknown, Lane>()
      const lane = new Lane(limits, forward, () => {
        byKey.delete(key)
        if (byKey.size === 0) lanes.delete(owner)
        completeWhenIdle()
      })
      lanes.set(owner, byKey.set(key, lane))
      return lane
    }
    const completeWhenIdle = (): void => {
      if (isLast && shared.isIdle && lanes.size === 0) complete()
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
        isLast = true
        shared.whenIdle = completeWhenIdle
        completeWhenIdle()
      },
    }
  })
}
