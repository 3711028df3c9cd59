/** Time as a handler's call has it: that of the engine, which is a virtual one in tests. */
import type { Call, Context } from '../../pipelines/call.js'
import type { Clock } from '../ports/clock.js'

/** What a handler is given is the call itself. */
const callOf = (context: Context): Call => context as Call

export const clockOf = (context: Context): Clock => callOf(context).runtime.clock

/** How long the call has waited, when its handler is begun. In milliseconds, whole. */
export const queueMsOf = (context: Context): number =>
  Math.max(0, Math.round(clockOf(context).now() - callOf(context).receivedAt))
