/** Params as their method's codec wants them. */
import { isLeft, left } from 'fp-ts/lib/Either.js'
import type { MonoTypeOperatorFunction } from 'rxjs'
import { invalidParams } from '../src/protocol/rpc-error.js'
import type { Call } from './call.js'
import { stage } from './stage.js'

/** Decodes the params by the method's codec; what does not fit is answered with InvalidParams, which names up to eight problems. */
export const validateParams = (): MonoTypeOperatorFunction<Call> =>
  stage('validateParams', (call) => {
    if (call.spec === undefined) return true // dispatch answers it: an unknown method outranks bad params
    const decoded = call.spec.decodeParams(call.params)
    if (isLeft(decoded)) {
      return call.settle(left(invalidParams(decoded.left.problems, decoded.left.count)))
    }
    call.params = decoded.right
    return true
  })
