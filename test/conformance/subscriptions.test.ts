/** What a peer is told of the engine itself: what it asked for. */
import * as assert from 'uvu/assert'
import { testLog } from '../../src/testing/test-log.js'
import { definition } from './builtins-engine.js'
import { stopped, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('subscriptions')

test('nothing is told unasked', async () => {
  const peer = await talk(definition, { log: testLog().log })
  await peer.call('say')
  await peer.clock.advance(10_000)
  await peer.call('engine.shutdown')
  await peer.settle()
  assert.equal(
    peer.messages.filter(({ method: name }) => name !== undefined),
    [],
  )
})

test('state changes, as subscribed', async () => {
  const peer = await talk(definition)
  await peer.call('engine.subscribe', { state: true })
  await peer.call('engine.shutdown')
  await peer.settle()
  assert.equal(
    peer.messages
      .filter(({ method: name }) => name === 'engine.stateChanged')
      .map(({ params }) => params),
    [{ from: 'ready', to: 'draining', reason: 'shutdown' }],
  )
})

test('health ticks, as subscribed, until they are not', async () => {
  const peer = await talk(definition)
  await peer.call('engine.subscribe', { health: { everyMs: 100 } })
  await peer.clock.advance(350)
  const ticks = () => peer.messages.filter(({ method: name }) => name === 'health.tick')
  assert.is(ticks().length, 4)
  assert.is((ticks()[0]?.params as { status: string } | undefined)?.status, 'ok')
  await peer.call('engine.unsubscribe')
  await peer.clock.advance(1000)
  assert.is(ticks().length, 4)
})

test('log records from a level on, also those that cannot be printed whole', async () => {
  const peer = await talk(definition, { log: testLog().log })
  await peer.call('engine.subscribe', { log: { level: 'warn' } })
  await peer.call('say')
  const told = peer.messages
    .filter(({ method: name }) => name === 'log.message')
    .map(({ params }) => params)
  assert.equal(told.slice(0, 2), [
    { method: 'say', requestId: 1002, n: 1, level: 'warn', message: 'warn' },
    { method: 'say', requestId: 1002, n: 1, level: 'error', message: 'error' },
  ])
  assert.equal(told[2], { level: 'warn', message: 'odd' })
})

test('subscribing again replaces what was subscribed', async () => {
  const peer = await talk(definition, { log: testLog().log })
  await peer.call('engine.subscribe', { log: { level: 'trace' }, health: { everyMs: 10 } })
  await peer.call('engine.subscribe', { state: true })
  const before = peer.messages.length
  await peer.call('say')
  await peer.clock.advance(100)
  assert.is(peer.messages.length, before + 1)
  await stopped(peer, peer.clock)
})

test('state: false asks for nothing', async () => {
  const peer = await talk(definition)
  await peer.call('engine.subscribe', { state: false })
  await peer.call('engine.shutdown')
  await peer.settle()
  assert.not(peer.messages.some(({ method: name }) => name !== undefined))
})

test.run()
