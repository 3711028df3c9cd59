import { count, filter, map, Observable, Subject, tap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, type Context, deadline, dispatch, limit } from '../../pipelines/index.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { answeredAfter, ids } from './brief.js'

const test = suite('limit: places')

test(
  'a running call that is settled otherwise frees its place at once',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const late = tap<Call>((call) => call.lowerDeadline(clock.now() + 3))
    expectObservable(calls('ab|').pipe(limit({ concurrency: 1 }), late, ids())).toBe('a--b--|')
  }),
)

test(
  'a method with a limit of its own is counted apart',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const own = { definition: { limit: { concurrency: 1 }, handler: () => 0 } }
    const shared = limit({ concurrency: 1 })
    const passed = calls('abcd|', { a: own, b: own }).pipe(shared, answeredAfter(clock, 5), ids())
    expectObservable(passed).toBe('a-c--b-d----|')
  }),
)

test(
  'a call that ends has stopped before the next begins',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const log: string[] = []
    const handler = (_: unknown, { id, signal }: Context) => {
      log.push(`${id} begins`)
      signal.onabort = () => log.push(`${id} aborts`)
      return new Observable(() => () => log.push(`${id} stops`))
    }
    const definition = { handler, deadline: 4 }
    const handled = calls('ab|', { a: { definition }, b: { definition } }).pipe(
      limit({ concurrency: 1 }),
      deadline(),
      dispatch(),
    )
    expectObservable(handled).toBe('-----|')
    expectObservable(replies.pipe(ids())).toBe('----ab')
    clock.setTimer(() => {
      assert.equal(log, ['a begins', 'a stops', 'a aborts', 'b begins', 'b stops', 'b aborts'])
    }, 6)
  }),
)

test(
  'a call that comes while another passes waits, and then goes on',
  marbles(({ clock, expectObservable }) => {
    const { call } = testCalls(clock)
    const source = new Subject<Call>()
    const passed = source.pipe(
      limit({ concurrency: 1 }),
      tap(({ id }) => {
        if (id === 'a') source.next(call({ id: 'b' }))
      }),
      tap((it) => it.reply(it.id)),
      ids(),
    )
    clock.setTimer(() => source.next(call({ id: 'a' })), 2)
    expectObservable(passed).toBe('--(ab)')
  }),
)

test(
  'of two limits on the way each frees its own place',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const passed = calls('abc|').pipe(
      limit({ concurrency: 2 }),
      limit({ concurrency: 1 }),
      answeredAfter(clock, 4),
      ids(),
    )
    expectObservable(passed).toBe('a---b---c---|')
  }),
)

test(
  '100,000 waiting calls that end at once are drained by a loop',
  marbles(({ clock, expectObservable }) => {
    const { call, ledger } = testCalls(clock)
    const source = new Subject<Call>()
    const passed = source.pipe(
      limit({ concurrency: 1, queue: 100_000 }),
      answeredAfter(clock, { first: 1 }),
      count(),
    )
    clock.setTimer(() => {
      for (let id = 0; id <= 100_000; id += 1) source.next(call({ id: id === 0 ? 'first' : id }))
      source.complete()
    }, 1)
    expectObservable(passed).toBe('--(n|)', { n: 100_001 })
    clock.setTimer(() => assert.is(ledger.size, 0), 3)
  }),
)

test(
  'how long calls take counts from when they got a place',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const source = '50ms ab 250ms cde'
    const passed = calls(source).pipe(
      limit({ concurrency: 1, queue: 1 }),
      answeredAfter(clock, 100),
      ids(),
    )
    expectObservable(passed).toBe('50ms a 99ms b 151ms c 99ms d')
    const refused = replies.pipe(
      filter((reply) => 'error' in reply),
      map((reply) => 'error' in reply && reply.error.facts['retryAfterMs']),
    )
    // The guess of a second, a and b: 1000, 820, 676; and two are ahead.
    expectObservable(refused).toBe('304ms e', { e: 1352 })
  }),
)

test.run()
