/** One line in the log for a call that was answered: how long it waited and worked, and how it ended. */
import type { Call } from '../../pipelines/call.js'
import type { CallTimes } from '../ports/telemetry.js'
import type { RpcError } from '../protocol/rpc-error.js'
import { timesOf } from './call-times.js'
import { roundMs } from './timed-logger.js'

/**
 * Told of each call when its reply is written.
 *
 * @param error - that its caller is told; undefined for a result
 * @param reply - its text; undefined for a notification
 */
export type CallLog = (call: Call, error: RpcError | undefined, reply: string | undefined) => void

/** Shares are sums of fractions such as 0.1, a little off. */
const epsilon = 1e-9

/**
 * Writes `{queueMs, handlerMs, bytesIn, bytesOut, outcome}`, at info, for calls of an engine's own methods. Times that were
 * not taken are left out: the call had begun when this was switched on.
 *
 * @param share - of the calls, from 0 to 1, evenly: with 0.1 it is every tenth
 * @returns undefined for none
 */
export const callLog = (share: number): CallLog | undefined => {
  if (!(share > 0)) return undefined
  let due = 0
  return (call, error, reply) => {
    if (call.spec?.isControl === true) return
    due += share
    if (due < 1 - epsilon) return
    due -= 1
    call.log.info({ ...roundedTimes(timesOf(call)), ...endOf(call, error, reply) }, 'call')
  }
}

const roundedTimes = (times: CallTimes | undefined) =>
  times && { queueMs: roundMs(times.queueMs), handlerMs: roundMs(times.handlerMs ?? 0) }

const endOf = ({ bytes }: Call, error: RpcError | undefined, reply = '') => ({
  bytesIn: bytes,
  bytesOut: Buffer.byteLength(reply),
  outcome: error === undefined ? 'ok' : error.kind,
})
