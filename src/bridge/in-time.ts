/** Waiting for something that somebody else waits for, too. */
import { onAbort } from '../ports/abort.js'
import type { Clock } from '../ports/clock.js'
import { deadlineExceeded, requestCancelled } from '../protocol/rpc-error.js'

/**
 * The same promise, that rejects with RequestCancelled or DeadlineExceeded when the waiting is over before.
 *
 * @param signal - that has not aborted yet
 */
export const inTime = <T>(
  promise: Promise<T>,
  clock: Clock,
  deadlineMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer =
      deadlineMs === undefined
        ? undefined
        : clock.setTimer(
            () => end(() => reject(deadlineExceeded(deadlineMs, 'queued'))),
            deadlineMs,
          )
    const forget = onAbort(signal, () => end(() => reject(requestCancelled())))
    const end = (settle: () => void): void => {
      if (timer !== undefined) clock.clearTimer(timer)
      forget()
      settle()
    }
    promise.then(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    )
  })
