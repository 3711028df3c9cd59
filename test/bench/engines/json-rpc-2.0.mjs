/** The peer json-rpc-2.0, which brings no transport: lines by node:readline, as its users write it. */
import { createInterface } from 'node:readline'
import { JSONRPCServer } from 'json-rpc-2.0'

const server = new JSONRPCServer()
server.addMethod('echo', (params) => params)
server.addMethod('add', ({ a, b }) => {
  if (typeof a !== 'number' || typeof b !== 'number') throw new Error('a and b must be numbers')
  return a + b
})
server.addMethod('sleep', ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, ms)))
server.addMethod('note', () => {})

createInterface({ input: process.stdin }).on('line', async (line) => {
  const reply = await server.receiveJSON(line)
  if (reply !== null) process.stdout.write(`${JSON.stringify(reply)}\n`)
})
