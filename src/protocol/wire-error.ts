/** An RpcError as it travels. */
import type { RpcError } from './rpc-error.js'

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
  const { kind, code, retryable, facts } = error
  const isDefect = kind === 'InternalError'
  const message = isDefect && expose === 'none' ? 'Internal error' : error.message
  const debug = isDefect && expose === 'debug' ? { debug: causes(error.cause, deepestCause) } : {}
  return { code, message, data: { kind, retryable, ...facts, ...debug } }
}

const causes = (cause: unknown, depth: number): readonly string[] => {
  if (cause === undefined || cause === null || depth === 0) return []
  if (!(cause instanceof Error)) return [String(cause)]
  return [cause.stack ?? String(cause), ...causes(cause.cause, depth - 1)]
}
