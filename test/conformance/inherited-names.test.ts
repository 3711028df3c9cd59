/** Names that every object inherits mean nothing on the wire, also when somebody has added to Object.prototype. */
import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { group, method, notification } from '../../src/engine/define.js'
import { engineOf, gist, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('inherited names')

const names = [
  ...Object.getOwnPropertyNames(Object.prototype),
  'then',
  'prototype',
  'length',
  'name',
]
const noted: unknown[] = []
const definition = engineOf(
  {
    echo: method({ handler: (params) => params }),
    typed: method({ params: t.type({ a: t.number }), handler: ({ a }) => a }),
    models: group({ methods: { load: method({ handler: () => 'loaded' }) } }),
    toString: method({ handler: () => 'mine' }),
  },
  { notifications: { note: notification({ handler: (params) => noted.push(params) }) } },
)

test('are unknown methods, unless the engine has one', async () => {
  const peer = await talk(definition)
  for (const name of names) {
    for (const path of [name, `models.${name}`, `$/${name}`, `engine.${name}`, `rpc.${name}`]) {
      peer.say({ jsonrpc: '2.0', id: path, method: path })
      await peer.settle()
      const expected = path === 'toString' ? [path, 'mine'] : [path, -32601, 'MethodNotFound']
      assert.equal(gist(peer.messages.at(-1) as never), expected)
    }
  }
})

test('are unknown notifications', async () => {
  const peer = await talk(definition)
  for (const name of names) if (name !== 'toString') peer.notify(name, { a: 1 })
  await peer.settle()
  assert.equal(peer.messages, [])
  assert.equal(noted, [])
})

test('are keys like any other, in ids, params and results', async () => {
  const peer = await talk(definition)
  for (const name of names) {
    const value = `{"${name}":{"${name}":1}}`
    peer.send(`{"jsonrpc":"2.0","id":"${name}","method":"echo","params":${value}}\n`)
    await peer.settle()
    assert.is(peer.texts.at(-1), `{"jsonrpc":"2.0","id":"${name}","result":${value}}`)
  }
})

test('are no ids of open calls', async () => {
  const peer = await talk(definition)
  for (const id of names) peer.notify('$/cancelRequest', { id })
  for (const id of names) peer.say({ jsonrpc: '2.0', id, result: 1 })
  for (const token of names) peer.notify('$/progress', { token, value: 1 })
  await peer.settle()
  assert.equal(peer.messages, [])
})

test('are no params', async () => {
  const peer = await talk(definition)
  peer.say({ jsonrpc: '2.0', id: 1, method: 'typed', params: { toString: 1 } })
  await peer.settle()
  assert.equal(peer.messages.map(gist), [[1, -32602, 'InvalidParams']])
})

/** While a message is taken in, answered and sent, Object.prototype has more than it should. */
const polluted = (more: Record<string, unknown>, task: () => void): void => {
  for (const [name, value] of Object.entries(more)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  }
  try {
    task()
  } finally {
    for (const name of Object.keys(more)) delete (Object.prototype as Record<string, unknown>)[name]
  }
}

test('what is added to Object.prototype is no method, no notification, no kind and no priority', async () => {
  const peer = await talk(definition)
  const evil = method({ handler: () => 'evil' })
  polluted({ evil, run: evil.handler, urgent: 0 }, () => {
    for (const id of ['evil', 'run', 'models.evil']) peer.say({ jsonrpc: '2.0', id, method: id })
    peer.notify('evil')
    peer.say({ jsonrpc: '2.0', id: 1, method: 'echo', params: { _meta: { priority: 'urgent' } } })
  })
  assert.equal(peer.messages.map(gist), [
    ['evil', -32601, 'MethodNotFound'],
    ['run', -32601, 'MethodNotFound'],
    ['models.evil', -32601, 'MethodNotFound'],
    [1, {}],
  ])
})

test.run()
