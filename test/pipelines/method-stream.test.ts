/** Methods that take the stream of their own calls. */
import * as t from 'io-ts'
import { bufferTime, delay, filter, map, mergeMap, of, pipe, tap } from 'rxjs'
import { suite } from 'uvu'
import { dispatch, engine, method, perCall } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'

const test = suite("a method's own stream")

const params = t.type({ n: t.number })

const told = map((reply: Readonly<Record<string, unknown>>) => {
  const error = reply['error'] as { message: string } | undefined
  return error === undefined
    ? `${reply['id']}: ${reply['result']}`
    : `${reply['id']}! ${error.message}`
})
const send = (n: number) => ({ method: 'sum', params: { n } })

test(
  'calls are batched by bufferTime, each answered with its own',
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      params,
      result: t.number,
      stream: (calls$) =>
        calls$.pipe(
          bufferTime(20),
          filter((calls) => calls.length > 0),
          tap((calls) => {
            const total = calls.reduce((soFar, call) => soFar + call.params.n, 0)
            for (const call of calls) call.reply(total)
          }),
        ),
    })
    const batching = engine({ name: 'demo', version: '1.0.0', methods: { sum } })
    const tested = testEngine(clock, batching)
    tested.send('a-b 18ms c 20ms |', { a: send(1), b: send(2), c: send(5) })
    expectObservable(tested.replies.pipe(told)).toBe('20ms (ab) 16ms c', {
      a: 'a: 3',
      b: 'b: 3',
      c: 'c: 5',
    })
  }),
)

test(
  'params are checked before, results after, and a call may fail',
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      params,
      result: t.number,
      stream: (calls$) =>
        calls$.pipe(
          tap((call) => {
            if (call.params.n > 1) call.fail('too large')
            else call.reply('odd' as unknown as number)
          }),
        ),
    })
    const tested = testEngine(clock, engine({ name: 'demo', version: '1.0.0', methods: { sum } }))
    tested.send('abc', { a: { method: 'sum' }, b: send(2), c: send(1) })
    expectObservable(tested.replies.pipe(told)).toBe('abc', {
      a: 'a! Invalid params: expected object, got missing',
      b: 'b! too large',
      c: 'c! The result of sum does not fit its codec: expected number, got string',
    })
  }),
)

test(
  'a stream that throws costs the calls it had, and goes on',
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      params,
      stream: (calls$) =>
        calls$.pipe(
          mergeMap((call) => {
            if (call.params.n === 0) throw new Error('division by zero')
            return of(call).pipe(delay(5))
          }),
          tap((call) => call.reply(1)),
        ),
    })
    const tested = testEngine(clock, engine({ name: 'demo', version: '1.0.0', methods: { sum } }))
    tested.send('a-----bcd|', { a: send(1), b: send(2), c: send(0), d: send(3) })
    expectObservable(tested.replies.pipe(told)).toBe('-----a-(bc)--d', {
      a: 'a: 1',
      b: 'b! division by zero',
      c: 'c! division by zero',
      d: 'd: 1',
    })
  }),
)

test(
  'a call that ends otherwise tells by its signal, and what the stream says of it is dropped',
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      deadline: 5,
      stream: (calls$) =>
        calls$.pipe(
          tap((call) => {
            clock.setTimer(() => call.reply(call.signal.aborted), call.id === 'a' ? 3 : 9)
          }),
        ),
    })
    const tested = testEngine(clock, engine({ name: 'demo', version: '1.0.0', methods: { sum } }))
    tested.send('ab', { a: { method: 'sum' }, b: { method: 'sum' } })
    expectObservable(tested.replies.pipe(told)).toBe('---a--b', {
      a: 'a: false',
      b: 'b! The deadline of 5 ms has passed',
    })
  }),
)

test(
  'a stream that loses a call: its caller is told at the deadline',
  marbles(({ clock, expectObservable }) => {
    const sum = method({ deadline: 5, stream: (calls$) => calls$.pipe(filter(() => false)) })
    const tested = testEngine(clock, engine({ name: 'demo', version: '1.0.0', methods: { sum } }))
    tested.send('a', { a: { method: 'sum' } })
    expectObservable(tested.replies.pipe(told)).toBe('-----a', {
      a: 'a! The deadline of 5 ms has passed',
    })
  }),
)

test(
  'operators of `perCall` are for handlers: a stream has its calls as they are',
  marbles(({ clock, expectObservable }) => {
    const sum = method({ stream: (calls$) => calls$.pipe(tap((call) => call.reply(1))) })
    const calls = pipe(perCall(map(() => 'never')), dispatch())
    const tested = testEngine(
      clock,
      engine({ name: 'demo', version: '1.0.0', calls, methods: { sum } }),
    )
    tested.send('a', { a: { method: 'sum' } })
    expectObservable(tested.replies.pipe(told)).toBe('a', { a: 'a: 1' })
  }),
)

test.run()
