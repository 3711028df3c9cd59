/** An RpcError as it travels. */
import { errorCodes, messageOf, type RpcError } from './rpc-error.js'

/** How much of a defect the peer is told; the log always has all of it. */
export type Expose = 'none' | 'message' | 'debug'

export interface WireError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** Causes of causes are told up to this depth. */
const deepestCause = 5

export const toWireError = (error: RpcError, expose: Expose): WireError => {
  const { kind, retryable, facts } = error
  const isDefect = kind === 'InternalError'
  const message = isDefect && expose === 'none' ? 'Internal error' : messageOf(error)
  const debug = isDefect && expose === 'debug' ? { debug: causes(error.cause, deepestCause) } : {}
  return { code: wireCode(error), message, data: { kind, retryable, ...facts, ...debug } }
}

/** For facts that cannot be sent, and perhaps no more of the message than this. */
const longestMessage = 1000

export const withoutFacts = (error: RpcError): WireError => ({
  code: wireCode(error),
  message: messageOf(error).slice(0, longestMessage),
  data: { kind: String(error.kind), retryable: error.retryable === true },
})

/** Handlers make errors too, and not all by `rpcError`: one of those may have no code. */
export const wireCode = ({ code }: RpcError): number =>
  Number.isInteger(code) ? code : errorCodes.InternalError

const causes = (cause: unknown, depth: number): readonly string[] => {
  if (cause === undefined || cause === null || depth === 0) return []
  try {
    if (!(cause instanceof Error)) return [String(cause)]
    return [String(cause.stack ?? cause), ...causes(cause.cause, depth - 1)]
  } catch {
    return ['a cause that cannot be printed']
  }
}
