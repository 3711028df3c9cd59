/** What becomes of calls when a stage of somebody else's fails. */
import { delay, filter, map, pipe, take, tap, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Call,
  deadline,
  dispatch,
  type EngineDefinition,
  engine,
  limit,
  method,
  named,
  perMethod,
} from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'

const test = suite('lost calls')

const told = map((reply: Readonly<Record<string, unknown>>) => {
  const error = reply['error'] as { message: string } | undefined
  return error === undefined ? reply['id'] : `${reply['id']}! ${error.message}`
})

test(
  'a call that gets the place of a lost one is not lost with it',
  marbles(({ clock, expectObservable }) => {
    const picky = pipe(
      delay<Call>(2),
      tap((call: Call) => {
        if (call.id === 'a') throw new Error('no')
      }),
    )
    const calls: EngineDefinition['calls'] = (calls$) =>
      calls$.pipe(limit({ concurrency: 1 }), picky, dispatch())
    const { send, replies } = testEngine(
      clock,
      engine({ name: 'd', version: '1.0.0', calls, methods: { wait: { handler: () => 'ok' } } }),
    )
    send('(abc)', { a: { method: 'wait' }, b: { method: 'wait' }, c: { method: 'wait' } })
    expectObservable(replies.pipe(told)).toBe('--a-b-c', { a: 'a! no', b: 'b', c: 'c' })
  }),
)
test(
  'after a stage has completed, calls are told so, and those before it go on',
  marbles(({ clock, expectObservable }) => {
    const methods = {
      wait: method({ handler: () => timer(3) }),
      sum: method({
        calls: dispatch(),
        stream: (calls$) =>
          calls$.pipe(
            take(1),
            map((call) => call.reply(1)),
          ),
      }),
    }
    const calls: EngineDefinition['calls'] = (calls$) => calls$.pipe(take(2), dispatch())
    const definition = engine({ name: 'd', version: '1.0.0', methods, calls })
    const { send, replies, records } = testEngine(clock, definition)
    const [wait, sum] = [{ method: 'wait' }, { method: 'sum' }]
    send('abcde', { a: wait, b: sum, c: sum, d: wait, e: wait })
    const ended = 'A stage has completed the stream of calls, so none gets through any more'
    expectObservable(replies.pipe(told)).toBe('-bcae-d', {
      c: `c! ${ended}`,
      e: `e! ${ended}`,
      a: 'a',
      b: 'b',
      d: 'd',
    })
    clock.setTimer(() => {
      const errors = records.filter(({ level }) => level === 'error')
      assert.equal(
        errors.map(({ facts }) => (facts['err'] as Error).message),
        [ended, ended],
      )
    }, 7)
  }),
)
for (const [where, early] of [
  ['behind a stage of ours', pipe(deadline(9), take<Call>(1), dispatch())],
  ['in the name of one', pipe(named('mine', take<Call>(1)), dispatch())],
  ['for one method', pipe(perMethod({ wait: take<Call>(1) }), dispatch())],
  ['behind what waits', pipe(limit({ concurrency: 1 }), take<Call>(1), dispatch())],
] as const) {
  test(
    `the same ${where}`,
    marbles(({ clock, expectObservable }) => {
      const methods = { wait: method({ handler: () => timer(3) }) }
      const definition = engine({ name: 'd', version: '1.0.0', methods, calls: early })
      const { send, replies } = testEngine(clock, definition)
      send('ab-----c', { a: { method: 'wait' }, b: { method: 'wait' }, c: { method: 'wait' } })
      const ended = 'A stage has completed the stream of calls, so none gets through any more'
      const isHeld = where === 'behind what waits'
      expectObservable(replies.pipe(told)).toBe(isHeld ? '---(ab)c' : '-b-a---c', {
        a: 'a',
        b: `b! ${ended}`,
        c: `c! ${ended}`,
      })
    }),
  )
}
test(
  'a stage that completes for one method completes it for no other',
  marbles(({ clock, expectObservable }) => {
    const methods = { wait: method({ handler: () => 1 }), other: method({ handler: () => 2 }) }
    const calls = pipe(perMethod({ wait: take<Call>(1) }), dispatch())
    const definition = engine({ name: 'd', version: '1.0.0', methods, calls })
    const { send, replies } = testEngine(clock, definition)
    send('ab', { a: { method: 'wait' }, b: { method: 'other' } })
    expectObservable(replies.pipe(told)).toBe('ab')
  }),
)
test(
  'after a reply stage has completed too',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(
      clock,
      engine({
        name: 'd',
        version: '1.0.0',
        replies: (outcomes$) => outcomes$.pipe(take(1)),
        methods: { wait: { handler: () => 'ok' } },
      }),
    )
    send('ab', { a: { method: 'wait' }, b: { method: 'wait' } })
    expectObservable(replies.pipe(told)).toBe('ab', {
      a: 'a',
      b: 'b! A stage has completed the stream of outcomes, so none gets through any more',
    })
  }),
)
test(
  'the same with a stream of its own method',
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      limit: { concurrency: 1 },
      stream: (calls$) =>
        calls$.pipe(
          delay(2),
          tap((call) => {
            if (call.id === 'a') throw new Error('no')
            call.reply(1)
          }),
        ),
    })
    const { send, replies } = testEngine(
      clock,
      engine({ name: 'd', version: '1.0.0', methods: { sum } }),
    )
    send('(abc)', { a: { method: 'sum' }, b: { method: 'sum' }, c: { method: 'sum' } })
    expectObservable(replies.pipe(told)).toBe('--a-b-c', { a: 'a! no', b: 'b', c: 'c' })
  }),
)
test(
  'what fails in the pipeline of one method is no matter of the others',
  marbles(({ clock, expectObservable }) => {
    const slow = method({
      handler: () => 'fine',
      calls: (calls$) => calls$.pipe(delay(5), dispatch()),
    })
    const bad = method({
      handler: () => 1,
      calls: (calls$) =>
        calls$.pipe(
          tap(() => {
            throw new Error('no')
          }),
          dispatch(),
        ),
    })
    const one = engine({ name: 'demo', version: '1.0.0', methods: { slow, bad } })
    const { send, replies } = testEngine(clock, one)
    send('ab', { a: { method: 'slow' }, b: { method: 'bad' } })
    expectObservable(replies.pipe(told)).toBe('-b---a', { a: 'a', b: 'b! no' })
  }),
)

test(
  'the deadline of an engine or a method holds in any pipeline, also for calls that a stage drops',
  marbles(({ clock, expectObservable }) => {
    const calls: EngineDefinition['calls'] = (calls$) => calls$.pipe(filter(() => false))
    const methods = { plain: { handler: () => 1 }, hasty: { deadline: 3, handler: () => 1 } }
    const one = engine({ name: 'demo', version: '1.0.0', deadline: 6, calls, methods })
    const { send, replies } = testEngine(clock, one)
    send('(ab)', { a: { method: 'plain' }, b: { method: 'hasty' } })
    const codes = map(({ id, error }: { id?: unknown; error?: { code: number } }) => [
      id,
      error?.code,
    ])
    expectObservable(replies.pipe(codes)).toBe('---b--a', {
      a: ['a', -32001],
      b: ['b', -32001],
    })
  }),
)

test.run()
