/** How long callers wait at most. */
import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Duration, toMs } from '../src/protocol/duration.js'
import type { Call } from './call.js'
import { stage } from './stage.js'

/**
 * Gives each call a deadline, counted from its receipt. Only ever lowers it: what the caller asked for by
 * `_meta.deadlineMs` holds if it is sooner. The ledger answers at that time with DeadlineExceeded, wherever the call is.
 *
 * @param longest - for methods that have none of their own; undefined leaves those to their callers
 */
export const deadline = (longest?: Duration): MonoTypeOperatorFunction<Call> => {
  const defaultMs = longest === undefined ? Number.POSITIVE_INFINITY : toMs(longest)
  return stage('deadline', (call) => {
    call.lowerDeadline(call.receivedAt + (call.spec?.deadlineMs ?? defaultMs))
    return true
  })
}
