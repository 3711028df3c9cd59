/** An engine that ends while its memory is full. */
import { map, NEVER, switchMap, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Context, engine } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'

const test = suite('the end under pressure')

const asks = { handler: (_: unknown, { request }: Context) => request('host.read') }
const late = {
  handler: (_: unknown, { request }: Context) =>
    timer(5).pipe(switchMap(() => request('host.read'))),
}
const slow = { handler: () => timer(10).pipe(map(() => 'done')) }
const stuck = { handler: () => NEVER }
const demo = () =>
  engine({
    name: 'demo',
    version: '1.0.0',
    methods: { asks, late, slow, stuck },
    drain: 100,
    limits: { bufferBytes: 2000, openBytes: 2000, controlBytes: 600 },
  })
const padded = (method: string, bytes = 0) => ({ method, params: ['x'.repeat(bytes)] })
const ids = map(({ id }: Readonly<Record<string, unknown>>) => id)
const codes = map(({ id, error }: Readonly<Record<string, unknown>>) => [
  id,
  (error as { code: number } | undefined)?.code,
])

test(
  'a call that waits for the host is answered when no reply can come any more, also while others wait unread',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, done } = testEngine(clock, demo())
    send('(ab)|', { a: padded('asks', 3000), b: padded('slow') })
    expectObservable(replies.pipe(ids)).toBe('----a 9ms b')
    let ending: unknown = 'never'
    void done.then((it) => (ending = it))
    await clock.advance(100_000)
    assert.equal(ending, { exitCode: 0, reason: 'end of input' })
  }),
)
test(
  'a reply in a batch with a call is read',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, peer } = testEngine(clock, demo())
    send('a', { a: padded('asks', 3000) })
    clock.setTimer(
      () =>
        peer.send(
          '[{"jsonrpc":"2.0","id":1,"result":7},{"jsonrpc":"2.0","id":"b","method":"slow"}]\n',
        ),
      3,
    )
    expectObservable(replies.pipe(ids)).toBe('---a 9ms b')
    await clock.advance(1000)
  }),
)
test(
  'the drain deadline holds also while calls wait unread behind one that is stuck',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, done } = testEngine(clock, demo())
    send('(ab)|', { a: padded('stuck', 3000), b: padded('stuck') })
    expectObservable(replies.pipe(codes)).toBe('104ms b 99ms a', {
      a: ['a', -32004],
      b: ['b', -32004],
    })
    let ending: unknown = 'never'
    void done.then((it) => (ending = it))
    await clock.advance(100_000)
    assert.equal(ending, { exitCode: 75, reason: 'end of input' })
  }),
)
test(
  'a call that is waited for gets the reply of the host',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, stop } = testEngine(clock, demo())
    send('ab----x', {
      a: padded('late', 3000),
      b: padded('slow', 700),
      x: { id: 1, result: 'read' },
    })
    clock.setTimer(() => stop(), 3)
    expectObservable(replies.pipe(codes)).toBe('---b--a', { a: ['a', undefined], b: ['b', -32004] })
  }),
)
test(
  'it reads on, to refuse what still comes',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, peer, stop } = testEngine(clock, demo())
    send('abc', { a: padded('slow', 3000), b: padded('slow', 700), c: padded('slow') })
    clock.setTimer(() => {
      assert.ok(peer.isPaused)
      stop()
    }, 5)
    expectObservable(replies.pipe(codes)).toBe('-----(bc) - a', {
      a: ['a', undefined],
      b: ['b', -32004],
      c: ['c', -32004],
    })
  }),
)
test.run()
