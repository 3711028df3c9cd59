import * as t from 'io-ts'
import * as assert from 'uvu/assert'
import { method, notification } from '../../src/engine/define.js'
import { engineOf, gist, stopped, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('params._meta')

const seen: unknown[] = []
const definition = engineOf(
  {
    show: method({ handler: (params, { meta }) => ({ params: params ?? null, meta }) }),
    strict: method({ params: t.strict({ a: t.number }), handler: ({ a }) => a }),
    left: method({ handler: (_, { timeLeftMs }) => timeLeftMs }),
    hang: method({ handler: () => new Promise(() => {}) }),
    step: method({
      handler: (_, { progress }) => {
        progress('half')
        return 'done'
      },
    }),
  },
  {
    notifications: {
      note: notification({
        handler: (params, { meta, deadline }) => {
          seen.push([params, meta, deadline])
        },
      }),
    },
  },
)

const all = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  baggage: 'k=v',
  deadlineMs: 1000,
  progressToken: 'p',
  idempotencyKey: 'once',
  priority: 'high',
  other: { x: [1] },
}

test('all of it reaches the handler, and is taken off the params', async () => {
  const peer = await talk(definition)
  assert.equal(await peer.call('show', { a: 1, _meta: all }), { params: { a: 1 }, meta: all })
  assert.equal(await peer.call('show', { _meta: {} }), { params: {}, meta: {} })
})

test('a traceparent beside the params is read too, unless there is one in _meta', async () => {
  const peer = await talk(definition)
  const traceparent = '00-1'
  for (const [id, message, expected] of [
    ['a', { traceparent }, { params: null, meta: { traceparent } }],
    ['b', { traceparent, params: [1] }, { params: [1], meta: { traceparent } }],
    ['c', { traceparent, params: { _meta: all } }, { params: {}, meta: all }],
    ['d', { traceparent: 7 }, { params: null, meta: {} }],
    [
      'e',
      { traceparent, params: { _meta: { tenant: 'acme' } } },
      { params: {}, meta: { tenant: 'acme', traceparent } },
    ],
  ] as const) {
    peer.say({ jsonrpc: '2.0', id, method: 'show', ...message })
    assert.equal((await peer.reply(id)).result, expected)
  }
})

test('it is taken off before validation', async () => {
  const peer = await talk(definition)
  assert.is(await peer.call('strict', { a: 1, _meta: all }), 1)
})

test('by-position params have none', async () => {
  const peer = await talk(definition)
  assert.equal(await peer.call('show', [{ _meta: all }]), { params: [{ _meta: all }], meta: {} })
})

test('what is no object is left out, and what is of the wrong type harms nobody', async () => {
  const peer = await talk(definition)
  for (const odd of [null, 'x', 1, true, [1]]) {
    assert.equal(await peer.call('show', { a: 1, _meta: odd }), { params: { a: 1 }, meta: {} })
  }
  for (const odd of [
    { traceparent: 7, tracestate: [], baggage: {}, idempotencyKey: null, priority: 'urgent' },
    { priority: 'toString', idempotencyKey: 1 },
    { progressToken: null, deadlineMs: undefined },
    { __proto__: null, constructor: 1 },
  ]) {
    assert.equal(((await peer.call('show', { _meta: odd })) as { params: unknown }).params, {})
  }
})

test('a progress token of the wrong type counts as none', async () => {
  for (const progressToken of [true, {}, [], ['x'], null]) {
    const peer = await talk(definition)
    await peer.call('step', { _meta: { progressToken } })
    assert.equal(
      peer.messages.map(({ params }) => params),
      [{ token: 1001, value: 'half' }, undefined],
    )
  }
})

test('a progress token comes back as the same JSON value, or the id does', async () => {
  for (const [token, echoed] of [
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '7'],
    ['1.50', '1.5'],
    ['0', '0'],
    ['""', '""'],
    ['1e400', '7'],
  ]) {
    const peer = await talk(definition)
    peer.send(
      `{"jsonrpc":"2.0","id":7,"method":"step","params":{"_meta":{"progressToken":${token}}}}\n`,
    )
    await peer.settle()
    assert.is(
      peer.texts[0],
      `{"jsonrpc":"2.0","method":"$/progress","params":{"token":${echoed},"value":"half"}}`,
    )
  }
})

