/** The peer vscode-jsonrpc, the library below every VS Code language server. Header framing only. */
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'

const connection = createMessageConnection(
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(process.stdout),
)
connection.onRequest('echo', (params) => params)
connection.onRequest('add', ({ a, b }) =>
  typeof a === 'number' && typeof b === 'number'
    ? a + b
    : new ResponseError(ErrorCodes.InvalidParams, 'a and b must be numbers'),
)
connection.onRequest('sleep', ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, ms)))
connection.onNotification('note', () => {})
connection.listen()
