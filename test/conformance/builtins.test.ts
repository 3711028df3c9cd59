/** Methods that every engine has, as a peer sees them. */
import * as assert from 'uvu/assert'
import { method, notification } from '../../src/engine/define.js'
import { definition } from './builtins-engine.js'
import { engineOf, gist, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('built-in methods')

test('engine.describe', async () => {
  const peer = await talk(definition)
  const { runtime, limits, ...told } = (await peer.call('engine.describe')) as Record<
    string,
    unknown
  >
  assert.equal(told, {
    protocolVersion: 1,
    engine: { name: 'conformance', version: '1.0.0', description: 'For tests.' },
    methods: [
      { name: 'quick', description: 'Is quick.', idempotent: true },
      { name: 'models.load' },
      { name: 'hang' },
      { name: 'say' },
    ],
    notifications: ['note'],
    builtins: [
      'engine.describe',
      'engine.status',
      'engine.shutdown',
      'engine.subscribe',
      'engine.unsubscribe',
      'health.check',
      'rpc.discover',
      'log.setLevel',
      'config.get',
      'config.set',
      'config.reload',
      'telemetry.setSampling',
      '$/cancelRequest',
    ],
  })
  assert.equal(Object.keys(limits as object), [
    'messageBytes',
    'replyBytes',
    'batch',
    'depth',
    'bufferBytes',
    'openBytes',
    'controlBytes',
  ])
  assert.is((runtime as { name: string }).name, 'sidestream')
})

test('engine.status counts what is open, answered, refused and stray', async () => {
  const peer = await talk(definition)
  await peer.call('quick')
  peer.say({ jsonrpc: '2.0', id: 1, method: 'nope' })
  peer.say({ jsonrpc: '2.0', id: 2, method: 'hang' })
  peer.send('garbage\n[1]\n{"jsonrpc":"2.0","id":9,"result":1}\n')
  const status = (await peer.call('engine.status')) as Record<string, unknown>
  const { state, inFlight, queued, answered, failed, refused, strayReplies, openRequests, epoch } =
    status
  assert.equal(
    { state, inFlight, queued, answered, failed, refused, strayReplies, openRequests, epoch },
    {
      state: 'ready',
      inFlight: 1,
      queued: 0,
      answered: 1,
      failed: 3,
      refused: 2,
      strayReplies: 1,
      openRequests: 0,
      epoch: 0,
    },
  )
})

test('health.check', async () => {
  const peer = await talk(definition)
  await peer.clock.advance(1234)
  const health = (await peer.call('health.check')) as Record<string, unknown>
  assert.equal(Object.keys(health), [
    'status',
    'state',
    'uptimeMs',
    'inFlight',
    'queued',
    'strayBytes',
    'eventLoop',
    'memory',
    'checks',
    'slowest',
    'probes',
  ])
  assert.equal([health['status'], health['state'], health['uptimeMs']], ['ok', 'ready', 1234])
  assert.equal(health['checks'], { disk: { status: 'ok', freeBytes: 5 } })
  assert.equal(Object.keys(health['eventLoop'] as object), [
    'utilization',
    'p50Ms',
    'p99Ms',
    'blockedMs',
  ])
})

test('rpc.discover names every method, and is OpenRPC 1.3.2', async () => {
  const peer = await talk(definition)
  const { openrpc, methods } = (await peer.call('rpc.discover')) as {
    openrpc: string
    methods: { name: string }[]
  }
  assert.is(openrpc, '1.3.2')
  const names = methods.map(({ name }) => name)
  for (const name of ['quick', 'models.load', 'note', 'health.check', 'rpc.discover'])
    assert.ok(names.includes(name), name)
})

test('engine.shutdown answers at once, refuses new work, and waits for the open calls', async () => {
  const peer = await talk(definition)
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'hang' })
  peer.say({ jsonrpc: '2.0', id: 's', method: 'engine.shutdown', params: { graceMs: 300 } })
  assert.equal(peer.messages.map(gist), [['s', { draining: true, open: 1 }]])
  peer.say({ jsonrpc: '2.0', id: 'late', method: 'quick' })
  peer.say({ jsonrpc: '2.0', id: 'status', method: 'engine.status' })
  peer.say({ jsonrpc: '2.0', id: 'nope', method: 'nope' })
  await peer.clock.advance(299)
  assert.equal(
    peer.messages
      .slice(1)
      .map(gist)
      .map(([id, code]) => [id, typeof code === 'number' ? code : 'ok']),
    [
      ['late', -32004],
      ['status', 'ok'],
      ['nope', -32601],
    ],
  )
  await peer.clock.advance(1)
  assert.equal(gist(peer.messages.at(-1) as never), ['a', -32004, 'ShuttingDown'])
  assert.is((await peer.engine.done).exitCode, 75)
})