const deadlines: readonly (readonly [string, readonly unknown[]])[] = [
  ['0', [1, -32001, 'DeadlineExceeded']],
  ['-0', [1, -32001, 'DeadlineExceeded']],
  ['-5', [1, -32001, 'DeadlineExceeded']],
  ['-1e400', [1, -32001, 'DeadlineExceeded']],
  ['"5"', [1, -32602, 'InvalidParams']],
  ['"NaN"', [1, -32602, 'InvalidParams']],
  ['""', [1, -32602, 'InvalidParams']],
  ['null', [1, -32602, 'InvalidParams']],
  ['true', [1, -32602, 'InvalidParams']],
  ['[5]', [1, -32602, 'InvalidParams']],
  ['{}', [1, -32602, 'InvalidParams']],
  ['250', [1, 250]],
  ['0.5', [1, 0.5]],
  ['1e15', [1, 1e15]],
  ['1e308', [1, 1e308]],
  ['1e400', [1, -32603, 'InternalError']], // Infinity, which is no result
]

for (const [deadlineMs, expected] of deadlines) {
  test(`deadlineMs ${deadlineMs} is ${JSON.stringify(expected)}`, async () => {
    const peer = await talk(definition)
    peer.send(
      `{"jsonrpc":"2.0","id":1,"method":"left","params":{"_meta":{"deadlineMs":${deadlineMs}}}}\n`,
    )
    await peer.settle()
    assert.equal(peer.messages.map(gist), [expected])
  })
}

test('a bad deadline names itself, never its value', async () => {
  const peer = await talk(definition)
  peer.say({ jsonrpc: '2.0', id: 1, method: 'left', params: { _meta: { deadlineMs: 'secret' } } })
  await peer.settle()
  assert.equal((peer.messages[0]?.error?.data as { problems: unknown } | undefined)?.problems, [
    { path: '/_meta/deadlineMs', expected: 'number', got: 'string' },
  ])
  assert.not.match(peer.texts[0] as string, 'secret')
})

test('an unknown method outranks a bad or a past deadline', async () => {
  const peer = await talk(definition)
  for (const deadlineMs of ['x', 0, -1, 5]) {
    peer.say({ jsonrpc: '2.0', id: 1, method: 'nope', params: { _meta: { deadlineMs } } })
    await peer.settle()
  }
  assert.equal(peer.messages.map(gist), Array(4).fill([1, -32601, 'MethodNotFound']))
})

test('the caller is answered at the deadline, to the millisecond, though the handler goes on', async () => {
  const peer = await talk(definition)
  peer.say({ jsonrpc: '2.0', id: 1, method: 'hang', params: { _meta: { deadlineMs: 250 } } })
  await peer.clock.advance(249)
  assert.is(peer.messages.length, 0)
  await peer.clock.advance(1)
  assert.equal(peer.messages.map(gist), [[1, -32001, 'DeadlineExceeded']])
  assert.equal(peer.messages[0]?.error?.data, {
    kind: 'DeadlineExceeded',
    retryable: true,
    deadlineMs: 250,
    phase: 'running',
  })
})

test('a huge deadline never fires', async () => {
  const peer = await talk(definition)
  for (const [id, deadlineMs] of [1e15, 1e300, Number.MAX_VALUE].entries()) {
    peer.say({ jsonrpc: '2.0', id, method: 'hang', params: { _meta: { deadlineMs } } })
  }
  await peer.clock.advance(100 * 24 * 3_600_000)
  assert.is(peer.messages.length, 0)
})

test('a notification has meta too, and a bad deadline only drops it', async () => {
  seen.length = 0
  const peer = await talk(definition)
  peer.notify('note', { a: 1, _meta: { deadlineMs: 50, priority: 'low' } })
  peer.notify('note', { a: 2, _meta: { deadlineMs: 'x' } })
  peer.notify('note', { a: 3, _meta: { deadlineMs: 0 } })
  await peer.settle()
  assert.equal(
    seen.map((one) => (one as unknown[])[0]),
    [{ a: 1 }],
  )
  assert.equal((await stopped(peer, peer.clock)).texts, [])
})

test.run()
