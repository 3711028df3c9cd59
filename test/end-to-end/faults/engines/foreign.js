/**
 * A JSON-RPC server that knows nothing of Sidestream, one message a line. It behaves as its arguments say:
 * - banner: prints a line that is no message, first of all
 * - silent: answers nothing
 * - deaf: does not even read its input
 * - stubborn: says so on SIGTERM, and goes on
 */
import { closeSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const is = new Set(process.argv.slice(2))
if (is.has('banner')) writeSync(1, 'Welcome to Foreign 3.1\n')
if (is.has('stubborn')) process.on('SIGTERM', () => void writeSync(2, 'SIGTERM ignored\n'))
setInterval(() => {}, 1000)

/** @type {Record<string, (params: unknown) => unknown>} */
const methods = {
  echo: (params) => params,
  hang: () => undefined,
  /** Its output ends, and it goes on. */
  mute: () => void closeSync(1),
}

if (!is.has('deaf')) {
  const input = createInterface({ input: process.stdin })
  input.on('close', () => is.has('stubborn') || process.exit(0))
  input.on('line', (text) => {
    if (is.has('silent')) return
    const { id, method, params } = JSON.parse(text)
    const error = { code: -32601, message: 'unknown' }
    const result = methods[method]?.(params)
    if (id === undefined || (result === undefined && method in methods)) return
    const outcome = result === undefined ? { error } : { result }
    writeSync(1, `${JSON.stringify({ jsonrpc: '2.0', id, ...outcome })}\n`)
  })
}
