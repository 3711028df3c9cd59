import { concat, map, of, range, tap, throwError } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Context, deadline, dispatch, type Outcome } from '../../pipelines/index.js'
import { marbles, testCalls } from '../../src/testing/index.js'

const test = suite('handler stream')

/** Progress as its value, a reply as `=value` or `!kind`. */
const told = map((outcome: Outcome) => {
  if (outcome.kind === 'progress') return outcome.value
  const { result } = outcome
  return result._tag === 'Right' ? `=${result.right}` : `!${result.left.kind}`
})

const played =
  (handler: (params: unknown, context: Context) => unknown, expected: string, values: object) =>
  ({ clock, expectObservable }: Parameters<Parameters<typeof marbles>[0]>[0]): void => {
    const { calls, outcomes, ledger } = testCalls(clock)
    expectObservable(calls('a', { a: { definition: { handler } } }).pipe(dispatch())).toBe('-')
    expectObservable(outcomes.pipe(told)).toBe(expected, values as never)
    clock.setTimer(() => assert.is(ledger.size, 0), 1000)
  }

test(
  'each value is progress in its own frame; the last one is the result too, when it comes alone',
  marbles((helpers) => {
    const stream = '    -a--b--|'
    const expected = '  -a--b--x'
    played(() => helpers.cold(stream), expected, { a: 'a', b: 'b', x: '=b' })(helpers)
  }),
)

test(
  'a last value that comes with the end is the result only',
  marbles((helpers) => {
    const stream = '    -a--(b|)'
    const expected = '  -a--x'
    played(() => helpers.cold(stream), expected, { a: 'a', x: '=b' })(helpers)
  }),
)

test(
  'values that come together keep their order, ahead of the reply',
  marbles((helpers) => {
    const expected = '  (abx)'
    played(() => range(1, 3), expected, { a: 1, b: 2, x: '=3' })(helpers)
  }),
)

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test(
  'of an async generator, what it returns is the result',
  marbles((helpers) => {
    async function* counting() {
      yield 1
      await wait(2)
      yield 2
      await wait(2)
      return 'all'
    }
    played(counting, 'a-b-x', { a: 1, b: 2, x: '=all' })(helpers)
  }),
)

test(
  'or else its last value, and its error is an error',
  marbles((helpers) => {
    async function* counting() {
      await wait(1)
      yield 1
      await wait(2)
    }
    played(counting, '-a-x', { a: 1, x: '=1' })(helpers)
    async function* failing() {
      await wait(1)
      yield 1
      throw new Error('no')
    }
    played(failing, '-(ax)', { a: 1, x: '!InternalError' })(helpers)
  }),
)

test(
  'an async generator whose call is cancelled ends where it is',
  marbles(({ clock, expectObservable }) => {
    let ended = -1
    async function* endless() {
      try {
        for (;;) {
          yield clock.now()
          await wait(2)
        }
      } finally {
        ended = clock.now()
      }
    }
    const { calls, outcomes } = testCalls(clock)
    const passed = calls('a|', { a: { definition: { handler: endless } } })
    expectObservable(passed.pipe(deadline(5), dispatch())).toBe('-|')
    expectObservable(outcomes.pipe(told)).toBe('a-b-cx', {
      a: 0,
      b: 2,
      c: 4,
      x: '!DeadlineExceeded',
    })
    clock.setTimer(() => assert.is(ended, 6), 20)
  }),
)

test(
  'what came before an error is told first',
  marbles((helpers) => {
    const failing = () =>
      concat(
        of('a', 'b'),
        throwError(() => new Error('no')),
      )
    played(failing, '(abx)', { a: 'a', b: 'b', x: '!InternalError' })(helpers)
  }),
)

test(
  'nothing is told once the call has been answered',
  marbles(({ clock, cold, time, expectObservable, expectSubscriptions }) => {
    const { calls, outcomes } = testCalls(clock)
    const stream = cold('     a-b-c|')
    const answered = time('    ---|')
    const early = calls('a', { a: { definition: { handler: () => stream } } }).pipe(
      tap((call) => clock.setTimer(() => call.reply('early'), answered)),
      dispatch(),
    )
    expectObservable(early).toBe('-')
    expectObservable(outcomes.pipe(told)).toBe('a-bx', { a: 'a', b: 'b', x: '=early' })
    expectSubscriptions(stream.subscriptions).toBe('^--!')
  }),
)

test(
  'progress by the context goes before the reply',
  marbles((helpers) => {
    const handler = async (_: unknown, context: Context) => {
      context.progress(0.5)
      await Promise.resolve()
      context.progress(1)
      return 'done'
    }
    played(handler, '(abx)', { a: 0.5, b: 1, x: '=done' })(helpers)
  }),
)

test(
  'a handler may take progress out of its context',
  marbles((helpers) => {
    const handler = (_: unknown, { progress }: Context) => {
      progress('a')
      return 'done'
    }
    played(handler, '(ax)', { a: 'a', x: '=done' })(helpers)
  }),
)

test.run()
