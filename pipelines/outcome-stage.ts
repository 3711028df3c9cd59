/** How stages of the reply pipeline are made. */
import type { Either } from 'fp-ts/lib/Either.js'
import { type MonoTypeOperatorFunction, map } from 'rxjs'
import type { RpcError } from '../src/protocol/rpc-error.js'
import type { Call, Outcome } from './call.js'

/** Looks at every reply, and may give it another result; progress passes. */
export const replyStage = (
  visit: (result: Either<RpcError, unknown>, call: Call) => Either<RpcError, unknown>,
): MonoTypeOperatorFunction<Outcome> =>
  map((outcome) => {
    if (outcome.kind !== 'reply') return outcome
    const result = visit(outcome.result, outcome.call)
    return result === outcome.result ? outcome : { kind: 'reply', call: outcome.call, result }
  })
