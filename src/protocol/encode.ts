/** Messages as JSON text. Replies are put together by hand, since only their result or error varies. */
import { idText, type RequestId } from './request-id.js'
import { internalError, type RpcError } from './rpc-error.js'
import { type Expose, toWireError, withoutFacts } from './wire-error.js'

const resultText = (result: unknown): string => {
  if (result === undefined) return 'null'
  if (typeof result === 'number') return Number.isFinite(result) ? `${result}` : 'null'
  const text = JSON.stringify(result) as string | undefined
  if (text === undefined) throw new TypeError(`A ${typeof result} cannot be sent as a result`)
  return text
}

export const resultReply = (id: RequestId, result: unknown): string =>
  `{"jsonrpc":"2.0","id":${idText(id)},"result":${resultText(result)}}`

/** Never throws: facts that cannot be printed are left out. */
export const errorReply = (id: RequestId, error: RpcError, expose: Expose = 'message'): string => {
  const head = `{"jsonrpc":"2.0","id":${idText(id)},"error":`
  try {
    return `${head}${JSON.stringify(toWireError(error, expose))}}`
  } catch {
    return `${head}${JSON.stringify(withoutFacts(error))}}`
  }
}

/**
 * The reply to a call that ended well, or the error that says why it cannot be told.
 *
 * @param limitBytes - a longer reply becomes an InternalError with the same id
 */
export const replyText = (id: RequestId, result: unknown, limitBytes: number): string => {
  try {
    const text = resultReply(id, result)
    return isLonger(text, limitBytes) ? errorReply(id, resultTooLarge(limitBytes)) : text
  } catch (thrown) {
    return errorReply(id, internalError(thrown))
  }
}

export const notificationText = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params })

export const requestText = (id: number, method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })

const resultTooLarge = (limitBytes: number): RpcError =>
  internalError(new Error(`The result is larger than ${limitBytes} bytes`))

/** Counts bytes only where the length leaves a doubt: a UTF-16 code unit is at most three bytes. */
export const isLonger = (text: string, limitBytes: number): boolean =>
  text.length * 3 > limitBytes && Buffer.byteLength(text) > limitBytes
