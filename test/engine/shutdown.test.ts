import { delayWhen, map, NEVER, of, Subject, take, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { type Context, dispatch, type EngineDefinition } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { demo, endsWith, sleep, slow, stuck, told } from './demo-engine.js'

const test = suite('shutdown')

test(
  'open calls are waited for, new ones are refused',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo())
    const source = '   a-b-s-c'
    const answered = ' ----s-ca----b'
    tested.send(source, { a: slow(7), b: slow(10), s: { method: 'engine.shutdown' }, c: slow(1) })
    expectObservable(tested.replies.pipe(told)).toBe(answered, {
      a: 'a',
      b: 'b',
      c: 'c -32004',
      s: 's',
    })
    const states = '   r---d-------t'
    expectObservable(tested.state$).toBe(states, { r: 'ready', d: 'draining', t: 'stopped' })
    await clock.advance(20)
    await endsWith(tested, 0, 'shutdown')
  }),
)

test(
  'the shutdown call tells how many are open, itself not counted',
  marbles(({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo())
    tested.send('abs', { a: slow(9), b: slow(9), s: { method: 'engine.shutdown' } })
    expectObservable(tested.replies.pipe(take(1))).toBe('--(s|)', {
      s: { id: 's', result: { draining: true, open: 2 } },
    })
  }),
)

test(
  'at the drain deadline the open calls are aborted and told so',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo({ drain: 10 }))
    tested.send('ab|', { a: stuck, b: slow(5) })
    expectObservable(tested.replies.pipe(told)).toBe('------b-----a', { a: 'a -32004', b: 'b' })
    await clock.advance(20)
    await endsWith(tested, 75, 'end of input')
  }),
)

for (const [graceMs, endMs] of [
  [3, 3],
  [-5, 0],
  [1e9, 60_000],
  [Number.MAX_VALUE, 60_000],
] as const) {
  test(
    `graceMs ${graceMs} is a deadline of ${endMs} ms`,
    marbles(async ({ clock, expectObservable }) => {
      const tested = testEngine(clock, demo())
      tested.send('(as)', { a: stuck, s: { method: 'engine.shutdown', params: { graceMs } } })
      const answered = endMs === 0 ? '(sa)' : `s ${endMs - 1}ms a`
      expectObservable(tested.replies.pipe(told)).toBe(answered, { s: 's', a: 'a -32004' })
      await clock.advance(endMs + 1)
      await endsWith(tested, 75, 'shutdown')
    }),
  )
}

test(
  'a second signal ends it at once',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo({ onStop: () => sleep(1000) }))
    tested.send('a', { a: stuck })
    clock.setTimer(() => tested.signals$.next({ type: 'signal', signal: 'SIGINT' }), 3)
    clock.setTimer(() => tested.signals$.next({ type: 'signal', signal: 'SIGINT' }), 6)
    expectObservable(tested.replies.pipe(told)).toBe('------a', { a: 'a -32004' })
    await clock.advance(6)
    await endsWith(tested, 130, 'second signal (SIGINT)')
  }),
)

test(
  'the handler of a call that is aborted at the end is told to stop',
  marbles(async ({ clock, cold, expectObservable, expectSubscriptions }) => {
    const handler = cold('-')
    const methods = { stuck: { handler: () => handler } }
    const tested = testEngine(clock, demo({ drain: 5, methods }))
    tested.send('--a|', { a: stuck })
    expectObservable(tested.replies.pipe(told)).toBe('--------a', { a: 'a -32004' })
    expectSubscriptions(handler.subscriptions).toBe(' --^-----!')
    await clock.advance(20)
  }),
)

test(
  'told to stop while it starts, it does not wait for the start',
  marbles(async ({ clock, expectObservable }) => {
    const onStart = ({ signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => {
        signal.onabort = () => reject(new Error('aborted'))
      })
    const tested = testEngine(clock, demo({ onStart }))
    tested.send('a', { a: slow(1) })
    clock.setTimer(() => tested.signals$.next({ type: 'signal', signal: 'SIGTERM' }), 4)
    expectObservable(tested.replies.pipe(told)).toBe('----a', { a: 'a -32004' })
    await clock.advance(10)
    await endsWith(tested, 0, 'SIGTERM')
  }),
)

test(
  'calls that wait at the drain deadline are never begun',
  marbles(async ({ clock, expectObservable }) => {
    const begun: unknown[] = []
    const handler = (_: unknown, { id }: Context) => {
      begun.push(id)
      return NEVER
    }
    const one = demo({ limit: { concurrency: 1 }, drain: 5, methods: { stuck: { handler } } })
    const { send, replies } = testEngine(clock, one)
    send('(abc)|', { a: stuck, b: stuck, c: stuck })
    expectObservable(replies.pipe(map(() => 'x'))).toBe('----------(xxx)')
    await clock.advance(20)
    assert.equal(begun, ['a'])
  }),
)

test(
  'stop takes a grace, too',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo())
    tested.send('a', { a: stuck })
    clock.setTimer(() => tested.stop(4), 1)
    expectObservable(tested.replies.pipe(told)).toBe('-----a', { a: 'a -32004' })
    await clock.advance(5)
    await endsWith(tested, 75, 'shutdown')
  }),
)

test(
  'a call that is aborted is no reason to warn, unless it got stuck between stages',
  marbles(async ({ clock, expectObservable }) => {
    const replies: EngineDefinition['replies'] = (outcomes$) =>
      outcomes$.pipe(delayWhen(({ call }) => (call.id === 'b' ? timer(50) : of(0))))
    const tested = testEngine(clock, demo({ drain: 5, limit: { concurrency: 1 }, replies }))
    const low = { method: 'stuck', params: { _meta: { priority: 'low' } } }
    // a waits, since c went before it; b is settled but kept by the reply stage.
    tested.send('(dabc)|', { a: low, b: { method: 'nope' }, c: stuck, d: slow(2) })
    expectObservable(tested.replies.pipe(told)).toBe('--d--------(abc)', {
      d: 'd',
      a: 'a -32004',
      b: 'b -32004',
      c: 'c -32004',
    })
    await clock.advance(60)
    assert.not(tested.records.some(({ level }) => level === 'warn'))
  }),
)

for (const [what, ms] of [
  ['is answered at once', 0],
  ['goes on', 4],
] as const) {
  test(
    `the last open call ends while another one is handed in that ${what}: that is waited for`,
    marbles(async ({ clock, expectObservable }) => {
      const given = new Subject<string>()
      const methods = {
        last: { handler: () => given.pipe(take(1)) },
        give: {
          handler: () => {
            given.next('given')
            return ms === 0 ? 'gave' : sleep(ms).then(() => 'gave')
          },
        },
      }
      const calls: EngineDefinition['calls'] = (calls$) => calls$.pipe(dispatch()) // admits all
      const tested = testEngine(clock, demo({ methods, calls }))
      tested.send('a-b', { a: { method: 'last' }, b: { method: 'give' } })
      clock.setTimer(() => tested.stop(), 1)
      expectObservable(tested.replies.pipe(told)).toBe(ms === 0 ? '--(ab)' : '--a---b')
      expectObservable(tested.state$).toBe(ms === 0 ? 'rdt' : 'rd----t', {
        r: 'ready',
        d: 'draining',
        t: 'stopped',
      })
      await clock.advance(10)
      await endsWith(tested, 0, 'shutdown')
    }),
  )
}

test.run()
