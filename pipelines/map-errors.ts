/** What callers are told of failures, and what the log keeps. */
import { isRight, left } from 'fp-ts/lib/Either.js'
import type { MonoTypeOperatorFunction } from 'rxjs'
import type { RpcError } from '../src/protocol/rpc-error.js'
import { type Expose, toWireError } from '../src/protocol/wire-error.js'
import type { Call, Outcome } from './call.js'
import { replyStage } from './outcome-stage.js'

export interface ErrorSettings {
  /** How much of a defect the caller is told: nothing, its message (the default), or its stack and causes too. */
  readonly expose?: Expose
  /** Turns an error into another one; runs first. */
  readonly map?: (error: RpcError, call: Call) => RpcError
}

let nextRef = 0
const newRef = (): string => {
  nextRef += 1
  return `${Date.now().toString(36)}-${process.pid.toString(36)}-${nextRef.toString(36)}`
}

/** Writes defects to the log under the reference that the caller gets as `data.ref`, and takes off what is not to be exposed. */
export const mapErrors = ({ expose = 'message', map }: ErrorSettings = {}): MonoTypeOperatorFunction<Outcome> =>
  replyStage((result, call) => {
    if (isRight(result)) return result
    const error = map === undefined ? result.left : map(result.left, call)
    if (error.kind !== 'InternalError') return error === result.left ? result : left(error)
    const ref = newRef()
    call.log.error({ ref, err: error.cause }, error.message)
    const { message, data } = toWireError(error, expose)
    const { kind, retryable, ...facts } = data as Readonly<Record<string, unknown>>
    return left({ ...error, message, facts: { ...facts, ref }, cause: undefined })
  })
