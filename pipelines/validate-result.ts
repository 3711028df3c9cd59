/** Results as their method's codec promises them. */
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { MonoTypeOperatorFunction } from 'rxjs'
import { internalError, type RpcError } from '../src/protocol/rpc-error.js'
import type { Call, Outcome } from './call.js'
import { replyStage } from './outcome-stage.js'

/** Encodes results by the method's codec. One that does not fit is a defect of the handler: the caller gets InternalError. */
export const validateResult = (): MonoTypeOperatorFunction<Outcome> =>
  replyStage((result, call) => (isLeft(result) ? result : encoded(result, call)))

const encoded = (
  result: { readonly right: unknown } & Either<RpcError, unknown>,
  { spec, method }: Call,
): Either<RpcError, unknown> => {
  if (spec === undefined) return result
  const shaped = spec.encodeResult(result.right)
  if (isLeft(shaped)) {
    const [problem] = shaped.left.problems
    const place = problem?.path ? ` at ${problem.path}` : ''
    const fault = `expected ${problem?.expected}${place}, got ${problem?.got}`
    return left(
      internalError(new TypeError(`The result of ${method} does not fit its codec: ${fault}`)),
    )
  }
  return shaped.right === result.right ? result : right(shaped.right)
}
