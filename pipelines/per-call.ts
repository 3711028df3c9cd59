/** RxJS operators around one call's handler. */
import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Call } from './call.js'
import { stage } from './stage.js'

/**
 * Wraps the handler of each call: subscribing to its stream runs the handler, unsubscribing cancels it. So `retry` runs it
 * again, `timeout` bounds one attempt and `takeUntil` ends it. The stream's last value is the result, earlier ones are progress.
 * Of several, the one that a call meets first is the innermost.
 */
export const perCall = <T = unknown>(
  operator: MonoTypeOperatorFunction<T>,
): MonoTypeOperatorFunction<Call> =>
  stage('perCall', (call) => {
    call.operators ??= []
    call.operators.push(operator as MonoTypeOperatorFunction<unknown>)
    return true
  })
