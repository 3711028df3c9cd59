/**
 * Puts a virtual clock behind the global timers and `Date`, where RxJS's default scheduler looks them up at each call.
 * `setImmediate`, `queueMicrotask` and `process.nextTick` stay real: they are how promises settle within a frame.
 * So do `node:timers`, `AbortSignal.timeout`, and what a module captured when it was loaded.
 */
import { syncBuiltinESMExports } from 'node:module'
import { promisify } from 'node:util'
import type { VirtualClock } from './virtual-clock.js'
import { virtualSleep } from './virtual-sleep.js'
import { clearVirtual, VirtualTimeout } from './virtual-timeout.js'

type Callback = (...args: unknown[]) => void

const replace = (target: object, key: string, value: unknown): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(target, key)
  Object.defineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: true,
  })
  return () => {
    if (before) Object.defineProperty(target, key, before)
    else Reflect.deleteProperty(target, key)
  }
}

const virtualDate = (clock: VirtualClock, RealDate: DateConstructor): DateConstructor =>
  new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [clock.now()], newTarget),
    apply: () => new RealDate(clock.now()).toString(),
    get: (target, key) => (key === 'now' ? clock.now : Reflect.get(target, key)),
  })

/**
 * Makes `setTimeout`, `setInterval`, their `clear…`, `Date`, `performance.now` and the `setTimeout` of
 * `node:timers/promises` virtual. `Date.now()` is the clock's time: 0 at the start.
 *
 * @returns puts back what was there before
 */
export const installGlobals = (clock: VirtualClock): (() => void) => {
  const timerOf =
    (kind: 'setTimeout' | 'setInterval') =>
    (callback: Callback, delayMs?: unknown, ...args: unknown[]) =>
      new VirtualTimeout(
        clock,
        kind,
        args.length > 0 ? () => callback(...args) : (callback as () => void),
        delayMs,
      )
  const sleep = virtualSleep(clock)
  const clear = (real: (handle?: NodeJS.Timeout) => void) => (handle?: NodeJS.Timeout) => {
    if (!clearVirtual(handle)) real(handle) // armed before the test
  }

  const restores = [
    replace(
      globalThis,
      'setTimeout',
      Object.assign(timerOf('setTimeout'), { [promisify.custom]: sleep }),
    ),
    replace(globalThis, 'setInterval', timerOf('setInterval')),
    replace(globalThis, 'clearTimeout', clear(clearTimeout)),
    replace(globalThis, 'clearInterval', clear(clearInterval)),
    replace(globalThis, 'Date', virtualDate(clock, Date)),
    replace(performance, 'now', clock.now),
    replace(process.getBuiltinModule('node:timers/promises'), 'setTimeout', sleep),
  ]
  syncBuiltinESMExports() // `import { setTimeout } from 'node:timers/promises'` sees it too
  return () => {
    for (const restore of restores) restore()
    syncBuiltinESMExports()
  }
}
