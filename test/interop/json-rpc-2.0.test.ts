/** A small client without a transport of its own, over lines. */
import { createInterface } from 'node:readline'
import {
  JSONRPCClient,
  type JSONRPCResponse,
  JSONRPCServer,
  JSONRPCServerAndClient,
} from 'json-rpc-2.0'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { asking, echo, engineChild, inTime } from './engine-child.js'

const test = suite('json-rpc-2.0')

const connected = async (
  task: (client: JSONRPCClient, lines: string[]) => Promise<void>,
): Promise<void> => {
  const child = engineChild(echo)
  const lines: string[] = []
  const client = new JSONRPCClient((message) => {
    child.stdin.write(`${JSON.stringify(message)}\n`)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    const message = JSON.parse(line) as JSONRPCResponse | JSONRPCResponse[]
    client.receive(message)
  })
  await inTime(task(client, lines))
  assert.is(await inTime(child.end()), 0)
}
const codeOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    (result) => ({ result }),
    (error: { code: number }) => error.code,
  )

test('requests, results and errors', () =>
  connected(async (client) => {
    assert.is(await client.request('add', { a: 1, b: 2 }), 3)
    assert.equal(await client.request('echo', ['é€😀']), ['é€😀'])
    assert.is(await codeOf(client.request('nope', {})), -32601)
    assert.is(await codeOf(client.request('add', [1, 2])), -32602)
    assert.is(await codeOf(client.request('fail', {})), -32603)
  }))

test('a batch is answered by a batch', () =>
  connected(async (client, lines) => {
    const replies = await client.requestAdvanced([
      { jsonrpc: '2.0', id: 'a', method: 'add', params: { a: 1, b: 2 } },
      { jsonrpc: '2.0', id: 'b', method: 'nope' },
    ])
    assert.equal(
      replies.map(({ id, result, error }) => [id, result ?? error?.code]),
      [
        ['a', 3],
        ['b', -32601],
      ],
    )
    assert.is(lines.length, 1)
  }))

test('notifications are not answered', () =>
  connected(async (client, lines) => {
    client.notify('add', { a: 1, b: 2 })
    client.notify('nope', {})
    assert.is(await client.request('add', { a: 1, b: 2 }), 3)
    assert.is(lines.length, 1)
  }))

test('a cancel, and the error it brings', () =>
  connected(async (client) => {
    const answer = client.requestAdvanced({ jsonrpc: '2.0', id: 'slow', method: 'hang' })
    client.notify('$/cancelRequest', { id: 'slow' })
    assert.is((await answer).error?.code, -32800)
  }))

test('a thousand calls at once', () =>
  connected(async (client) => {
    const numbers = Array.from({ length: 1000 }, (_, n) => n)
    const sums = await Promise.all(numbers.map((n) => client.request('add', { a: n, b: 1 })))
    assert.equal(
      sums,
      numbers.map((n) => n + 1),
    )
  }))

test('both directions over one pipe', async () => {
  const child = engineChild(asking)
  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`)
  const both = new JSONRPCServerAndClient(new JSONRPCServer(), new JSONRPCClient(send))
  createInterface({ input: child.stdout }).on('line', async (line) => {
    const message = JSON.parse(line) as { method?: string }
    if (message.method === undefined) return both.receiveAndSend(message)
    send(await both.server.receive(message as never))
  })
  both.addMethod('host.add', ({ a, b }: { a: number; b: number }) => a + b)
  assert.is(await inTime(Promise.resolve(both.request('double', { n: 21 }))), 42)
  assert.is(await inTime(child.end()), 0)
})

test.run()
