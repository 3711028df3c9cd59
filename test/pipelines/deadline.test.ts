import { map, tap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, deadline, dispatch, limit } from '../../pipelines/index.js'
import { deadlineExceeded } from '../../src/protocol/rpc-error.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { brief, ids } from './brief.js'

const test = suite('deadline')

const deadlines = map((call: Call) => call.deadline)

test(
  'answers at the deadline, counted from receipt, and tells where the call was',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies, ledger } = testCalls(clock)
    const handled = calls('-ab|').pipe(deadline(4), limit({ concurrency: 1 }), dispatch())
    expectObservable(handled).toBe('------|')
    expectObservable(replies).toBe('-----ab', {
      a: { id: 'a', error: deadlineExceeded(4, 'running') },
      b: { id: 'b', error: deadlineExceeded(4, 'running') }, // begun when a ended
    })
    clock.setTimer(() => assert.is(ledger.size + ledger.timed, 0), 7)
  }),
)

test(
  'a call that never started is late in the queue',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const patient = {
      definition: { deadline: '1s', handler: () => new Promise(() => {}) },
    } as const
    const handled = calls('ab', { a: patient }).pipe(
      deadline(4),
      limit({ concurrency: 1 }),
      dispatch(),
    )
    expectObservable(handled, '^-------!').toBe('-')
    expectObservable(replies.pipe(map((it) => 'error' in it && it.error.facts)), '^ 9ms !').toBe(
      '-----b',
      { b: { deadlineMs: 4, phase: 'queued' } },
    )
  }),
)

test(
  'only ever lowers what the caller asked for',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const asked = tap((call: Call) => call.lowerDeadline(call.id === 'a' ? 3 : 300))
    const lowered = calls('ab|').pipe(asked, deadline(10), deadlines)
    expectObservable(lowered).toBe('ab|', { a: 3, b: 11 })
  }),
)

test(
  "a method's own counts instead of the default, also when it is longer",
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const handler = () => new Promise(() => {})
    const slow = calls('a-b|', {
      a: { definition: { handler, deadline: '20ms' } },
      b: { definition: { handler } },
    }).pipe(deadline('5ms'), dispatch())
    expectObservable(slow).toBe('---|')
    expectObservable(replies.pipe(ids())).toBe('-------b 12ms a')
  }),
)

test(
  'without a time of its own it leaves it to the callers',
  marbles(({ clock, expectObservable }) => {
    const { calls, ledger } = testCalls(clock)
    const passed = calls('a|').pipe(deadline(), deadlines)
    expectObservable(passed).toBe('a|', { a: Number.POSITIVE_INFINITY })
    clock.setTimer(() => assert.is(ledger.timed, 0), 1)
  }),
)

test(
  'a handler that answers in time stops the clock',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, ledger } = testCalls(clock)
    const definition = { handler: () => cold('--x|') }
    expectObservable(calls('a|', { a: { definition } }).pipe(deadline(4), dispatch())).toBe('-|')
    expectObservable(replies.pipe(brief())).toBe('---a', { a: 'a: "x"' })
    clock.setTimer(() => assert.is(ledger.timed, 0), 4)
  }),
)

test('a time that is none is refused when the pipeline is written', () => {
  assert.throws(() => deadline(0), /Not a duration: 0/)
  assert.throws(() => deadline('3 s' as never), /Not a duration: 3 s/)
})

test.run()
