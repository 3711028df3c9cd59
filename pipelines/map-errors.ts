/** What callers are told of failures, and what the log keeps. */
import { isRight, left } from 'fp-ts/lib/Either.js'
import type { MonoTypeOperatorFunction } from 'rxjs'
import { redacted } from '../src/ports/redacted.js'
import { internalError, type RpcError } from '../src/protocol/rpc-error.js'
import { type Expose, toWireError, type WireError } from '../src/protocol/wire-error.js'
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
export const mapErrors = (settings?: ErrorSettings): MonoTypeOperatorFunction<Outcome> =>
  replyStage((result, call) => {
    if (isRight(result)) return result
    const told = toldError(result.left, call, settings)
    return told === result.left ? result : left(told)
  })

/** An error as its caller is told of it. */
export const toldError = (
  failure: RpcError,
  call: Call,
  { expose = 'message', map }: ErrorSettings = {},
): RpcError => {
  const error = map === undefined ? failure : map(failure, call)
  if (error.kind !== 'InternalError') return error
  const ref = newRef()
  call.log.error({ ref, err: error.cause }, error.message)
  const instead = {
    code: error.code,
    message: 'Internal error',
    data: { kind: error.kind, retryable: false },
  }
  const { message, data } = redacted<WireError>(
    toWireError(error, expose),
    call.runtime.log,
    instead,
  )
  const { kind, retryable, ...facts } = data as Readonly<Record<string, unknown>>
  return { ...error, message, facts: { ...facts, ref }, cause: undefined }
}

/** A defect that has no way through `map` any more, which may be what has it. */
export const toldDefect = (
  cause: unknown,
  call: Call,
  { expose = 'message' }: ErrorSettings = {},
): RpcError => toldError(internalError(cause), call, { expose })
