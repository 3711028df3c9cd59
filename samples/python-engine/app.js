/**
 * Calls an engine in Python: progress, an error with its facts, and a batch.
 *
 *     node samples/python-engine/app.js
 */
import { fileURLToPath } from 'node:url'
import { pythonCommand } from 'sidestream/bridge'
import { connect, isRpcError } from 'sidestream/host'

const file = fileURLToPath(new URL('engine.py', import.meta.url))
const engine = await connect(pythonCommand({ file }))

console.log('2 + 40 =', await engine.request('add', { a: 2, b: 40 }))

const texts = ['to be or not to be', 'that is the question']
engine.updates('count_words', { texts }).subscribe(({ kind, value }) => console.log(kind, value))

try {
  await engine.request('count_words', { texts: ['well', ''] })
} catch (error) {
  if (!isRpcError(error)) throw error
  console.log(`${error.kind}: ${error.message}`, error.facts)
}
await engine.close()
