import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { engineOf, gist, stopped, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('$/cancelRequest')

const started: unknown[] = []
const aborted: unknown[] = []
const definition = engineOf(
  {
    wait: method({
      handler: (_, { id, signal }) => {
        started.push(id)
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted.push(id)
            resolve('too late')
          })
        })
      },
    }),
    deaf: method({ handler: () => new Promise(() => {}) }),
    one: method({ limit: { concurrency: 1 }, handler: () => new Promise(() => {}) }),
    quick: method({ handler: () => 'done' }),
  },
  { drain: 100 },
)

const cancelled = (id: unknown): readonly unknown[] => [id, -32800, 'RequestCancelled']
const fresh = async () => {
  started.length = 0
  aborted.length = 0
  return talk(definition)
}

test('the call is answered at once, its signal aborts, and what it returns then is dropped', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'wait' })
  await peer.settle()
  peer.notify('$/cancelRequest', { id: 'a' })
  assert.equal(peer.messages.map(gist), [cancelled('a')], 'in the same turn')
  await peer.settle()
  assert.equal(aborted, ['a'])
  assert.is(peer.messages.length, 1)
  assert.equal(peer.messages[0]?.error?.data, { kind: 'RequestCancelled', retryable: false })
})

test('a handler that does not listen is answered for all the same', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'deaf' })
  peer.notify('$/cancelRequest', { id: 1 })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [cancelled(1)])
  assert.is((await stopped(peer, peer.clock)).exitCode, 0)
})

test('a call that waits for its turn never starts', async () => {
  const peer = await fresh()
  for (const id of [1, 2, 3]) peer.say({ jsonrpc: '2.0', id, method: 'one' })
  await peer.settle()
  const { queued } = (await peer.call('engine.status')) as { queued: number }
  assert.is(queued, 2)
  peer.notify('$/cancelRequest', { id: 2 })
  peer.notify('$/cancelRequest', { id: 1 })
  await peer.settle()
  assert.equal(peer.messages.slice(1).map(gist), [cancelled(2), cancelled(1)])
  assert.is(((await peer.call('engine.status')) as { inFlight: number }).inFlight, 1)
})

test('a call that waits for the engine to start never starts', async () => {
  let ready: () => void = () => {}
  const peer = await talk({
    ...definition,
    onStart: () => new Promise<void>((resolve) => (ready = resolve)),
  })
  started.length = 0
  peer.say({ jsonrpc: '2.0', id: 1, method: 'wait' })
  peer.notify('$/cancelRequest', { id: 1 })
  assert.equal(peer.messages.map(gist), [cancelled(1)])
  ready()
  await peer.settle()
  assert.equal(started, [])
})

test('1, "1" and 1.0 are told apart by value and type', async () => {
  const peer = await fresh()
  peer.send(
    '{"jsonrpc":"2.0","id":1,"method":"wait"}\n{"jsonrpc":"2.0","id":"1","method":"wait"}\n',
  )
  peer.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"1"}}\n')
  assert.equal(peer.messages.map(gist), [cancelled('1')])
  peer.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1.0}}\n')
  assert.equal(peer.messages.map(gist), [cancelled('1'), cancelled(1)])
})

test('ids that JavaScript cannot hold are known by their digits', async () => {
  const peer = await fresh()
  for (const id of ['9007199254740993', '9007199254740992', '1.5']) {
    peer.send(`{"jsonrpc":"2.0","id":${id},"method":"wait"}\n`)
  }
  for (const id of ['9007199254740993', '1.5', '9007199254740994']) {
    peer.send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"x":{"id":7.5},"id":${id}}}\n`)
  }
  assert.equal(
    peer.texts.map((text) => /"id":([\d.]+)/.exec(text)?.[1]),
    ['9007199254740993', '1.5'],
  )
})

test('the result stands if the call had ended first', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'quick' })
  peer.notify('$/cancelRequest', { id: 1 })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [[1, 'done']])
})

test('an id may be used again once it was cancelled', async () => {
  const peer = await fresh()
  for (let round = 0; round < 3; round += 1) {
    peer.say({ jsonrpc: '2.0', id: 1, method: 'wait' })
    peer.notify('$/cancelRequest', { id: 1 })
    await peer.settle()
  }
  assert.equal(peer.messages.map(gist), [cancelled(1), cancelled(1), cancelled(1)])
})

test('twice is once', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'wait' })
  peer.notify('$/cancelRequest', { id: 1 })
  peer.notify('$/cancelRequest', { id: 1 })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [cancelled(1)])
})

test('unknown, malformed, and of no or of null id: nothing is said, and nothing is cancelled', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'wait' })
  peer.say({ jsonrpc: '2.0', id: null, method: 'wait' })
  const odd = [
    undefined,
    {},
    [],
    [1],
    { id: null },
    { id: 2 },
    { id: '1' },
    { id: {} },
    { id: [1] },
    { id: true },
    { ID: 1 },
    { id: 1.5 },
  ]
  for (const params of odd) peer.notify('$/cancelRequest', params)
  peer.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1e400}}\n')
  await peer.settle()
  assert.equal(peer.messages, [])
  assert.is(await peer.call('quick'), 'done')
})

test('params that are no params are refused like anywhere', async () => {
  const peer = await fresh()
  for (const params of [null, 1, 'x']) peer.notify('$/cancelRequest', params)
  assert.equal(peer.messages.map(gist), Array(3).fill([null, -32600, 'InvalidRequest']))
})

test('sent as a request it is answered once, and so is what it cancels', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'wait' })
  peer.say({ jsonrpc: '2.0', id: 2, method: '$/cancelRequest', params: { id: 1 } })
  peer.say({ jsonrpc: '2.0', id: 3, method: '$/cancelRequest', params: { id: 99 } })
  peer.say({ jsonrpc: '2.0', id: 4, method: '$/cancelRequest' })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [cancelled(1), [2, null], [3, null], [4, null]])
})

test('a request that cancels itself is answered once', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: '$/cancelRequest', params: { id: 1 } })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [[1, null]])
})

test('what cannot be cancelled any more is not: a call whose deadline has passed', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'wait', params: { _meta: { deadlineMs: 10 } } })
  await peer.clock.advance(10)
  peer.notify('$/cancelRequest', { id: 1 })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [[1, -32001, 'DeadlineExceeded']])
})

test.run()
