/** Bytes as text. Apart from the frames, whose types users see: these ask for the types of Node. */
import { isAscii, isUtf8 } from 'node:buffer'
import { parseError, type RpcError } from './rpc-error.js'

/** Text of whole bytes; undefined when they are not UTF-8. */
export const decodeText = (bytes: Buffer): string | undefined => {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

export const notUtf8 = (): RpcError => parseError('the bytes are not valid UTF-8')
