/** Messages as JSON text. Replies are put together by hand, since only their result or error varies. */
import { idText, type RequestId } from './request-id.js'
import type { RpcError } from './rpc-error.js'
import { toWireError, withoutFacts } from './wire-error.js'

const resultText = (result: unknown): string => {
  if (result === undefined) return 'null'
  if (typeof result === 'number') {
    if (Number.isFinite(result)) return `${result}`
    throw new TypeError(`${result} cannot be sent: JSON has no such number`)
  }
  const text = JSON.stringify(result) as string | undefined
  if (text === undefined) throw new TypeError(`A ${typeof result} cannot be sent as a result`)
  return text
}

/** @throws what printing the result throws */
export const resultReply = (id: RequestId, result: unknown): string =>
  `{"jsonrpc":"2.0","id":${idText(id)},"result":${resultText(result)}}`

/** Never throws: facts that cannot be printed, or are larger than a reply may be, are left out. */
export const errorReply = (
  id: RequestId,
  error: RpcError,
  limitBytes = Number.POSITIVE_INFINITY,
): string => {
  const head = `{"jsonrpc":"2.0","id":${idText(id)},"error":`
  try {
    const text = `${head}${JSON.stringify(toWireError(error, 'message'))}}`
    if (!isLonger(text, limitBytes)) return text
  } catch {}
  return `${head}${JSON.stringify(withoutFacts(error))}}`
}

export const notificationText = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params })

export const requestText = (id: number, method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })

/** Counts bytes only where the length leaves a doubt: a UTF-16 code unit is at most three bytes. */
export const isLonger = (text: string, limitBytes: number): boolean =>
  text.length * 3 > limitBytes && Buffer.byteLength(text) > limitBytes
