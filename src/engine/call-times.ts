/** What a call spent its time on. */
import type { Call } from '../../pipelines/call.js'
import type { CallTimes } from '../ports/telemetry.js'

/** @returns undefined when its times were not taken: it had begun before anybody wanted to know */
export const timesOf = ({
  receivedAt,
  isStarted,
  startedAt,
  settledAt,
}: Call): CallTimes | undefined => {
  if (settledAt === undefined) return undefined
  if (!isStarted) return { queueMs: settledAt - receivedAt, handlerMs: undefined }
  if (startedAt === undefined) return undefined
  return { queueMs: startedAt - receivedAt, handlerMs: settledAt - startedAt }
}
