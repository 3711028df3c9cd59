import { suite } from 'uvu'
import { type Call, limit, serialBy } from '../../pipelines/index.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { answeredAfter, brief, ids } from './brief.js'

const test = suite('serialBy')

const sessionOf = (call: Call) => (call.params as { session: unknown }).session
const session = (name: unknown) => ({ params: { session: name } })

test(
  'calls of one key go one after the other, in their order, and others beside them',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const [x, y] = [session('x'), session('y')]
    const source = ' abcde|'
    const passed = ' a-c-b-d-e---|'
    const requests = { a: x, b: x, c: y, d: y, e: x }
    const serial = calls(source, requests).pipe(serialBy(sessionOf), answeredAfter(clock, 4), ids())
    expectObservable(serial).toBe(passed)
  }),
)

test(
  'keys are told apart as a Map does',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const requests = { a: session(1), b: session('1'), c: session(undefined), d: session(1) }
    const serial = calls('abcd|', requests).pipe(
      serialBy(sessionOf),
      answeredAfter(clock, 6),
      ids(),
    )
    expectObservable(serial).toBe('abc---d-----|')
  }),
)

test(
  'the queue of a key is bounded',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const [x, y] = [session('x'), session('y')]
    const requests = { a: x, b: x, c: x, d: y }
    expectObservable(calls('abcd', requests).pipe(serialBy(sessionOf, 1), ids())).toBe('a--d')
    expectObservable(replies.pipe(brief())).toBe('--c', { c: 'c: Overloaded' })
  }),
)

test(
  'a key without calls is forgotten', // or else it would never complete
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const requests = { a: session('x'), b: session('y'), c: session('z') }
    const took = { a: 3, b: 0, c: 1 }
    const serial = calls('abc|', requests).pipe(
      serialBy(sessionOf),
      answeredAfter(clock, took),
      ids(),
    )
    expectObservable(serial).toBe('abc|')
  }),
)

test(
  'a method with a limit of its own does not share the keys of the others',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const definition = { limit: { concurrency: 1, key: sessionOf }, handler: () => 0 }
    const own = { ...session('x'), definition }
    const requests = { a: own, b: session('x'), c: own, d: { ...own, ...session('y') } }
    const passed = calls('abcd|', requests).pipe(
      limit({ concurrency: 1, key: sessionOf }),
      answeredAfter(clock, 5),
      ids(),
    )
    expectObservable(passed).toBe('ab-d-c----|')
  }),
)

test(
  'keys of a method with a limit of its own are told apart as a Map does, too',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const definition = { limit: { concurrency: 1, key: sessionOf }, handler: () => 0 }
    const [x, y] = [{ name: 'x' }, { name: 'y' }]
    const own = (key: unknown) => ({ ...session(key), definition })
    const requests = { a: own(x), b: own(y), c: own(x), d: own('1'), e: own(1) }
    const passed = calls('abcde|', requests).pipe(limit(), answeredAfter(clock, 9), ids())
    expectObservable(passed).toBe('ab-de----c--------|')
  }),
)

test(
  'a method with a limit of its own goes one after the other here, too',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const definition = { limit: { concurrency: 2 }, handler: () => 0 }
    const own = { ...session('x'), definition }
    const passed = calls('ab|', { a: own, b: own }).pipe(
      limit(),
      serialBy(sessionOf),
      answeredAfter(clock, 5),
      ids(),
    )
    expectObservable(passed).toBe('a----b----|')
  }),
)

test.run()
