/** Where calls meet the telemetry port. With `noTelemetry` neither of these is there at all. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { identity, type MonoTypeOperatorFunction } from 'rxjs'
import type { Telemetry } from '../src/ports/telemetry.js'
import type { Call, Outcome } from './call.js'
import { replyStage } from './outcome-stage.js'
import { stage } from './stage.js'

/** Starts a trace for each call that is sampled. It ends when the call is settled. */
export const traced = ({ trace }: Telemetry): MonoTypeOperatorFunction<Call> =>
  trace === undefined
    ? identity
    : stage('traced', (call) => {
        const { method, meta } = call
        const started = trace({ method, traceparent: meta.traceparent })
        if (started !== undefined) call.whenSettled(() => started.end(codeOf(call)))
        return true
      })

/** Counts replies, and how long callers waited for them. */
export const measured = ({ measure }: Telemetry): MonoTypeOperatorFunction<Outcome> =>
  measure === undefined
    ? identity
    : replyStage((result, call) => {
        const durationMs = call.runtime.clock.now() - call.receivedAt
        measure(
          call.spec?.name ?? '_OTHER',
          isLeft(result) ? result.left.code : undefined,
          durationMs,
        )
        return result
      })

const codeOf = ({ result }: Call): number | undefined =>
  result !== undefined && isLeft(result) ? result.left.code : undefined
