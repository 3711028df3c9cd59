import { firstValueFrom, map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, dispatch, engine, rpcError } from '../../src/index.js'
import { marbles, testCalls, testEngine, virtualClock } from '../../src/testing/index.js'

const test = suite('testCalls and testEngine')

test(
  'each letter is a call of that id, received in its frame; each subscriber has its own',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const seen = map(({ id, method, params, receivedAt }: Call) => [id, method, params, receivedAt])
    const source = calls('-a-b|', { b: { id: 7, method: 'add', params: [1] } })
    expectObservable(source.pipe(seen)).toBe('-a-b|', {
      a: ['a', 'test', undefined, 1],
      b: [7, 'add', [1], 3],
    })
  }),
)

test(
  'replies show when a call was settled, and with what',
  marbles(({ clock, expectObservable }) => {
    const { call, replies } = testCalls(clock)
    const [a, b] = [call({ id: 'a' }), call({ id: 'b' })]
    clock.setTimer(() => a.reply(1), 2)
    clock.setTimer(() => b.fail(rpcError('Odd', 'odd')), 4)
    expectObservable(replies).toBe('--a-b', {
      a: { id: 'a', result: 1 },
      b: { id: 'b', error: rpcError('Odd', 'odd') },
    })
  }),
)

test(
  'a call without a definition is never answered by its handler; config and request are those of the test',
  marbles(({ clock, expectObservable }) => {
    const options = { config: { model: 'tiny' }, request: (method: string) => `${method}!` }
    const { calls, replies, ledger } = testCalls(clock, options)
    const handler = async (
      _: unknown,
      { config, request }: { config: unknown; request(method: string): Promise<unknown> },
    ) => [config, await request('host.name')]
    const source = calls('ab', { b: { definition: { handler } } }).pipe(dispatch())
    expectObservable(source).toBe('-')
    expectObservable(replies).toBe('-b', {
      b: { id: 'b', result: [{ model: 'tiny' }, 'host.name!'] },
    })
    clock.setTimer(() => assert.is(ledger.size, 1), 2)
  }),
)

test('an id that is still open is a mistake of the test', () => {
  const { call } = testCalls(virtualClock())
  call({ id: 'a' })
  assert.throws(() => call({ id: 'a' }), /^A call with the id a is still open$/)
  call({ id: 'b' }).reply(1)
  call({ id: 'b' })
})

test('a request to the host needs an answer in the test', async () => {
  const { call } = testCalls(virtualClock())
  const answer = call().request('host.name')
  const reason = await answer.catch((error: Error) => error.message)
  assert.is(reason, 'this test has no answer to host.name')
})

test(
  'an engine takes messages in their frames; its replies come without the envelope',
  marbles(({ clock, expectObservable }) => {
    const echo = { handler: (params: unknown) => params }
    const demo = engine({ name: 'demo', version: '1.0.0', methods: { echo } })
    const { send, replies, written, records, done } = testEngine(clock, demo)
    const message = { method: 'echo', params: ['hello'] }
    send('-a-bn|', { a: message, b: { ...message, id: 12 }, n: { ...message, id: undefined } })
    const expected = { a: { id: 'a', result: ['hello'] }, b: { id: 12, result: ['hello'] } }
    expectObservable(replies).toBe('-a-b', expected)
    expectObservable(written).toBe('-a-b', expected)
    clock.setTimer(async () => {
      assert.equal(await done, { exitCode: 0, reason: 'end of input' })
      assert.equal(records.map(({ message: text }) => text).at(-1), 'engine stopped')
    }, 9)
  }),
)

test('the members of a batch are told one by one', async () => {
  const demo = engine({ name: 'demo', version: '1.0.0', methods: { one: { handler: () => 1 } } })
  const { peer, written } = testEngine(virtualClock(), demo)
  await Promise.resolve()
  const first = firstValueFrom(written)
  const call = { jsonrpc: '2.0', method: 'one' }
  peer.send(
    `${JSON.stringify([
      { ...call, id: 1 },
      { ...call, id: 2 },
    ])}\n`,
  )
  assert.equal(await first, { id: 1, result: 1 })
})

test.run()
