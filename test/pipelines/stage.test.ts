import { map, NEVER, Observable, take, tap, throwError } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, deadline, stage } from '../../src/index.js'
import { marbles, testCalls, testEngine } from '../../src/testing/index.js'
import { ids } from './brief.js'
import { engineOf, told, wait } from './waiting-engine.js'

const test = suite('stage')

test(
  'lets a call pass, or settles it',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const odd = stage('odd', (call) => call.id !== 'b' || call.settle({ _tag: 'Right', right: 0 }))
    expectObservable(calls('abc|').pipe(odd, ids())).toBe('a-c|')
    expectObservable(replies).toBe('-b', { b: { id: 'b', result: 0 } })
  }),
)

test(
  'a call that is settled on its way goes no further',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const seen: unknown[] = []
    const sees = stage('sees', ({ id }) => seen.push(id) > 0)
    const settles = tap<Call>((call) => call.id === 'b' && call.reply(0))
    expectObservable(calls('abc|').pipe(settles, sees, ids())).toBe('a-c|')
    clock.setTimer(() => assert.equal(seen, ['a', 'c']), 5)
  }),
)

test(
  'a call that no stage dispatches is told so',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, engineOf(deadline(50)))
    send('a', { a: wait })
    expectObservable(replies.pipe(told)).toBe('a', {
      a: 'a! No stage dispatched this call: end the pipeline with dispatch()',
    })
  }),
)

test('an operator that errors as soon as it is subscribed ends the start', async () => {
  await marbles(async ({ clock, expectObservable }) => {
    const broken = () => throwError(() => new Error('no configuration'))
    const { done, state$ } = testEngine(clock, engineOf(broken))
    expectObservable(state$).toBe('a', { a: 'stopped' })
    await clock.advance(0)
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
  })()
})

test('an operator that throws when it is called ends the start', async () => {
  await marbles(async ({ clock, expectObservable }) => {
    const broken = () => {
      throw new Error('no configuration')
    }
    const { done } = testEngine(clock, engineOf(broken))
    expectObservable(NEVER).toBe('-')
    await clock.advance(0)
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
  })()
})

test(
  'a pipeline that cannot be built refuses its calls meanwhile',
  marbles(({ clock, expectObservable }) => {
    const broken = () => throwError(() => new Error('no configuration'))
    const { send, replies, records } = testEngine(clock, engineOf(broken, { onStop: () => {} }))
    send('a', { a: wait })
    expectObservable(replies.pipe(told)).toBe('-')
    clock.setTimer(() => {
      const fatal = records.find(({ level }) => level === 'fatal')
      assert.equal(fatal?.facts['err'], new Error('no configuration'))
    }, 5)
  }),
)

test(
  'who unsubscribes from a stage unsubscribes it from its source',
  marbles(({ clock, cold, expectObservable, expectSubscriptions }) => {
    const { call } = testCalls(clock)
    const source = cold('a-b-c|')
    const calls$ = source.pipe(map((id) => call({ id: String(id) })))
    const passes = stage('passes', () => true)
    expectObservable(calls$.pipe(passes, take(2), ids())).toBe('a-(b|)')
    expectSubscriptions(source.subscriptions).toBe('^-!')
  }),
)

test(
  'a source that goes on after its end is not listened to',
  marbles(({ clock, expectObservable }) => {
    const { call } = testCalls(clock)
    const source = new Observable<Call>((subscriber) => {
      subscriber.next(call({ id: 'a' }))
      subscriber.complete()
      subscriber.next(call({ id: 'b' }))
      subscriber.complete()
      subscriber.error(new Error('no'))
    })
    const seen: unknown[] = []
    const sees = stage('sees', ({ id }) => seen.push(id) > 0)
    expectObservable(source.pipe(sees, ids())).toBe('(a|)')
    clock.setTimer(() => assert.equal(seen, ['a']), 1)
  }),
)

test.run()
