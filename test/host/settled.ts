/** What became of a request, once it is settled. */
import type { RpcError } from '../../src/protocol/rpc-error.js'

export const settled = (request: Promise<unknown>) => {
  const end: { result?: unknown; error?: RpcError } = {}
  request.then(
    (result) => {
      end.result = result
    },
    (error: RpcError) => {
      end.error = error
    },
  )
  return end
}
