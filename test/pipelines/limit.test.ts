import { left } from 'fp-ts/lib/Either.js'
import { count, map, Observable, Subject, tap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, type Context, deadline, dispatch, limit } from '../../pipelines/index.js'
import { overloaded, requestCancelled } from '../../src/protocol/rpc-error.js'
import { marbles, type TestReply, testCalls } from '../../src/testing/index.js'
import { answeredAfter, brief, ids } from './brief.js'

const test = suite('limit')

test(
  'at concurrency 1 a call begins when the one before has ended',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const source = ' abc---d------|'
    const started = 'a---b---c---d---|'
    const ended = '  ----a---b---c---d'
    const passed = calls(source).pipe(limit({ concurrency: 1 }), answeredAfter(clock, 4), ids())
    expectObservable(passed).toBe(started)
    expectObservable(replies.pipe(ids())).toBe(ended)
  }),
)

test(
  'lets so many run at once, and no more',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const took = { a: 6, b: 2, c: 2, d: 1, e: 4 }
    let running = 0
    const counted = tap<Call>((call) => {
      running += 1
      assert.ok(running <= 2, `${running} are running`)
      call.whenSettled(() => {
        running -= 1
      })
    })
    const passed = calls('abcde|').pipe(
      limit({ concurrency: 2 }),
      counted,
      answeredAfter(clock, took),
      ids(),
    )
    expectObservable(passed).toBe('         ab-c-de---|')
    expectObservable(replies.pipe(ids())).toBe('---b-c(ad)e')
  }),
)

test(
  'without settings all pass, at once',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    expectObservable(calls('(abcd)|').pipe(limit(), ids())).toBe('(abcd)')
  }),
)

test(
  'one that finds the queue full is refused, with the time after which a place may be free',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const narrow = limit({ concurrency: 2, queue: 3 })
    const passed = calls('(abcdefg)', { g: { method: 'models.load' } }).pipe(narrow, ids())
    expectObservable(passed).toBe('(ab)')
    // No call has ended yet, so each is guessed to take a second: 4 calls by 2 places.
    expectObservable(replies).toBe('(fg)', {
      f: { id: 'f', error: overloaded('3 calls of test wait already', 2000) },
      g: { id: 'g', error: overloaded('3 calls of models.load wait already', 2000) },
    })
  }),
)

test(
  'guesses the time to retry by how long calls took lately',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const narrow = limit({ concurrency: 1, queue: 0 })
    const source = '  a 99ms b 99ms c 99ms d|'
    const passed = '  a 99ms - 99ms c 99ms - 49ms |'
    const answered = '- 99ms b 49ms a 49ms - 99ms d 49ms c'
    const facts = map((it: TestReply) => ('error' in it ? it.error.facts['retryAfterMs'] : it.id))
    expectObservable(calls(source).pipe(narrow, answeredAfter(clock, 150), ids())).toBe(passed)
    // The mean of a second, as guessed, moves by a fifth to the 150 ms of the latest.
    expectObservable(replies.pipe(facts)).toBe(answered, { a: 'a', b: 1000, c: 'c', d: 830 })
  }),
)

test(
  'goes on by priority, then in order of arrival',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const of = (priority: string) => ({ meta: { priority } as never })
    const passed = calls('abcdefg|', {
      b: of('low'),
      d: of('high'),
      e: of('urgent'), // unknown, so it is normal
      f: of('high'),
      g: of('toString'),
    }).pipe(limit({ concurrency: 1 }), answeredAfter(clock, 10), ids())
    expectObservable(passed).toBe('a 9ms d 9ms f 9ms c 9ms e 9ms g 9ms b 9ms |')
  }),
)

test(
  'a call that is settled while it waits never starts, and frees its place in the queue',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const cancels = tap<Call>((call) => {
      if (call.id === 'b') clock.setTimer(() => call.settle(left(requestCancelled())), 2)
    })
    const passed = calls('ab--c-|').pipe(
      cancels,
      limit({ concurrency: 1, queue: 1 }),
      answeredAfter(clock, 6),
      ids(),
    )
    expectObservable(passed).toBe('                a-----c-----|')
    expectObservable(replies.pipe(brief())).toBe('---b--a-----c', {
      a: 'a: "a"',
      b: 'b: RequestCancelled',
      c: 'c: "c"',
    })
  }),
)

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
    const passed = calls('abcd|', { a: own, b: own }).pipe(
      shared,
      answeredAfter(clock, 5),
      ids(),
    )
    expectObservable(passed).toBe('a-c--b-d----|')
  }),
)

test(
  'what waits goes on after the end of the source, and only then it completes',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const passed = calls('(ab|)').pipe(limit({ concurrency: 1 }), answeredAfter(clock, 7), ids())
    expectObservable(passed).toBe('a------b------|')
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

test.run()
