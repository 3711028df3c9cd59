/** Every error that can stand in a reply: one table of kinds and codes, facts as fields, the sentence made at the edge. */

/** Kinds and codes of DESIGN.md's table; a method may declare more of its own. */
export const errorCodes = {
  ParseError: -32700,
  InvalidRequest: -32600,
  DuplicateId: -32600,
  MessageTooLarge: -32600,
  BatchTooLarge: -32600,
  TooDeep: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  InternalError: -32603,
  RequestCancelled: -32800,
  EngineError: -32000,
  DeadlineExceeded: -32001,
  NotReady: -32002,
  Overloaded: -32003,
  ShuttingDown: -32004,
  EngineGone: -32005,
  CircuitOpen: -32006,
  ModelNotFound: -32010,
  ModelLoadFailed: -32011,
  AudioNotFound: -32012,
  AudioInvalid: -32013,
  UnsupportedLanguage: -32014,
  UnsupportedOption: -32015,
  DependencyMissing: -32016,
  OutOfMemory: -32017,
} as const

export type ErrorKind = keyof typeof errorCodes

/** Where a late call was: before its handler started, or in it. */
export type Phase = 'queued' | 'running'

/** A failure as a value. It travels as `{code, message, data: {kind, retryable, …facts}}`. */
export interface RpcError {
  readonly _tag: 'RpcError'
  /** One of {@link ErrorKind}, or a kind that the method declares. */
  readonly kind: string
  readonly code: number
  readonly message: string
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean
  /** What a program needs to know; becomes `data` beside `kind` and `retryable`. */
  readonly facts: Readonly<Record<string, unknown>>
  /** What was thrown, for the log; it never travels unless errors are exposed for debugging. */
  readonly cause?: unknown
}

const retryableKinds: ReadonlySet<string> = new Set<ErrorKind>([
  'DeadlineExceeded',
  'NotReady',
  'Overloaded',
  'ShuttingDown',
  'EngineGone',
  'CircuitOpen',
  'OutOfMemory',
])

/**
 * An error as a handler fails with it: returned in `left(…)` or thrown.
 *
 * @param kind - a kind of the table, whose code it gets, or one of the method's own, which is an EngineError unless the method's `errors` gives it a code
 * @param message - one sentence: what is wrong and what to do
 * @param facts - what a program needs to know; `code` and `retryable` are taken from here if given
 */
export const rpcError = (
  kind: string,
  message: string,
  { code, retryable, ...facts }: Readonly<Record<string, unknown>> = {},
): RpcError => ({
  _tag: 'RpcError',
  kind,
  code: Number.isInteger(code) ? (code as number) : codeOf(kind),
  message,
  retryable: typeof retryable === 'boolean' ? retryable : retryableKinds.has(kind),
  facts,
})

/** Kinds that objects inherit, such as `constructor`, are not in the table. */
const codeOf = (kind: string): number =>
  Object.hasOwn(errorCodes, kind) ? errorCodes[kind as ErrorKind] : errorCodes.EngineError

export const isRpcError = (value: unknown): value is RpcError =>
  typeof value === 'object' && value !== null && (value as RpcError)._tag === 'RpcError'

export const parseError = (reason: string): RpcError =>
  rpcError('ParseError', `Parse error: ${reason}`)

export const invalidRequest = (reason: string): RpcError =>
  rpcError('InvalidRequest', `Invalid request: ${reason}`)

export const duplicateId = (): RpcError =>
  rpcError('DuplicateId', 'Invalid request: a request with this id is still open')

export const messageTooLarge = (limitBytes: number, bytes?: number): RpcError =>
  rpcError('MessageTooLarge', `Invalid request: the message is larger than ${limitBytes} bytes`, {
    limitBytes,
    ...(bytes !== undefined && { bytes }),
  })

export const batchTooLarge = (limit: number, members: number): RpcError =>
  rpcError('BatchTooLarge', `Invalid request: the batch has ${members} members, at most ${limit}`, {
    limit,
    members,
  })

export const tooDeep = (limit: number): RpcError =>
  rpcError('TooDeep', `Invalid request: the JSON nests deeper than ${limit}`, { limit })

export const methodNotFound = (method: string): RpcError =>
  rpcError('MethodNotFound', 'Method not found', { method: method.slice(0, 200) })

export interface ParamProblem {
  readonly path: string
  readonly expected: string
  readonly got: string
}

export const invalidParams = (problems: readonly ParamProblem[], count: number): RpcError => {
  const [first] = problems
  const place = first === undefined || first.path === '' ? '' : ` at ${first.path}`
  const sentence = first && `: expected ${first.expected}${place}, got ${first.got}`
  return rpcError('InvalidParams', `Invalid params${sentence ?? ''}`, { problems, count })
}

/** A defect: ours, a stage's or the handler's. Only the message of the cause travels, and the cause goes to the log. */
export const internalError = (cause: unknown): RpcError => ({
  ...rpcError('InternalError', messageOf(cause)),
  cause,
})

export const requestCancelled = (): RpcError =>
  rpcError('RequestCancelled', 'The request was cancelled')

export const deadlineExceeded = (deadlineMs: number, phase: Phase = 'running'): RpcError =>
  rpcError('DeadlineExceeded', `The deadline of ${Math.round(deadlineMs)} ms has passed`, {
    deadlineMs: Math.round(deadlineMs),
    phase,
  })

export const notReady = (reason: string, retryAfterMs?: number): RpcError =>
  rpcError('NotReady', `The engine is not ready: ${reason}`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })

/** @param retryAfterMs - a guess unless given, as it mostly depends on when the peer reads */
export const overloaded = (reason: string, retryAfterMs = 1000): RpcError =>
  rpcError('Overloaded', `Overloaded: ${reason}`, { retryAfterMs })

export const shuttingDown = (): RpcError =>
  rpcError('ShuttingDown', 'The engine is shutting down and takes no new work')

/** The message of anything thrown; never throws, whatever its getters do. */
export const messageOf = (thrown: unknown): string => {
  try {
    if (thrown instanceof Error || isErrorLike(thrown)) return String(thrown.message)
    return typeof thrown === 'string' ? thrown : 'Internal error'
  } catch {
    return 'Internal error'
  }
}

const isErrorLike = (value: unknown): value is { readonly message: string } =>
  typeof value === 'object' && value !== null && 'message' in value
