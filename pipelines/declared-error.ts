/** Failures of handlers as errors of the wire: those they declare, and those they did not mean. */
import {
  deadlineExceeded,
  internalError,
  isRpcError,
  messageOf,
  type RpcError,
  rpcError,
} from '../src/protocol/rpc-error.js'
import type { Call } from './call.js'
import type { MethodSpec } from './method-spec.js'

/**
 * A failure that the handler meant: the left of an Either, or what a stream's call was failed with.
 *
 * @param failure - an RpcError, an Error, a text, or an object with a `message` and perhaps `kind`, `code` and facts
 */
export const declaredError = (failure: unknown, spec?: MethodSpec): RpcError => {
  if (isRpcError(failure)) return withDeclaredCode(failure, spec)
  if (failure instanceof Error || typeof failure !== 'object' || failure === null) {
    return { ...rpcError('EngineError', messageOf(failure)), cause: failure }
  }
  const { kind, message, ...facts } = failure as Readonly<Record<string, unknown>>
  const name = typeof kind === 'string' ? kind : 'EngineError'
  const sentence = typeof message === 'string' ? message : (spec?.errors[name]?.message ?? name)
  return withDeclaredCode(rpcError(name, sentence, facts), spec)
}

const withDeclaredCode = (error: RpcError, spec: MethodSpec | undefined): RpcError => {
  const declared =
    spec !== undefined && Object.hasOwn(spec.errors, error.kind)
      ? spec.errors[error.kind]
      : undefined
  if (declared === undefined) return error
  return {
    ...error,
    code: declared.code ?? error.code,
    retryable: declared.retryable ?? error.retryable,
  }
}

/** RxJS's, of any copy; that of `AbortSignal.timeout` is about something of the handler's own. */
const isTimeout = (thrown: unknown): boolean =>
  thrown instanceof Error && thrown.name === 'TimeoutError' && 'info' in thrown

/** What a handler threw, or its stream failed with. RxJS's `timeout` in `perCall` is a deadline, all else a defect. */
export const thrownError = (thrown: unknown, call: Call): RpcError => {
  try {
    if (isRpcError(thrown)) return withDeclaredCode(thrown, call.spec)
    if (isTimeout(thrown)) {
      return deadlineExceeded(call.runtime.clock.now() - call.receivedAt)
    }
  } catch {} // even its getters throw
  return internalError(thrown)
}
