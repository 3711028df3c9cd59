/** JSON-RPC 2.0 messages: what a parsed value is, checked by hand because every message passes here. */
import { invalidRequest, type RpcError } from './rpc-error.js'

export type Params = Readonly<Record<string, unknown>> | readonly unknown[]

/** A request, or a notification when it has no `id`. */
export interface CallMessage {
  readonly jsonrpc: '2.0'
  readonly id?: unknown
  readonly method: string
  readonly params?: Params
  /** Some hosts put it here instead of in `params._meta`. Never written. */
  readonly traceparent?: unknown
}

/** The peer's answer to a request of ours. */
export interface ReplyMessage {
  readonly jsonrpc?: '2.0'
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

export type Message = CallMessage | ReplyMessage

/** Replies have a result or an error, and no method. They are never answered, whatever else is wrong with them. */
export const isReply = (message: Message): message is ReplyMessage =>
  (message as CallMessage).method === undefined &&
  ((message as ReplyMessage).result !== undefined || (message as ReplyMessage).error !== undefined)

/**
 * What is wrong with a value that should be a call.
 *
 * @returns undefined when it is a {@link CallMessage}; its id is judged apart, by `readId`
 */
export const callProblem = (value: unknown): RpcError | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalidRequest('a message must be an object, or a batch of them')
  }
  const { jsonrpc, method, params } = value as Partial<CallMessage>
  if (jsonrpc !== '2.0') return invalidRequest('jsonrpc must be "2.0"')
  if (typeof method !== 'string') return invalidRequest('method must be a string')
  if (params !== undefined && (typeof params !== 'object' || params === null)) {
    return invalidRequest('params must be an object or an array')
  }
  return undefined
}
