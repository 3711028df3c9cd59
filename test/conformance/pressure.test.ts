/** What gets through when a peer floods the engine or does not read. */
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { engineOf, gist, stopped, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('pressure')

let started: unknown[] = []
const definition = engineOf(
  {
    big: method({ handler: () => 'x'.repeat(1000) }),
    quick: method({ handler: (_, { id }) => started.push(id) && 'quick' }),
    wait: method({
      handler: (_, { id }) => {
        started.push(id)
        return new Promise(() => {})
      },
    }),
    ask: method({ handler: (_, { request }) => request('host.answer') }),
    listen: method({
      handler: async (_, { request }) => {
        const heard: unknown[] = []
        await request('host.answer', undefined, { onProgress: (value) => heard.push(value) })
        return heard
      },
    }),
  },
  { limits: { bufferBytes: 2000, openBytes: 2000, controlBytes: 1000 }, drain: 100 },
)
const call = (id: unknown, name: string, params?: unknown): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: name, params })}\n`
const note = (name: string, params: unknown): string =>
  `${JSON.stringify({ jsonrpc: '2.0', method: name, params })}\n`

/** An engine with more unwritten output than it may have. */
const stalled = async () => {
  started = []
  const peer = await talk(definition)
  peer.pipe.stall()
  for (const id of ['big 1', 'big 2']) peer.send(call(id, 'big'))
  return peer
}
const ids = (peer: { messages: readonly { id?: unknown }[] }): unknown[] =>
  peer.messages.map(({ id }) => id)

test('calls wait while nobody reads, and are served in order when somebody does', async () => {
  const peer = await stalled()
  for (const id of [1, 2, 3]) peer.send(call(id, 'quick'))
  await peer.settle()
  assert.equal(started, [])
  peer.pipe.read()
  await peer.settle()
  assert.equal(started, [1, 2, 3])
  assert.equal(ids(peer), ['big 1', 'big 2', 1, 2, 3])
})

test('control calls pass those that wait', async () => {
  const peer = await stalled()
  peer.send(
    call(1, 'quick') +
      call('status', 'engine.status') +
      call('health', 'health.check') +
      call(2, 'quick'),
  )
  await peer.settle()
  peer.pipe.read()
  await peer.settle()
  assert.equal(ids(peer), ['big 1', 'big 2', 'status', 'health', 1, 2])
})

test('a shutdown passes those that wait, and they are answered', async () => {
  const peer = await stalled()
  peer.send(call(1, 'quick') + call('stop', 'engine.shutdown'))
  await peer.settle()
  peer.pipe.read()
  const { messages } = await stopped(peer, peer.clock)
  assert.equal(messages.slice(2).map(gist), [
    ['stop', { draining: true, open: 0 }],
    [1, -32004, 'ShuttingDown'],
  ])
})

test('a cancel reaches a call that waits unread: it never starts', async () => {
  const peer = await stalled()
  peer.send(
    call(1, 'wait') + call('1', 'quick') + note('$/cancelRequest', { id: 1 }) + call(2, 'quick'),
  )
  await peer.settle()
  peer.pipe.read()
  await peer.settle()
  assert.equal(started, ['1', 2])
  const replies = peer.messages.slice(2).map(gist)
  assert.equal(
    replies.filter(([id]) => id === 1),
    [[1, -32800, 'RequestCancelled']],
  )
  assert.is(replies.length, 3)
})

test('a cancel that comes later reaches it too, and one in a batch', async () => {
  const peer = await stalled()
  peer.send(call(1, 'wait'))
  peer.send(`[${call(2, 'wait').trim()},${call(3, 'quick').trim()}]\n`)
  await peer.settle()
  peer.send(note('$/cancelRequest', { id: 1 }))
  peer.send(note('$/cancelRequest', { id: 2 }))
  peer.send(note('$/cancelRequest', { id: 99 }))
  await peer.settle()
  peer.pipe.read()
  await peer.settle()
  const codes = new Map(peer.messages.slice(2).map((it) => [it.id, gist(it)[1]]))
  assert.equal([...codes].sort(), [
    [1, -32800],
    [2, -32800],
    [3, 'quick'],
  ])
  assert.equal(
    started.filter((id) => id !== 3),
    [],
    'never started',
  )
})

test('a cancel does not touch a later call that uses the id again', async () => {
  const peer = await stalled()
  peer.send(call(1, 'wait') + note('$/cancelRequest', { id: 1 }) + call(1, 'quick'))
  await peer.settle()
  peer.pipe.read()
  await peer.settle()
  assert.equal(peer.messages.slice(2).map(gist), [
    [1, -32800, 'RequestCancelled'],
    [1, 'quick'],
  ])
})

test('a cancel that meant nothing is forgotten', async () => {
  const peer = await stalled()
  peer.send(call(1, 'quick') + note('$/cancelRequest', { id: 99 }))
  await peer.settle()
  peer.pipe.read()
  peer.send(call(99, 'quick'))
  await peer.settle()
  assert.equal(peer.messages.slice(2).map(gist), [
    [1, 'quick'],
    [99, 'quick'],
  ])
})

test('a call whose deadline passes while it waits does not run', async () => {
  const peer = await stalled()
  peer.send(call(1, 'quick', { _meta: { deadlineMs: 100 } }))
  peer.send(call(2, 'quick', { _meta: { deadlineMs: 101 } }))
  await peer.clock.advance(100)
  peer.pipe.read()
  await peer.settle()
  assert.equal(started, [2])
  assert.equal(peer.messages.slice(2).map(gist), [
    [1, -32001, 'DeadlineExceeded'],
    [2, 'quick'],
  ])
})

test('answers of the host reach who asked, though the memory is full of calls', async () => {
  const peer = await talk(definition)
  for (const id of ['a', 'b', 'c', 'd', 'e'])
    peer.send(call(id, 'ask', { filler: 'x'.repeat(300) }))
  await peer.settle()
  const asked = peer.messages.filter(({ method: name }) => name === 'host.answer')
  assert.ok(
    asked.length > 0 && asked.length < 5,
    `${asked.length} calls fill the memory, the others wait`,
  )
  for (const { id } of asked) peer.say({ jsonrpc: '2.0', id, result: id })
  await peer.settle()
  assert.is(peer.replies.length, asked.length)
})

test('progress of the host keeps its place before the answer', async () => {
  const peer = await talk(definition)
  peer.send(call('a', 'listen', { filler: 'x'.repeat(3000) }))
  await peer.settle()
  peer.send(call('waits', 'quick'))
  peer.send(
    note('$/progress', { token: 1, value: 'half' }) +
      `${JSON.stringify({ jsonrpc: '2.0', id: 1, result: 0 })}\n`,
  )
  await peer.settle()
  assert.equal(peer.replies.map(gist), [
    ['a', ['half']],
    ['waits', 'quick'],
  ])
})

test('an answer in a call larger than twice the memory', async () => {
  const peer = await talk(definition)
  peer.send(call('a', 'ask', { filler: 'x'.repeat(8000) }))
  await peer.settle()
  peer.say({ jsonrpc: '2.0', id: 1, error: { code: 7, message: 'no' } })
  await peer.settle()
  assert.equal(peer.replies.map(gist), [['a', 7, 'EngineError']])
})

test('reading stops, and goes on; every request is answered once, in order', async () => {
  const peer = await stalled()
  const expected: unknown[] = ['big 1', 'big 2']
  for (let id = 0; id < 500; id += 1) {
    peer.send(call(id, 'quick'))
    expected.push(id)
  }
  await peer.settle()
  assert.is(peer.pipe.isPaused, true)
  assert.equal(started, [])
  peer.pipe.read()
  await peer.settle()
  assert.is(peer.pipe.isPaused, false)
  assert.equal(ids(peer), expected)
})

test('a batch of answers passes too', async () => {
  const peer = await talk(definition)
  peer.send(call('a', 'ask', { filler: 'x'.repeat(3000) }))
  await peer.settle()
  peer.send('[]\n[1]\n')
  await peer.settle()
  assert.equal(peer.replies, [])
  peer.send('[{"jsonrpc":"2.0","id":1,"result":5}]\n')
  await peer.settle()
  assert.equal(gist(await peer.reply('a')), ['a', 5])
  assert.is(peer.replies.length, 3)
})

test('one large call that goes on and on does not keep the others waiting once there is room', async () => {
  const peer = await talk(definition)
  peer.send(call('large', 'wait', { filler: 'x'.repeat(800) }))
  peer.send(call('more', 'wait', { filler: 'x'.repeat(800) }))
  peer.send(call(1, 'quick'))
  await peer.settle()
  assert.equal(peer.messages, [])
  peer.send(note('$/cancelRequest', { id: 'more' }))
  await peer.settle()
  assert.equal(peer.replies.map(gist), [
    ['more', -32800, 'RequestCancelled'],
    [1, 'quick'],
  ])
})

test('bad messages that wait are answered in their place', async () => {
  const peer = await stalled()
  peer.send(`${call(1, 'quick')}garbage\n[]\n${call(2, 'quick')}`)
  await peer.settle()
  peer.pipe.read()
  await peer.settle()
  assert.equal(peer.messages.slice(2).map(gist), [
    [1, 'quick'],
    [null, -32700, 'ParseError'],
    [null, -32600, 'InvalidRequest'],
    [2, 'quick'],
  ])
})

test('the end of input while calls wait: all are answered', async () => {
  const peer = await stalled()
  for (const id of [1, 2, 3]) peer.send(call(id, 'quick'))
  peer.pipe.end()
  await peer.settle()
  peer.pipe.read()
  const { messages, exitCode } = await stopped(peer, peer.clock)
  assert.equal(messages.slice(2).map(gist), [
    [1, 'quick'],
    [2, 'quick'],
    [3, 'quick'],
  ])
  assert.is(exitCode, 0)
})

test.run()
