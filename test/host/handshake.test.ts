/** The first words: who an engine is, or why it does not say. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fakeChild, messages } from './fake-child.js'
import { settled } from './settled.js'

const test = suite('handshake')

const description = {
  protocolVersion: 1,
  engine: { name: 'demo', version: '1.2.3' },
  limits: { messageBytes: 1000 },
  methods: [{ name: 'add', idempotent: true }, { name: 'sub' }],
}
const reply = (id: number, result: unknown) => `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`

test('learns who the engine is, and follows its state', async () => {
  const { client, peer, clock } = fakeChild()
  const states: string[] = []
  client.state$.subscribe((state) => states.push(state))
  const done = settled(client.handshake(1000))
  peer.send(reply(1, description))
  await clock.advance(0)
  peer.send(reply(2, null))
  await clock.advance(0)
  peer.send(reply(3, { state: 'starting' }))
  await clock.advance(0)
  assert.is(done.error, undefined)
  assert.equal(
    messages(peer.written).map(({ method }) => method),
    ['engine.describe', 'engine.subscribe', 'engine.status'],
  )
  assert.equal(client.info, description)
  peer.send(
    '{"jsonrpc":"2.0","method":"engine.stateChanged","params":{"from":"starting","to":"ready","reason":""}}\n',
  )
  assert.equal(states, ['starting', 'starting', 'ready'])
})

test('takes an engine that knows no engine.describe for a foreign one that is ready', async () => {
  const { client, peer, clock } = fakeChild()
  const done = settled(client.handshake(1000))
  peer.send('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}\n')
  await clock.advance(0)
  assert.is(done.error, undefined)
  assert.is(client.info, undefined)
  let state: string | undefined
  client.state$.subscribe((it) => {
    state = it
  })
  assert.is(state, 'ready')
})

test('quotes the first line that is no JSON-RPC when no answer comes', async () => {
  const { client, peer, clock } = fakeChild()
  const done = settled(client.handshake(1000))
  peer.send(`Welcome to ${'x'.repeat(500)}\nsecond line\n`)
  await clock.advance(1000)
  assert.match(done.error?.message ?? '', /did not answer engine.describe within 1000 ms/)
  assert.match(done.error?.message ?? '', /no JSON-RPC: "Welcome to xxx/)
  assert.ok((done.error?.message.length ?? 0) < 500)
})

test('names both versions when the protocols differ', async () => {
  const { client, peer, clock } = fakeChild()
  const done = settled(client.handshake(1000))
  peer.send(reply(1, { ...description, protocolVersion: 2 }))
  await clock.advance(0)
  assert.match(
    done.error?.message ?? '',
    /demo 1.2.3 speaks protocol 2, and this host \(sidestream \S+\) protocol 1/,
  )
  assert.is(done.error?.retryable, false)
})

test('has one deadline for all of it', async () => {
  const { client, peer, clock } = fakeChild()
  const done = settled(client.handshake(1000))
  await clock.advance(900)
  peer.send(reply(1, description))
  await clock.advance(100)
  assert.is(done.error?.kind, 'DeadlineExceeded')
})

test('an engine that has no states is ready', async () => {
  const { client, peer, clock } = fakeChild()
  const done = settled(client.handshake(1000))
  peer.send(reply(1, description))
  await clock.advance(0)
  peer.send('{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"no engine.subscribe"}}\n')
  await clock.advance(0)
  let state: string | undefined
  client.state$.subscribe((it) => {
    state = it
  })
  assert.equal([done.error, state], [undefined, 'ready'])
})

test('an error that looks like one of ours is an answer all the same', async () => {
  const { client, peer, clock } = fakeChild()
  const done = settled(client.handshake(1000))
  peer.send(
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"","data":{"kind":"DeadlineExceeded"}}}\n',
  )
  await clock.advance(0)
  assert.equal([done.error, client.info], [undefined, undefined])
})

test('can be left out', () => {
  const { client, peer } = fakeChild(undefined, { handshake: false })
  let state: string | undefined
  client.state$.subscribe((it) => {
    state = it
  })
  assert.equal([peer.written, state], [[], 'ready'])
})

test('a subscription of the user keeps the state, which is the client’s own', async () => {
  const { client, peer } = fakeChild()
  void client.request('engine.subscribe', { log: { level: 'warn' } })
  assert.equal(messages(peer.written)[0]?.params, { log: { level: 'warn' }, state: true })
})

test.run()
