/** What a stage throws, drops or keeps costs the calls it had. */
import { delay, filter, map, mergeMap, Observable, of, pipe, tap, throwError, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, deadline, dispatch, limit, named, perMethod, stage } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { engineOf, told, wait } from './waiting-engine.js'

const test = suite('healing')

const bad = { method: 'wait', params: { bad: true } }
const isBad = (call: Call) => (call.params as { bad?: boolean } | undefined)?.bad === true

test(
  'one of ours that throws costs the call it was given',
  marbles(({ clock, expectObservable }) => {
    const picky = stage('picky', (call) => {
      if (isBad(call)) throw new Error('bad params')
      return true
    })
    const { send, replies } = testEngine(clock, engineOf(pipe(picky, dispatch())))
    send('                                   abc', { a: wait, b: bad, c: wait })
    expectObservable(replies.pipe(told)).toBe('-b--a-c', { a: 'a', b: 'b! bad params', c: 'c' })
  }),
)

test(
  'an operator of RxJS that throws costs the call it was given; those around it go on',
  marbles(({ clock, expectObservable }) => {
    const picky = map((call: Call) => {
      if (isBad(call)) throw new Error('bad params')
      return call
    })
    const stages = pipe(deadline(100), limit({ concurrency: 1 }), picky, dispatch())
    const { send, replies, records } = testEngine(clock, engineOf(stages))
    send('abcd', { a: wait, b: bad, c: wait, d: bad })
    expectObservable(replies.pipe(told)).toBe('----(ab)(cd)', {
      a: 'a',
      b: 'b! bad params',
      c: 'c',
      d: 'd! bad params',
    })
    clock.setTimer(() => {
      const errors = records.filter(({ level }) => level === 'error')
      assert.is(errors.length, 4)
    }, 50)
  }),
)

test(
  'a call that an operator keeps, or drops, is answered at its deadline; the log names the stage',
  marbles(({ clock, expectObservable }) => {
    const stages = pipe(
      deadline(6),
      named(
        'not bad',
        filter((call) => !isBad(call)),
      ),
      dispatch(),
    )
    const { send, replies, records } = testEngine(clock, engineOf(stages))
    send('ab', { a: wait, b: bad })
    expectObservable(replies.pipe(told)).toBe('----a--b', {
      a: 'a',
      b: 'b! The deadline of 6 ms has passed',
    })
    clock.setTimer(() => {
      const warnings = records.filter(({ level }) => level === 'warn')
      assert.equal(
        warnings.map(({ message, facts }) => [message, facts]),
        [
          [
            'A call got no further than this stage by its deadline',
            { method: 'wait', requestId: 'b', stage: 'not bad' },
          ],
        ],
      )
    }, 50)
  }),
)

test(
  'without a deadline it is answered when the engine drains',
  marbles(({ clock, expectObservable }) => {
    const drops = pipe(
      named(
        'drops',
        filter(() => false),
      ),
      dispatch(),
    )
    const { send, replies, records } = testEngine(clock, engineOf(drops, { drain: 10 }))
    send('a-|', { a: wait })
    expectObservable(replies.pipe(told)).toBe('------------a', {
      a: 'a! The engine is shutting down and takes no new work',
    })
    clock.setTimer(() => {
      const warning = records.find(({ level }) => level === 'warn')
      assert.equal(warning?.facts, { method: 'wait', stage: 'drops' })
    }, 50)
  }),
)

test(
  'one call that errors in a mergeMap costs what that held',
  marbles(({ clock, expectObservable }) => {
    const slow = mergeMap((call: Call) =>
      isBad(call) ? throwError(() => new Error('no')) : of(call).pipe(delay(5)),
    )
    const { send, replies } = testEngine(clock, engineOf(pipe(slow, dispatch())))
    send('a--b-c', { a: wait, b: bad, c: wait })
    expectObservable(replies.pipe(told)).toBe('---(ab)-------c', {
      a: 'a! no', // it was in the mergeMap when that failed
      b: 'b! no',
      c: 'c',
    })
  }),
)

