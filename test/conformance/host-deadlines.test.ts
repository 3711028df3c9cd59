/** Deadlines and cancels travel with nested calls. */
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { asking, requests } from './asking-engine.js'
import { engineOf, gist, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('time left, both ways')

test('time left travels along: of the call, of the request, the lesser of both', async () => {
  for (const [name, own, sent] of [
    ['ask', undefined, undefined],
    ['ask', 300, 300],
    ['bounded', undefined, 500],
    ['bounded', 300, 300],
    ['bounded', 900, 500],
  ] as const) {
    const peer = await talk(asking)
    const meta = own === undefined ? {} : { _meta: { deadlineMs: own } }
    peer.say({ jsonrpc: '2.0', id: 'a', method: name, params: { x: 1, ...meta } })
    await peer.settle()
    const expected = sent === undefined ? { x: 1 } : { x: 1, _meta: { deadlineMs: sent } }
    assert.equal(requests(peer)[0]?.params, expected)
  }
})

test('by-position params carry no deadline, and keep it all the same', async () => {
  const peer = await talk(
    engineOf({
      ask: method({ deadline: 50, handler: (_, { request }) => request('host.answer', [1]) }),
    }),
  )
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'ask' })
  await peer.settle()
  assert.equal(requests(peer)[0]?.params, [1])
  await peer.clock.advance(50)
  assert.equal(
    peer.messages.slice(1).map((it) => it.method ?? gist(it)),
    [['a', -32001, 'DeadlineExceeded'], '$/cancelRequest'],
  )
})

test('the time left shrinks on its way', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'askTwice', params: { _meta: { deadlineMs: 1000 } } })
  await peer.clock.advance(400)
  peer.say({ jsonrpc: '2.0', id: 1, result: 1 })
  await peer.settle()
  assert.equal(
    requests(peer).map(({ params }) => (params as { _meta: unknown })._meta),
    [{ deadlineMs: 1000 }, { deadlineMs: 600 }],
  )
})

for (const [why, end, code] of [
  [
    'is cancelled',
    (peer: Awaited<ReturnType<typeof talk>>) => peer.notify('$/cancelRequest', { id: 'a' }),
    -32800,
  ],
  ['is late', (peer: Awaited<ReturnType<typeof talk>>) => peer.clock.advance(100), -32001],
] as const) {
  test(`a call that ${why} cancels what it asked for, once; a late answer is counted`, async () => {
    const peer = await talk(asking)
    peer.say({ jsonrpc: '2.0', id: 'a', method: 'ask', params: { _meta: { deadlineMs: 100 } } })
    await peer.settle()
    await end(peer)
    await peer.settle()
    assert.is(peer.replies[0]?.error?.code, code)
    assert.equal(
      peer.messages
        .filter(({ method: name }) => name === '$/cancelRequest')
        .map(({ params }) => params),
      [{ id: 1 }],
    )
    peer.say({ jsonrpc: '2.0', id: 1, result: 'late' })
    const { strayReplies, openRequests } = (await peer.call('engine.status')) as Record<
      string,
      number
    >
    assert.equal([strayReplies, openRequests], [1, 0])
  })
}

test('a request that is late on its own is an error of the handler, which names it', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'bounded' })
  await peer.clock.advance(500)
  assert.equal(
    peer.messages.slice(1).map((it) => it.method ?? gist(it)),
    ['$/cancelRequest', ['a', -32001, 'DeadlineExceeded']],
  )
})

test.run()
