/** Requests of the engine to its host: both directions of one pipe, each with ids of its own. */
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { asking, heard, requests } from './asking-engine.js'
import { engineOf, gist, stopped, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('requests to the host')

test('a handler asks, the host answers, the caller gets it', async () => {
  const peer = await talk(asking)
  peer.handle('host.answer', (params) => ({ got: params }))
  assert.equal(await peer.call('ask', { a: 1 }), { got: { a: 1 } })
  assert.equal(await peer.call('ask', [1]), { got: [1] })
  assert.equal(await peer.call('askTwice'), [{ got: { n: 1 } }, { got: { n: 2 } }])
  assert.is(requests(peer)[0]?.jsonrpc, '2.0')
})

test('without params none are sent', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'serial' })
  await peer.settle()
  assert.is(peer.texts[0], '{"jsonrpc":"2.0","id":1,"method":"host.answer"}')
})

test('ids of the two directions are separate', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 1, method: 'ask', params: { from: 'host' } })
  await peer.settle()
  const [asked] = requests(peer)
  assert.is(asked?.id, 1, 'the same id is in use in both directions')
  peer.say({ jsonrpc: '2.0', id: 1, result: 'for the engine' })
  await peer.settle()
  assert.equal(gist(peer.messages.at(-1) as never), [1, 'for the engine'])
})

test('a host may return the id as a text', async () => {
  const peer = await talk(asking)
  const answered = peer.call('ask', {})
  await peer.settle()
  peer.say({ jsonrpc: '2.0', id: '1', result: 'ok' })
  assert.is(await answered, 'ok')
})

test('a signal that aborts cancels the request; one that has aborted sends nothing', async () => {
  const peer = await talk(asking)
  assert.is(await peer.call('abort'), -32800)
  assert.equal(
    peer.messages.map(({ method: name, params }) => name && [name, params]).slice(0, 2),
    [
      ['host.answer', {}],
      ['$/cancelRequest', { id: 1 }],
    ],
  )
  const before = peer.messages.length
  assert.is(await peer.call('aborted'), -32800)
  assert.is(peer.messages.length, before + 1)
})

test('progress of the host reaches who asked, until the answer', async () => {
  heard.length = 0
  const peer = await talk(asking)
  const answered = peer.call('listen')
  await peer.settle()
  for (const [token, value] of [
    [1, 'a'],
    ['1', 'b'],
    [2, 'x'],
    ['x', 'x'],
    [null, 'x'],
  ]) {
    peer.notify('$/progress', { token, value })
  }
  for (const params of [undefined, [], {}, { value: 1 }, { token: {} }])
    peer.notify('$/progress', params)
  peer.say({ jsonrpc: '2.0', id: 1, result: 'ok' })
  peer.notify('$/progress', { token: 1, value: 'late' })
  assert.is(await answered, 'ok')
  assert.equal(heard, ['a', 'b'])
})

test('an onProgress that throws fails its own request, and no message is lost', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'hurt' })
  await peer.settle()
  peer.send(
    '{"jsonrpc":"2.0","method":"$/progress","params":{"token":1,"value":1}}\n{"jsonrpc":"2.0","id":"b","method":"quick"}\n',
  )
  await peer.settle()
  const replies = new Map(peer.replies.map((it) => [it.id, gist(it).slice(1)]))
  assert.equal(replies.get('b'), ['quick'])
  assert.equal(replies.get('a'), [-32603, 'InternalError'])
})

test('params that cannot be printed reject, and nothing is sent', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'bigint' })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [['a', -32603, 'InternalError']])
  assert.is(((await peer.call('engine.status')) as Record<string, number>)['openRequests'], 0)
})

test('under a limit of one, answers pass: a nested call does not block itself', async () => {
  const peer = await talk(asking)
  peer.handle('host.answer', () => peer.call('quick'))
  for (const id of ['a', 'b', 'c']) peer.say({ jsonrpc: '2.0', id, method: 'serial' })
  await peer.settle()
  assert.equal(
    ['a', 'b', 'c'].map((id) => peer.replies.find((it) => it.id === id)?.result),
    ['quick', 'quick', 'quick'],
  )
})

test('a call that asks for as long as it runs holds no memory for what was answered', async () => {
  let endings: readonly unknown[] = []
  const peer = await talk(
    engineOf({
      ask: method({
        handler: async (_, context) => {
          for (let round = 0; round < 1000; round += 1) await context.request('host.answer')
          endings = (context as unknown as { endings: readonly unknown[] }).endings
        },
      }),
    }),
  )
  peer.handle('host.answer', () => 1)
  await peer.call('ask')
  assert.is(endings.length, 1)
})

test('onStart asks the host before any call is served, also when the host speaks last', async () => {
  let told: unknown
  const peer = await talk({
    ...asking,
    onStart: async ({ request }) => (told = await request('host.config', { a: 1 })),
  })
  peer.handle('host.config', () => 'configured')
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'quick' })
  await peer.settle()
  assert.is(told, 'configured')
  assert.equal(
    peer.messages.map((it) => it.method ?? gist(it)),
    ['host.config', ['a', 'quick']],
  )
})

test('what onStart tells before the first byte waits for the framing', async () => {
  const peer = await talk({ ...asking, onStart: ({ notify }) => notify('hello', { a: 1 }) })
  assert.equal(peer.texts, [])
  peer.send('Content-Length: 2\r\n\r\n[]')
  assert.match(
    peer.pipe.written[0] ?? '',
    /^Content-Length: \d+\r\n\r\n\{"jsonrpc":"2.0","method":"hello"/,
  )
})

test('at the end of input what was asked fails at once: no answer can come', async () => {
  const peer = await talk(asking)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'ask', params: {} })
  await peer.settle()
  peer.pipe.end()
  await peer.settle()
  assert.equal(peer.replies.map(gist), [['a', -32004, 'ShuttingDown']])
  assert.is(peer.pipe.hasEnded, true, 'it does not wait for the drain deadline')
  assert.is((await stopped(peer, peer.clock)).exitCode, 0)
})

test('an engine whose start waits for a host that has gone ends', async () => {
  const peer = await talk({ ...asking, onStart: ({ request }) => request('host.config') })
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'quick' })
  const { exitCode } = await stopped(peer, peer.clock)
  assert.is(exitCode, 70)
  assert.equal(peer.replies.map(gist), [['a', -32002, 'NotReady']])
})

test.run()
