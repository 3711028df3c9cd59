/** A server as authors of language servers write it. */
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'

const connection = createMessageConnection(
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(process.stdout),
)
let wasCancelled = false
connection.onRequest('add', ({ a, b }) => a + b)
connection.onRequest('greet', async () => `hello ${await connection.sendRequest('host.name')}`)
connection.onRequest(
  'wait',
  (_, token) =>
    new Promise((resolve) => {
      token.onCancellationRequested(() => {
        wasCancelled = true
        resolve(null)
      })
    }),
)
connection.onRequest('wasCancelled', () => wasCancelled)
connection.onClose(() => process.exit(0))
connection.listen()
