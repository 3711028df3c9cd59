/** What a client can do with a call: as a stream, in a batch, in both directions, and to an engine that does not read. */
import { getEventListeners } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { IncomingCall } from '../../src/host/incoming.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { fakeChild, messages } from './fake-child.js'
import { settled } from './settled.js'

const test = suite('requests')
const send = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`

test('a call as a stream: progress, parts, and last the result', async () => {
  const { client, peer, clock } = fakeChild()
  const seen: unknown[] = []
  client.updates('transcribe', { path: 'a.wav' }).subscribe({
    next: (update) => seen.push(update),
    complete: () => seen.push('complete'),
  })
  peer.send(send({ method: '$/progress', params: { token: 1, value: 0.5 } }))
  peer.send(send({ method: '$/progress', params: { token: 1, value: 'hello', partial: true } }))
  peer.send(send({ id: 1, result: 'hello world' }))
  await clock.advance(0)
  assert.equal(seen, [
    { kind: 'progress', value: 0.5 },
    { kind: 'partial', value: 'hello' },
    { kind: 'result', value: 'hello world' },
    'complete',
  ])
})

test('a stream sends when it is subscribed, and unsubscribing cancels', async () => {
  const { client, peer, clock } = fakeChild()
  const updates = client.updates('transcribe')
  assert.equal(peer.written, [])
  updates.subscribe().unsubscribe()
  await clock.advance(0)
  assert.equal(
    messages(peer.written).map(({ method, params }) => [method, params]),
    [
      ['transcribe', undefined],
      ['$/cancelRequest', { id: 1 }],
    ],
  )
})

test('a batch leaves as one message, and each call has its own answer', async () => {
  const { client, peer, clock } = fakeChild()
  const ends = client.batch([{ method: 'a', params: { n: 1 } }, { method: 'b' }]).map(settled)
  assert.is(peer.written.length, 1)
  const batch = JSON.parse(peer.written[0] as string) as { id: number; method: string }[]
  assert.equal(
    batch.map(({ id, method }) => [id, method]),
    [
      [1, 'a'],
      [2, 'b'],
    ],
  )
  peer.send(
    `[${send({ id: 2, error: { code: -32601, message: 'no b' } }).trim()},${send({ id: 1, result: 1 }).trim()}]\n`,
  )
  await clock.advance(0)
  assert.is(ends[0]?.result, 1)
  assert.is(ends[1]?.error?.code, -32601)
})

test('an empty batch sends nothing, and what comes after a batch leaves by itself', () => {
  const { client, peer } = fakeChild()
  assert.equal(client.batch([]), [])
  client.batch([{ method: 'a' }]).map(settled)
  settled(client.request('b'))
  assert.equal(
    peer.written.map((text) => [JSON.parse(text)].flat().map(({ method }) => method)),
    [['a'], ['b']],
  )
})

test('more calls than an engine takes at once leave as several batches', () => {
  const { client, peer } = fakeChild()
  const calls = Array.from({ length: 2500 }, () => ({ method: 'a' }))
  client.batch(calls).map(settled)
  assert.equal(
    peer.written.map((text) => JSON.parse(text).length),
    [1000, 1000, 500],
  )
  const large = { method: 'b', params: { text: 'x'.repeat(7 * 2 ** 20) } }
  client.batch([large, large, large]).map(settled)
  assert.equal(
    peer.written.slice(3).map((text) => JSON.parse(text).length),
    [2, 1],
  )
  assert.ok(peer.written.every((text) => Buffer.byteLength(text) <= 16 * 2 ** 20))
})

test('nothing is sent after close, and a state that was unsubscribed stays known', async () => {
  const { client, peer } = fakeChild()
  settled(client.request('engine.unsubscribe'))
  const [{ method, params } = { method: '', params: {} }] = messages(peer.written)
  assert.equal([method, params], ['engine.subscribe', { state: true }])
  void client.close()
  assert.throws(
    () => client.notify('n'),
    (error: { kind: string }) => error.kind === 'ShuttingDown',
  )
})

test('methods of the host answer calls of the engine; others are told that there is none', async () => {
  const { peer, clock } = fakeChild(undefined, {
    methods: {
      'host.name': () => 'lingosub',
      'host.fail': () => {
        throw rpcError('AudioNotFound', 'there is no such file', { path: '/a' })
      },
      'host.slow': async (params) => ({ got: params }),
    },
  })
  peer.send(send({ id: 'x', method: 'host.name' }))
  peer.send(send({ id: 2, method: 'host.slow', params: { a: 1, _meta: { traceparent: 't' } } }))
  peer.send(send({ id: 3, method: 'host.fail' }))
  peer.send(send({ id: 4, method: 'toString' }))
  await clock.advance(0)
  const told = peer.written.map((text) => JSON.parse(text))
  assert.equal(told.find(({ id }) => id === 'x')?.result, 'lingosub')
  assert.equal(told.find(({ id }) => id === 2)?.result, { got: { a: 1 } })
  assert.equal(told.find(({ id }) => id === 3)?.error.data, {
    kind: 'AudioNotFound',
    retryable: false,
    path: '/a',
  })
  assert.is(told.find(({ id }) => id === 4)?.error.code, -32601)
})

test('who subscribes to requests$ answers what no method takes, once', async () => {
  const { client, peer, clock } = fakeChild()
  const calls: IncomingCall[] = []
  client.requests$.subscribe((call) => calls.push(call))
  peer.send(send({ id: 1, method: 'choose', params: { _meta: { progressToken: 'p' } } }))
  peer.send(send({ id: 1, method: 'choose' }))
  calls[0]?.progress('thinking')
  calls[0]?.reply('this')
  calls[0]?.reply('that')
  await clock.advance(0)
  const told = peer.written.map((text) => JSON.parse(text))
  assert.is(told[0].error.data.kind, 'DuplicateId')
  assert.equal(
    told.slice(1).map(({ params, result }) => params ?? result),
    [{ token: 'p', value: 'thinking' }, 'this'],
  )
})

test('an id of the engine may come again once its call was answered', async () => {
  const { peer, clock } = fakeChild(undefined, { methods: { 'host.name': () => 'lingosub' } })
  for (let n = 0; n < 2; n += 1) {
    peer.send(send({ id: 1, method: 'host.name' }))
    await clock.advance(0)
  }
  assert.equal(
    peer.written.map((text) => JSON.parse(text).result),
    ['lingosub', 'lingosub'],
  )
})

test('a call of the engine has its deadline here too, and can be cancelled', async () => {
  const { client, peer, clock } = fakeChild()
  const calls: IncomingCall[] = []
  client.requests$.subscribe((call) => calls.push(call))
  peer.send(send({ id: 1, method: 'choose', params: { _meta: { deadlineMs: 100 } } }))
  peer.send(send({ id: 2, method: 'choose' }))
  await clock.advance(40)
  assert.is(calls[0]?.timeLeftMs, 60)
  peer.send(send({ method: '$/cancelRequest', params: { id: 2 } }))
  await clock.advance(60)
  const told = peer.written.map((text) => JSON.parse(text))
  assert.equal(
    told.map(({ id, error }) => [id, error.code]),
    [
      [2, -32800],
      [1, -32001],
    ],
  )
  assert.ok(calls.every(({ signal }) => signal.aborted))
})

test('a call on behalf of a call of the engine has no more time than that, and ends with it', async () => {
  const { client, peer, clock } = fakeChild()
  const calls: IncomingCall[] = []
  client.requests$.subscribe((call) => calls.push(call))
  peer.send(send({ id: 9, method: 'choose', params: { _meta: { deadlineMs: 100 } } }))
  await clock.advance(30)
  const nested = settled((calls[0] as IncomingCall).request('look', { a: 1 }, { deadlineMs: 5000 }))
  assert.equal(messages(peer.written)[0]?.params, { a: 1, _meta: { deadlineMs: 70 } })
  peer.send(send({ method: '$/cancelRequest', params: { id: 9 } }))
  await clock.advance(0)
  assert.is(nested.error?.kind, 'RequestCancelled')
  assert.ok(messages(peer.written).some(({ method }) => method === '$/cancelRequest'))
})

test('an engine that does not read is sent no more than it may owe, but for health and cancel', async () => {
  const { client, peer, clock } = fakeChild(undefined, { limits: { bufferBytes: 1000 } })
  peer.stall()
  const first = settled(client.request('a', { text: 'x'.repeat(2000) }))
  const second = settled(client.request('b'))
  const ping = settled(client.request('health.check'))
  await clock.advance(0)
  assert.is(second.error?.kind, 'Overloaded')
  assert.equal([first.error, ping.error], [undefined, undefined])
  assert.throws(
    () => client.notify('n'),
    (error: { kind: string }) => error.kind === 'Overloaded',
  )
  peer.read()
  assert.equal(
    messages(peer.written).map(({ method }) => method),
    ['a', 'health.check'],
  )
})

test('what was not handed to the system cannot have reached the engine; what was, may have', async () => {
  const { client, peer, end, clock } = fakeChild()
  const first = settled(client.request('a'))
  peer.stall()
  const second = settled(client.request('b'))
  await clock.advance(0)
  end({ how: 'killed', signal: 'SIGSEGV' })
  await client.ended
  const third = settled(client.request('c'))
  await clock.advance(0)
  const told = [first, second, third].map(({ error }) => error?.facts['delivery'])
  assert.equal(told, ['possible', 'never', 'never'])
  assert.match(first.error?.message ?? '', /a crash in native code/)
})

test('one signal may be that of any number of requests and streams, and keeps nothing of them', async () => {
  const { client, peer, clock } = fakeChild()
  const controller = new AbortController()
  const { signal } = controller
  const listeners = () => getEventListeners(signal, 'abort').length
  const done = settled(client.request('a', {}, { signal }))
  client.updates('b', {}, { signal }).subscribe().unsubscribe()
  peer.send(send({ id: 1, result: 1 }))
  await clock.advance(0)
  assert.equal([done.result, listeners()], [1, 0])
  const ends = Array.from({ length: 20 }, () => settled(client.request('a', {}, { signal })))
  const failures: unknown[] = []
  for (let n = 0; n < 20; n += 1) {
    client.updates('b', {}, { signal }).subscribe({ error: ({ kind }) => failures.push(kind) })
  }
  assert.is(listeners(), 1)
  controller.abort()
  client.updates('b', {}, { signal }).subscribe({ error: ({ kind }) => failures.push(kind) })
  await clock.advance(0)
  assert.equal(
    ends.map(({ error }) => error?.kind),
    Array(20).fill('RequestCancelled'),
  )
  assert.equal(failures, Array(21).fill('RequestCancelled'))
  assert.is(listeners(), 0)
})

test('a call on behalf of another may have a signal of its own, which keeps nothing of it', async () => {
  const { client, peer, clock } = fakeChild()
  const calls: IncomingCall[] = []
  client.requests$.subscribe((call) => calls.push(call))
  peer.send(send({ id: 9, method: 'choose' }))
  const { signal } = new AbortController()
  const nested = settled((calls[0] as IncomingCall).request('look', {}, { signal }))
  assert.is(getEventListeners(signal, 'abort').length, 1)
  peer.send(send({ id: 1, result: 'seen' }))
  await clock.advance(0)
  assert.is(nested.result, 'seen')
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('a deadline that is no number is a mistake, and no endless wait', async () => {
  const { client, peer, clock } = fakeChild()
  for (const deadlineMs of [Number.NaN, '5', null]) {
    const end = settled(client.request('a', {}, { deadlineMs: deadlineMs as number }))
    await clock.advance(0)
    assert.instance(end.error, TypeError)
  }
  assert.equal(peer.written, [])
})

test('an engine that does not read what it asks for gets no more of it than it may owe', async () => {
  let runs = 0
  const { peer, clock } = fakeChild(undefined, {
    limits: { bufferBytes: 10_000 },
    methods: {
      get: () => {
        runs += 1
        return 'x'.repeat(1000)
      },
    },
  })
  peer.stall()
  for (let id = 1; id <= 1000; id += 1) {
    peer.send(send({ id, method: 'get' }))
    await clock.advance(0)
  }
  assert.is.not(runs, 0)
  assert.ok(runs <= 11)
  peer.read()
  const kinds = peer.written.map((text) => JSON.parse(text).error?.data.kind)
  assert.ok(peer.written.join('').length < 21_000)
  assert.equal([...new Set(kinds)], [undefined, 'Overloaded'])
  peer.send(send({ id: 1001, method: 'get' }))
  await clock.advance(0)
  assert.is(JSON.parse(peer.written.at(-1) as string).id, 1001)
})

test('an engine that repeats an id and does not read is not answered for ever either', () => {
  const { client, peer } = fakeChild(undefined, { limits: { bufferBytes: 1000 } })
  client.requests$.subscribe()
  peer.stall()
  for (let n = 0; n < 100; n += 1) peer.send(send({ id: 1, method: 'choose' }))
  peer.read()
  assert.ok(peer.written.join('').length < 2300)
})

test('calls of the engine that nobody answers are limited in number', async () => {
  const { client, peer, clock } = fakeChild()
  const calls: IncomingCall[] = []
  client.requests$.subscribe((call) => calls.push(call))
  for (let n = 0; n < 10_001; n += 1) peer.send(send({ id: n, method: 'choose' }))
  await clock.advance(0)
  assert.is(calls.length, 10_000)
  assert.is(JSON.parse(peer.written[0] as string).error.data.kind, 'Overloaded')
  calls[0]?.reply('this')
  peer.send(send({ id: null, method: 'choose' }))
  assert.is(calls.length, 10_001)
})

test('progress of a call of the engine is left out while the engine does not read', async () => {
  const { client, peer } = fakeChild(undefined, { limits: { bufferBytes: 1000 } })
  client.requests$.subscribe((call) => {
    for (let n = 0; n < 1000; n += 1) call.progress(n)
    call.reply('done')
  })
  peer.stall()
  peer.send(send({ id: 1, method: 'count' }))
  peer.read()
  assert.ok(peer.written.length < 20)
  assert.is(JSON.parse(peer.written.at(-1) as string).result, 'done')
})

test.run()
