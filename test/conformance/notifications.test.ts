import * as t from 'io-ts'
import { NEVER } from 'rxjs'
import * as assert from 'uvu/assert'
import { method, notification } from '../../src/engine/define.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { engineOf, exchange, gist, stopped, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('notifications')

let seen: unknown[] = []
const note = (name: string) => ({
  handler: (params: unknown, { id }: { id: unknown }) => {
    seen.push([name, params, id])
  },
})
const definition = engineOf(
  {
    work: method({ handler: note('work').handler }),
    both: method({ handler: () => seen.push('the method') }),
    broken: method({
      handler: () => {
        throw new Error('broken')
      },
    }),
    hang: method({ handler: () => NEVER }),
    late: method({
      handler: async () => {
        throw rpcError('Jammed', 'x')
      },
    }),
    count: method({ handler: () => seen.length }),
  },
  {
    notifications: {
      plain: notification(note('plain')),
      typed: notification({ params: t.type({ a: t.number }), ...note('typed') }),
      both: notification(note('both')),
      fails: notification({
        handler: () => {
          throw new Error('broken')
        },
      }),
      rejects: notification({
        handler: async () => {
          throw new Error('broken')
        },
      }),
      answers: notification({ handler: () => 1n }),
      waits: notification({ handler: () => NEVER }),
    },
    drain: 50,
  },
)
const fresh = () => {
  seen = []
  return talk(definition)
}

test('reach their handlers, by name or by position, and have no id', async () => {
  const peer = await fresh()
  peer.notify('plain', { a: 1 })
  peer.notify('plain', [1])
  peer.notify('plain')
  peer.notify('work', { a: 1 })
  await peer.settle()
  assert.equal(seen, [
    ['plain', { a: 1 }, undefined],
    ['plain', [1], undefined],
    ['plain', undefined, undefined],
    ['work', { a: 1 }, undefined],
  ])
})

test('a notification of its own outranks the method of that name, for notifications only', async () => {
  const peer = await fresh()
  peer.notify('both', {})
  await peer.settle()
  assert.equal(seen, [['both', {}, undefined]])
  await peer.call('both')
  assert.is(seen.at(-1), 'the method')
})

test('a name that is only a notification is no method', async () => {
  const peer = await fresh()
  peer.say({ jsonrpc: '2.0', id: 1, method: 'plain' })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [[1, -32601, 'MethodNotFound']])
  assert.equal(seen, [])
})

test('are never answered, whatever becomes of them', async () => {
  const names = [
    'fails',
    'rejects',
    'answers',
    'broken',
    'late',
    'nope',
    'toString',
    'engine.describe',
    'health.check',
    '$/unknown',
    '$/progress',
    '',
  ]
  const texts = names.map((method) => JSON.stringify({ jsonrpc: '2.0', method, params: {} }))
  const { messages, exitCode } = await exchange(definition, [
    `${texts.join('\n')}\n[${texts.join(',')}]\n`,
  ])
  assert.equal(messages, [])
  assert.is(exitCode, 0)
})

test('nor is one that takes the engine some real time', async () => {
  const peer = await fresh()
  peer.notify('rpc.discover')
  await peer.call('rpc.discover')
  await peer.settle()
  assert.is(peer.messages.length, 1)
})

test('params that do not fit are dropped in silence', async () => {
  const peer = await fresh()
  for (const params of [{ a: 'x' }, [], undefined, { a: 5 }]) peer.notify('typed', params)
  await peer.settle()
  assert.equal(seen, [['typed', { a: 5 }, undefined]])
  assert.equal(peer.messages, [])
})

test('one that still runs is waited for, and ended at the drain deadline without a word', async () => {
  const peer = await fresh()
  peer.notify('waits')
  peer.notify('hang')
  await peer.settle()
  const { inFlight } = (await peer.call('engine.status')) as { inFlight: number }
  assert.is(inFlight, 2)
  const { exitCode, messages } = await stopped(peer, peer.clock)
  assert.is(exitCode, 75)
  assert.is(messages.length, 1, 'only the status')
})

test('while stopping no more are taken', async () => {
  const peer = await fresh()
  await peer.call('engine.shutdown')
  peer.notify('plain', {})
  await peer.settle()
  assert.equal(seen, [])
})

test('one that comes to nothing is told of in the log, at level debug', async () => {
  const peer = await talk(definition)
  await peer.call('engine.subscribe', { log: { level: 'debug' } })
  peer.notify('typed', { a: 'text' })
  peer.notify('no.such', {})
  await peer.call('count')
  const told = peer.messages.filter((it) => it.method === 'log.message')
  assert.equal(
    told.map(({ params }) => {
      const { level, message, method: name } = params as Record<string, unknown>
      return [level, message, name]
    }),
    [
      [
        'debug',
        'A notification came to nothing: Invalid params: expected number at /a, got string',
        'typed',
      ],
      ['debug', 'There is no such notification', 'no.such'],
    ],
  )
})

test.run()
