import * as t from 'io-ts'
import { concat, from, NEVER, of, throwError } from 'rxjs'
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { testLog } from '../../src/testing/test-log.js'
import { engineOf, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('$/progress')

let late: (value: unknown) => void = () => {}
const getter = {
  get x(): number {
    throw new Error('no x')
  },
}
const definition = engineOf({
  steps: method({
    handler: async (_, { progress }) => {
      for (const step of [1, 2, 3]) progress(step)
      await Promise.resolve()
      progress(4)
      return 'done'
    },
  }),
  stream: method({ handler: () => from([1, 2, 3]) }),
  parts: method({ partial: t.string, result: t.string, handler: () => from(['a', 'b', 'c']) }),
  typed: method({
    progress: t.number,
    handler: (_, { progress }) => {
      for (const value of [1, 'no number', 2]) progress(value as number)
      return 'done'
    },
  }),
  odd: method({
    handler: (_, { progress }) => {
      for (const value of [1n, undefined, () => 1, Number.NaN, getter, null, 'last'])
        progress(value)
      return 'done'
    },
  }),
  oddTyped: method({
    progress: t.type({ x: t.number }),
    handler: (_, { progress }) => {
      progress(getter)
      progress({ x: 1 })
      return 'done'
    },
  }),
  failing: method({
    handler: () =>
      concat(
        of(1, 2),
        throwError(() => rpcError('Jammed', 'stuck')),
      ),
  }),
  empty: method({ handler: () => from([]) }),
  after: method({
    handler: (_, { progress }) => {
      late = progress
      return 'done'
    },
  }),
  ever: method({ handler: () => concat(of(1), NEVER) }),
})

/** Methods and ids of what came, in order. */
const run = async (
  name: string,
  params?: unknown,
  id: unknown = 7,
): Promise<readonly unknown[]> => {
  const { log } = testLog()
  const peer = await talk(definition, { log })
  peer.say({ jsonrpc: '2.0', id, method: name, params })
  await peer.settle()
  return peer.messages.map(({ method: it, params: told, result, error }) =>
    it === '$/progress' ? told : (result ?? error?.code ?? null),
  )
}
const at = (value: unknown, token: unknown = 7) => ({ token, value })

test('all of it precedes the reply, under the id of the request', async () => {
  assert.equal(await run('steps'), [at(1), at(2), at(3), at(4), 'done'])
  assert.equal(await run('steps', {}, 'x'), [
    at(1, 'x'),
    at(2, 'x'),
    at(3, 'x'),
    at(4, 'x'),
    'done',
  ])
})

test('or under the token that the caller gave', async () => {
  for (const token of ['t', '', 0, -1]) {
    assert.equal((await run('steps', { _meta: { progressToken: token } }))[0], at(1, token))
  }
})

test('a request with a null id has progress only with a token', async () => {
  assert.equal(await run('steps', {}, null), ['done'])
  assert.equal(await run('stream', { _meta: { progressToken: 't' } }, null), [
    at(1, 't'),
    at(2, 't'),
    3,
  ])
})

test('an id of its own digits is the token', async () => {
  const peer = await talk(definition)
  peer.send('{"jsonrpc":"2.0","id":9007199254740993,"method":"stream"}\n')
  await peer.settle()
  assert.match(peer.texts[0] ?? '', '"params":{"token":9007199254740993,"value":1}')
})

test('values of a stream are progress, the last one is the result', async () => {
  assert.equal(await run('stream'), [at(1), at(2), 3])
  assert.equal(await run('ever'), [at(1)])
  assert.equal(await run('empty'), [-32603])
})

test('parts of the result are marked', async () => {
  assert.equal(await run('parts'), [
    { ...at('a'), partial: true },
    { ...at('b'), partial: true },
    'c',
  ])
})

test('what came before a failure is told', async () => {
  assert.equal(await run('failing'), [at(1), at(2), -32000])
})

test('a value that does not fit its codec is left out', async () => {
  assert.equal(await run('typed'), [at(1), at(2), 'done'])
})

test('a value that cannot be printed is left out, and harms nothing', async () => {
  assert.equal(await run('odd'), [at(null), at(null), at(null), at(null), at('last'), 'done'])
  assert.equal(await run('oddTyped'), [at({ x: 1 }), 'done'])
})

test('after the reply there is none', async () => {
  const peer = await talk(definition)
  assert.is(await peer.call('after'), 'done')
  late('too late')
  await peer.settle()
  assert.is(peer.messages.length, 1)
})

test('after a cancel there is none', async () => {
  let emit: (value: unknown) => void = () => {}
  const peer = await talk(
    engineOf({
      work: method({
        handler: (_, { progress }) => {
          emit = progress
          return new Promise(() => {})
        },
      }),
    }),
  )
  peer.say({ jsonrpc: '2.0', id: 1, method: 'work' })
  await peer.settle()
  emit(1)
  peer.notify('$/cancelRequest', { id: 1 })
  emit(2)
  assert.equal(
    peer.messages.map(({ method: it, error }) => it ?? error?.code),
    ['$/progress', -32800],
  )
})

test('a notification that asks for none gets none', async () => {
  const peer = await talk(definition)
  peer.notify('steps', { a: 1 })
  await peer.settle()
  assert.equal(peer.texts, [])
})

test.run()
