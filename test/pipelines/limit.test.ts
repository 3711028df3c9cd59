import { left } from 'fp-ts/lib/Either.js'
import { from, map, tap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, limit } from '../../pipelines/index.js'
import { overloaded, requestCancelled } from '../../src/protocol/rpc-error.js'
import { marbles, type TestReply, testCalls, virtualClock } from '../../src/testing/index.js'
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
  'what waits goes on after the end of the source, and only then it completes',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const passed = calls('(ab|)').pipe(limit({ concurrency: 1 }), answeredAfter(clock, 7), ids())
    expectObservable(passed).toBe('a------b------|')
  }),
)

test('what would let nothing through is refused when the pipeline is written', () => {
  for (const concurrency of [0, -1, 0.5, Number.NaN]) {
    assert.throws(
      () => limit({ concurrency }),
      /^limit\.concurrency must be a whole number, 1 or more, not /,
    )
  }
  for (const queue of [-1, Number.NaN]) {
    assert.throws(() => limit({ queue }), /^limit\.queue must be a whole number, 0 or more, not /)
  }
})

test(
  'goes on after all calls of all keys are done, until no more will come',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const keyed = limit({ concurrency: 1, key: ({ id }) => id })
    const passed = calls('a---b---|').pipe(keyed, answeredAfter(clock, 1), ids())
    expectObservable(passed).toBe('a---b---|')
    expectObservable(replies.pipe(ids())).toBe('-a---b')
  }),
)

test('a thousand wait, unless it says otherwise', () => {
  const { call, replies } = testCalls(virtualClock())
  const refused: TestReply[] = []
  replies.subscribe((reply) => refused.push(reply))
  const calls = Array.from({ length: 1002 }, () => call())
  from(calls)
    .pipe(limit({ concurrency: 1 }))
    .subscribe()
  assert.is(refused.length, 1)
  assert.is(refused[0]?.id, calls[1001]?.id)
})

test.run()