test('engine.shutdown of an idle engine ends it with 0, the answer sent', async () => {
  const peer = await talk(definition)
  peer.say({ jsonrpc: '2.0', id: 's', method: 'engine.shutdown' })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [['s', { draining: true, open: 0 }]])
  assert.is((await peer.engine.done).exitCode, 0)
  assert.is(peer.pipe.hasEnded, true)
})

test('in a batch it is answered with the batch', async () => {
  const peer = await talk(definition)
  peer.send(
    '[{"jsonrpc":"2.0","id":1,"method":"engine.shutdown"},{"jsonrpc":"2.0","id":2,"method":"quick"}]\n',
  )
  await peer.settle()
  assert.equal(peer.messages.map(gist), [
    [1, { draining: true, open: 0 }],
    [2, -32004, 'ShuttingDown'],
  ])
  assert.is((await peer.engine.done).exitCode, 0)
})

test('bad params of built-in methods are refused', async () => {
  const peer = await talk(definition)
  for (const [id, name, params] of [
    [1, 'engine.shutdown', { graceMs: 'x' }],
    [2, 'engine.shutdown', { grace: 1 }],
    [3, 'engine.subscribe', { health: true }],
    [4, 'engine.subscribe', { log: { level: 'loud' } }],
    [5, 'log.setLevel', { level: 'toString' }],
    [6, 'log.setLevel', {}],
    [7, 'engine.describe', [1]],
  ] as const) {
    peer.say({ jsonrpc: '2.0', id, method: name, params })
  }
  await peer.settle()
  assert.equal(
    peer.messages.map((it) => it.error?.code),
    Array(7).fill(-32602),
  )
  assert.is(await peer.call('quick'), 1)
})

test('control methods are served before the engine is ready', async () => {
  const peer = await talk({ ...definition, onStart: () => new Promise(() => {}) })
  peer.say({ jsonrpc: '2.0', id: 'waits', method: 'quick' })
  assert.is(((await peer.call('engine.status')) as { state: string }).state, 'starting')
  assert.is(((await peer.call('health.check')) as { status: string }).status, 'degraded')
  await peer.call('engine.shutdown')
  await peer.settle()
  assert.equal(gist(await peer.reply('waits')), ['waits', -32004, 'ShuttingDown'])
})

test('rpc.discover tells what methods declare, and which are notifications', async () => {
  const errors = { Busy: { message: 'Busy' }, Full: { code: -32050, message: 'Full' } }
  const peer = await talk(
    engineOf(
      { load: method({ errors, handler: () => 0 }) },
      { notifications: { note: notification({ handler: () => {} }) } },
    ),
  )
  const { methods } = (await peer.call('rpc.discover')) as {
    methods: { name: string; errors?: unknown; 'x-notification'?: unknown }[]
  }
  const told = new Map(methods.map((it) => [it.name, it]))
  assert.equal(told.get('load')?.errors, [
    { code: -32000, message: 'Busy', data: { kind: 'Busy' } },
    { code: -32050, message: 'Full', data: { kind: 'Full' } },
  ])
  assert.is(told.get('note')?.['x-notification'], true)
  assert.is(told.get('load')?.['x-notification'], undefined)
})

test.run()
