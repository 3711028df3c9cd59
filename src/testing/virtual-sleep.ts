/** `setTimeout` of `node:timers/promises` in virtual time. */
import type { VirtualClock } from './virtual-clock.js'
import { effectiveDelay } from './virtual-timeout.js'

interface SleepOptions {
  readonly signal?: AbortSignal
}

const aborted = (signal: AbortSignal): Error =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  })

export const virtualSleep =
  (clock: VirtualClock) =>
  <T>(delayMs = 0, value?: T, { signal }: SleepOptions = {}): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(aborted(signal))
        return
      }
      const stop = () => {
        clock.clearTimer(timer)
        reject(aborted(signal as AbortSignal))
      }
      const done = () => {
        signal?.removeEventListener('abort', stop)
        resolve(value)
      }
      const timer = clock.setTimer(done, effectiveDelay(delayMs), `sleep of ${delayMs} ms`)
      signal?.addEventListener('abort', stop, { once: true })
    })
