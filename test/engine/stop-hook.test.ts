import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { marbles, testEngine } from '../../src/testing/index.js'
import { demo, endsWith, sleep, slow, stuck, told } from './demo-engine.js'

const test = suite('onStop and output')

test(
  'onStop runs when no call is open, once',
  marbles(async ({ clock, expectObservable }) => {
    const log: string[] = []
    const onStop = async () => {
      log.push(`stops at ${clock.now()}`)
      await sleep(5)
      log.push(`stopped at ${clock.now()}`)
    }
    const tested = testEngine(clock, demo({ onStop }))
    tested.send('a|', { a: slow(4) })
    expectObservable(tested.replies.pipe(told)).toBe('----a', { a: 'a' })
    await clock.advance(8)
    tested.signals$.next({ type: 'parent-gone' })
    await clock.advance(20)
    await endsWith(tested, 74, 'parent gone')
    assert.equal(log, ['stops at 4', 'stopped at 9'])
  }),
)

test(
  'an onStop that hangs is named in the log and not waited for',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo({ onStop: () => new Promise(() => {}) }))
    const states = 'rd 4999ms t'
    expectObservable(tested.state$).toBe(states, { r: 'ready', d: 'draining', t: 'stopped' })
    clock.setTimer(() => tested.peer.end(), 1)
    await clock.advance(6000)
    await endsWith(tested, 75, 'end of input')
    const errors = tested.records.filter(({ level }) => level === 'error')
    assert.equal(errors, [
      { level: 'error', message: 'onStop took too long', facts: { waitedMs: 5000 } },
    ])
  }),
)

test(
  'an onStop that throws is logged, and changes nothing else',
  marbles(async ({ clock, expectObservable }) => {
    const onStop = () => {
      throw new Error('no')
    }
    const tested = testEngine(clock, demo({ onStop }))
    tested.send('a|', { a: slow(1) })
    expectObservable(tested.replies.pipe(told)).toBe('-a', { a: 'a' })
    await clock.advance(10)
    await endsWith(tested, 0, 'end of input')
    assert.is(tested.records.filter(({ message }) => message === 'onStop failed').length, 1)
  }),
)

test(
  'output that nobody reads is given up after its own deadline',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo())
    tested.peer.stall()
    tested.send('a|', { a: slow(2) })
    expectObservable(tested.replies).toBe('-')
    await clock.advance(4999)
    assert.is(tested.context.signal.aborted, true)
    await clock.advance(100)
    await endsWith(tested, 75, 'end of input')
    const { message } = tested.records.filter(({ level }) => level === 'error').at(-1) ?? {}
    assert.is(message, 'The output was not read in time; what is left is dropped')
  }),
)

test(
  'output that breaks ends it within a second, whatever still runs',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo({ onStop: () => new Promise(() => {}) }))
    tested.send('a', { a: stuck })
    expectObservable(tested.replies).toBe('-')
    await clock.advance(3)
    tested.peer.break()
    await clock.advance(1000)
    await endsWith(tested, 74, 'output broken')
  }),
)

test(
  'an engine that has stopped leaves no timer behind once its deadlines are over',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo())
    const subscribe = {
      method: 'engine.subscribe',
      params: { health: { everyMs: 10 }, state: true },
    }
    tested.send('(sa)|', { s: subscribe, a: slow(3) })
    expectObservable(tested.replies.pipe(told)).toBe('s--a', { s: 's', a: 'a' })
    await clock.advance(20_000)
    assert.is(clock.pending, 0)
  }),
)

test(
  'a second signal runs no onStop, and gives up output that nobody reads after 250 ms',
  marbles(async ({ clock, expectObservable }) => {
    let hasRunStop = false
    const onStop = () => {
      hasRunStop = true
    }
    const tested = testEngine(clock, demo({ onStop }))
    tested.peer.stall()
    tested.send('a', { a: stuck })
    clock.setTimer(() => tested.signals$.next({ type: 'signal', signal: 'SIGINT' }), 3)
    clock.setTimer(() => tested.signals$.next({ type: 'signal', signal: 'SIGINT' }), 6)
    const states = 'r--d 252ms t'
    expectObservable(tested.state$).toBe(states, { r: 'ready', d: 'draining', t: 'stopped' })
    await clock.advance(256)
    await endsWith(tested, 130, 'second signal (SIGINT)')
    assert.not(hasRunStop)
  }),
)

test(
  'a control call that comes while onStop runs is answered when that is done, at the latest',
  marbles(async ({ clock, expectObservable }) => {
    const health = { slow: () => sleep(800).then(() => {}) }
    const tested = testEngine(clock, demo({ onStop: () => sleep(5), health }))
    tested.send('-sh', { s: { method: 'engine.shutdown' }, h: { method: 'health.check' } })
    expectObservable(tested.replies.pipe(told)).toBe('-s----h', { s: 's', h: 'h -32004' })
    await clock.advance(6)
    await endsWith(tested, 0, 'shutdown')
    await clock.advance(1000)
  }),
)

test(
  'requests of the engine itself end with its calls',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo({ drain: 3, onStop: () => sleep(5) }))
    tested.send('a', { a: stuck })
    const failures: unknown[] = []
    const ask = () =>
      tested.context.request('host.ask').catch(({ kind }) => failures.push([clock.now(), kind]))
    clock.setTimer(ask, 1)
    clock.setTimer(() => tested.stop(), 2)
    clock.setTimer(ask, 6)
    expectObservable(tested.replies.pipe(told)).toBe('-----a', { a: 'a -32004' })
    await clock.advance(10)
    await endsWith(tested, 75, 'shutdown')
    assert.equal(failures, [
      [5, 'ShuttingDown'],
      [6, 'ShuttingDown'],
    ])
  }),
)

test(
  'waits that are over leave no timer behind',
  marbles(async ({ clock, expectObservable }) => {
    const tested = testEngine(clock, demo({ onStop: () => sleep(2) }))
    clock.setTimer(() => tested.stop(0), 1)
    expectObservable(tested.replies).toBe('-')
    await clock.advance(4)
    await endsWith(tested, 0, 'shutdown')
    assert.is(clock.pending, 0)
  }),
)

test.run()
