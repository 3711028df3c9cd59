import { left } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { map, tap } from 'rxjs'
import * as assert from 'uvu/assert'
import { type Engine, method } from '../../src/engine/define.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import type { PeerMessage } from '../../src/testing/scripted-peer.js'
import { testLog } from '../../src/testing/test-log.js'
import { engineOf, gist, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('errors on the wire')

const broken = (): never => {
  throw new Error('the handler broke', { cause: new Error('the root of it') })
}
/** Its stack is printed before its getters throw, since printing it reads them. */
const hostile = new Error('x')
assert.match(hostile.stack ?? '', 'x')
for (const key of ['message', 'stack', 'name', 'cause']) {
  Object.defineProperty(hostile, key, { get: () => broken() })
}
const methods = {
  broken: method({ handler: broken }),
  hidden: method({ handler: () => ({ toJSON: broken }) }),
  bigint: method({ handler: () => 1n }),
  wrong: method({ result: t.number, handler: () => 'x' as never }),
  declared: method({
    errors: { Jammed: { code: 7, message: 'It is jammed', retryable: true } },
    handler: (params) => left(params as never),
  }),
  add: method({ params: t.type({ a: t.number, b: t.number }), handler: ({ a, b }) => a + b }),
  strict: method({ params: t.strict({ a: t.number }), handler: ({ a }) => a }),
  many: method({ params: t.array(t.number), handler: () => 0 }),
  hostile: method({
    handler: () => {
      throw hostile
    },
  }),
}

/** The error of one call, and what was logged of it. */
const failing = async (
  name: string,
  params: unknown = {},
  errors: Engine['errors'] = {},
): Promise<{
  error: NonNullable<PeerMessage['error']>
  data: Record<string, unknown>
  logged: string
  text: string
}> => {
  const { log, records } = testLog()
  const peer = await talk(engineOf(methods, { errors }), { log })
  peer.say({ jsonrpc: '2.0', id: 1, method: name, params })
  await peer.settle()
  assert.is(peer.messages.length, 1)
  const { error } = peer.messages[0] as { error: NonNullable<PeerMessage['error']> }
  const data = error.data as Record<string, unknown>
  const logged = records
    .filter(({ facts }) => facts['ref'] === data['ref'])
    .map(({ facts: { err } }) => (err === hostile ? '' : ((err as Error | undefined)?.stack ?? '')))
    .join('\n')
  return { error, data, logged, text: peer.texts[0] as string }
}

/** A defect of the handler, of its result, of how that prints. */
for (const [name, message] of [
  ['broken', 'the handler broke'],
  ['hidden', 'the handler broke'],
  ['bigint', 'Do not know how to serialize a BigInt'],
  ['wrong', 'The result of wrong does not fit its codec: expected number, got string'],
]) {
  test(`${name}: the caller is told the message and a reference, the log has all`, async () => {
    const { error, data, logged, text } = await failing(name as string)
    assert.is(error.code, -32603)
    assert.is(error.message, message)
    assert.equal(Object.keys(data), ['kind', 'retryable', 'ref'])
    assert.match(logged, message as string)
    assert.match(logged, '.ts:')
    assert.not.match(text, /\.ts:|at .*\(|root of it/)
  })

  test(`${name}: with expose none the caller is told nothing`, async () => {
    const { error, data, logged, text } = await failing(name as string, {}, { expose: 'none' })
    assert.equal([error.code, error.message], [-32603, 'Internal error'])
    assert.equal(Object.keys(data), ['kind', 'retryable', 'ref'])
    assert.match(logged, message as string)
    assert.not.match(text, message as string)
  })

  test(`${name}: with expose debug the caller is told all`, async () => {
    const { data } = await failing(name as string, {}, { expose: 'debug' })
    assert.match((data['debug'] as string[])[0] as string, '.ts:')
  })
}

test('a result that cannot be told counts as failed', async () => {
  const peer = await talk(engineOf(methods))
  for (const [id, name] of ['bigint', 'hidden', 'broken'].entries()) {
    peer.say({ jsonrpc: '2.0', id, method: name })
  }
  const status = (await peer.call('engine.status')) as { answered: number; failed: number }
  assert.equal([status.answered, status.failed], [0, 3])
})

test('causes are told with expose debug only', async () => {
  const { data } = await failing('broken', {}, { expose: 'debug' })
  assert.match((data['debug'] as string[])[1] as string, 'the root of it')
})

test('an error whose getters throw is told as far as it can be, under every setting', async () => {
  for (const expose of ['none', 'message', 'debug'] as const) {
    const { error } = await failing('hostile', {}, { expose })
    assert.equal([error.code, error.message], [-32603, 'Internal error'])
  }
})

test('an error whose getters throw is told to who subscribed to the log, too', async () => {
  const peer = await talk(engineOf(methods), { log: testLog().log })
  await peer.call('engine.subscribe', { log: { level: 'error' } })
  peer.say({ jsonrpc: '2.0', id: 1, method: 'hostile' })
  await peer.settle()
  assert.equal(gist(await peer.reply(1)), [1, -32603, 'InternalError'])
  assert.equal(peer.messages[1]?.params, { level: 'error', message: 'Internal error' })
})

test('a declared error has its message, its kind and its facts, under every setting', async () => {
  for (const expose of ['none', 'message', 'debug'] as const) {
    const { error, text } = await failing(
      'declared',
      { kind: 'Jammed', message: 'stuck', tray: 2 },
      { expose },
    )
    assert.equal(error, {
      code: 7,
      message: 'stuck',
      data: { kind: 'Jammed', retryable: true, tray: 2 },
    })
    assert.not.match(text, 'ref')
  }
})

test('what is declared of a kind fills what its failure leaves out', async () => {
  assert.is((await failing('declared', { kind: 'Jammed' })).error.message, 'It is jammed')
  assert.equal(gistOf((await failing('declared', { kind: 'Other', message: 'x' })).error), [
    -32000,
    'Other',
    false,
  ])
  assert.equal(
    gistOf((await failing('declared', { kind: 'Other', code: 12, message: 'x' })).error),
    [12, 'Other', false],
  )
  assert.equal(gistOf((await failing('declared', { kind: 'Overloaded' })).error), [
    -32003,
    'Overloaded',
    true,
  ])
  assert.equal(gistOf((await failing('declared', { message: 'x' })).error), [
    -32000,
    'EngineError',
    false,
  ])
})

test('kinds that objects inherit are kinds like any other', async () => {
  for (const kind of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const { error } = await failing('declared', JSON.parse(`{"kind":"${kind}","message":"x"}`))
    assert.equal(gistOf(error), [-32000, kind, false])
    assert.is(error.message, 'x')
  }
})

test('a code that is no integer is not sent', async () => {
  for (const code of ['7', 1.5, null, {}]) {
    assert.is((await failing('declared', { kind: 'Other', message: 'x', code })).error.code, -32000)
  }
})

test('errors.map has the last word', async () => {
  const map = () => rpcError('Sorry', 'mapped', { code: 99 })
  for (const name of ['broken', 'declared', 'nope', 'add']) {
    assert.equal((await failing(name, {}, { map })).error, {
      code: 99,
      message: 'mapped',
      data: { kind: 'Sorry', retryable: false },
    })
  }
})

test('an errors.map that throws costs its own reply only', async () => {
  const { error } = await failing('declared', { message: 'x' }, { map: broken })
  assert.is(error.code, -32603)
})

for (const [where, name, more] of [
  ['errors.map throws', 'declared', { errors: { map: broken } }],
  ['errors.map throws for a result that cannot be printed', 'bigint', { errors: { map: broken } }],
  ['a reply stage throws', 'hidden', { replies: (outcomes$) => outcomes$.pipe(tap(broken)) }],
  [
    'a reply stage spoils an outcome',
    'broken',
    { replies: (outcomes$) => outcomes$.pipe(map((it) => ({ ...it, result: 1 }) as never)) },
  ],
] satisfies [string, string, Partial<Engine>][]) {
  for (const expose of ['none', 'message', 'debug'] as const) {
    test(`${where}: the caller is told as expose ${expose} has it, with a reference`, async () => {
      const { log, records } = testLog()
      const errors = { ...more.errors, expose }
      const peer = await talk(engineOf(methods, { ...more, errors }), { log })
      peer.say({ jsonrpc: '2.0', id: 1, method: name, params: { message: 'x' } })
      await peer.settle()
      const [text = '', ...others] = peer.texts
      assert.equal(others, [])
      const [reply] = peer.messages as [PeerMessage]
      assert.equal(gist(reply), [1, -32603, 'InternalError'])
      assert.is(reply.error?.message === 'Internal error', expose === 'none')
      const { ref, debug } = (reply.error?.data ?? {}) as Record<string, unknown>
      assert.is(debug !== undefined, expose === 'debug')
      assert.is(text.includes('.ts:'), expose === 'debug')
      const logged = records.filter(({ facts }) => facts['ref'] === ref && ref !== undefined)
      assert.is(logged.length, 1)
      assert.instance(logged[0]?.facts['err'], Error)
    })
  }
}

test('InvalidParams names paths and types, never values', async () => {
  const { error, data, text } = await failing('add', { a: 'secret', b: 1 })
  assert.is(error.code, -32602)
  assert.equal(data, {
    kind: 'InvalidParams',
    retryable: false,
    problems: [{ path: '/a', expected: 'number', got: 'string' }],
    count: 1,
  })
  assert.not.match(text, 'secret')
})

test('InvalidParams tells eight problems and counts all', async () => {
  const { data } = await failing('many', Array(5000).fill('secret'))
  assert.is((data['problems'] as unknown[]).length, 8)
  assert.is(data['count'], 5000)
})

test('params beyond the codec are ignored, unless it is strict', async () => {
  const peer = await talk(engineOf(methods))
  assert.is(await peer.call('add', { a: 1, b: 2, c: 3 }), 3)
  const { error } = await failing('strict', { a: 1, secret: 2 })
  assert.is(error.code, -32602)
})

test('an unknown method outranks bad params', async () => {
  const peer = await talk(engineOf(methods))
  for (const params of [undefined, {}, [], [1, 2], { a: 'x' }]) {
    peer.say({ jsonrpc: '2.0', id: 1, method: 'nope', params })
    await peer.settle()
  }
  assert.equal(peer.messages.map(gist), Array(5).fill([1, -32601, 'MethodNotFound']))
})

const gistOf = ({ code, data }: NonNullable<PeerMessage['error']>): readonly unknown[] => {
  const { kind, retryable } = data as { kind: string; retryable: boolean }
  return [code, kind, retryable]
}

test.run()