test(
  'only the calls that the failing part had are lost',
  marbles(({ clock, expectObservable }) => {
    const first = named('first', delay(3))
    const second = named('second', (calls$) =>
      calls$.pipe(
        tap((call) => {
          if (isBad(call)) throw new Error('no')
        }),
        delay(3),
      ),
    )
    const ways = perMethod({ 'other.*': delay(3), wait: delay(1) })
    const { send, replies } = testEngine(clock, engineOf(pipe(first, ways, second, dispatch())))
    // At 7 b fails in the second, which has a; c is on a way, d in the first, and w in its handler.
    send('w a-bcd', { w: wait, a: wait, b: bad, c: wait, d: wait })
    expectObservable(replies.pipe(told)).toBe('-------(ab)w---cd', {
      a: 'a! no',
      b: 'b! no',
      c: 'c',
      d: 'd',
      w: 'w',
    })
  }),
)

test(
  'a call that is late in a queue of ours is no reason to warn',
  marbles(({ clock, expectObservable }) => {
    const stages = pipe(deadline(3), limit({ concurrency: 1 }), dispatch())
    const { send, replies, records } = testEngine(clock, engineOf(stages))
    send('ab', { a: wait, b: wait })
    const late = 'The deadline of 3 ms has passed'
    expectObservable(replies.pipe(told)).toBe('---ab', { a: `a! ${late}`, b: `b! ${late}` })
    clock.setTimer(() => assert.not(records.some(({ level }) => level === 'warn')), 6)
  }),
)

test(
  'an operator that throws before a stage with ways of its own costs its call, too',
  marbles(({ clock, expectObservable }) => {
    const picky = map((call: Call) => {
      if (isBad(call)) throw new Error('no')
      return call
    })
    const stages = pipe(picky, perMethod({ wait: delay(1) }), dispatch())
    const { send, replies } = testEngine(clock, engineOf(stages))
    send('ab', { a: wait, b: bad })
    expectObservable(replies.pipe(told)).toBe('-b---a', { a: 'a', b: 'b! no' })
  }),
)

test(
  'an operator that fails twice and then completes has failed once',
  marbles(({ clock, expectObservable }) => {
    const rude = (calls$: Observable<Call>) =>
      new Observable<Call>((subscriber) =>
        calls$.subscribe((call) => {
          if (!isBad(call)) return subscriber.next(call)
          subscriber.error(new Error('no'))
          subscriber.error(new Error('again'))
          subscriber.complete()
        }),
      )
    let begun = 0
    const counts = stage('counts', () => {
      begun += 1
      return true
    })
    const { send, replies, records } = testEngine(clock, engineOf(pipe(rude, counts, dispatch())))
    send('ab', { a: bad, b: wait })
    expectObservable(replies.pipe(told)).toBe('a----b', { a: 'a! no', b: 'b' })
    clock.setTimer(() => {
      assert.is(begun, 1)
      assert.is(records.filter(({ level }) => level === 'error').length, 2) // of the stage, and of its call
    }, 9)
  }),
)

test(
  'the call that gets the place of a lost one finds the part healed',
  marbles(({ clock, expectObservable }) => {
    const slow = mergeMap((call: Call) =>
      isBad(call) ? timer(2).pipe(mergeMap(() => throwError(() => new Error('no')))) : of(call),
    )
    const stages = pipe(limit({ concurrency: 1 }), slow, dispatch())
    const { send, replies } = testEngine(clock, engineOf(stages))
    send('ab', { a: bad, b: wait })
    expectObservable(replies.pipe(told)).toBe('--a---b', { a: 'a! no', b: 'b' })
  }),
)

test(
  'what fails behind a named operator costs no call that is in that operator',
  marbles(({ clock, expectObservable }) => {
    const picky = tap((call: Call) => {
      if (isBad(call)) throw new Error('no')
    })
    const stages = pipe(named('slow', delay(3)), picky, dispatch())
    const { send, replies } = testEngine(clock, engineOf(stages))
    send('a-b', { a: bad, b: wait })
    expectObservable(replies.pipe(told)).toBe('---a-----b', { a: 'a! no', b: 'b' })
  }),
)

test.run()
