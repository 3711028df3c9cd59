/** Which pipeline a call passes, and whose calls are lost with a part of it. */
import {
  defer,
  delay,
  delayWhen,
  type MonoTypeOperatorFunction,
  map,
  merge,
  NEVER,
  of,
  tap,
  timer,
} from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, dispatch, type EngineDefinition, engine, method } from '../../src/index.js'
import { marbles, testCalls, testEngine } from '../../src/testing/index.js'

const test = suite('routing')

const handler = () => timer(4).pipe(map(() => 'ok'))

const engineOf = (more: Partial<EngineDefinition>) =>
  engine({ name: 'demo', version: '1.0.0', methods: { wait: { handler } }, ...more })

const wait = { method: 'wait' }
const told = map((reply: Readonly<Record<string, unknown>>) => {
  const error = reply['error'] as { message: string } | undefined
  return error === undefined ? reply['id'] : `${reply['id']}! ${error.message}`
})
const messageOf = (text: string): unknown => JSON.parse(text).error.message
const line = (id: string, name: string) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method: name })}\n`

test(
  'while a pipeline cannot be built, its calls are told so',
  marbles(async ({ clock, expectObservable }) => {
    const calls = () => {
      throw new Error('no configuration')
    }
    const { peer, done } = testEngine(clock, engineOf({ calls }))
    expectObservable(NEVER).toBe('-')
    peer.send(line('a', 'wait'))
    await clock.advance(0)
    assert.equal(peer.written.map(messageOf), [
      'The engine is not ready: its pipeline cannot be built',
    ])
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
  }),
)

test(
  "a method's stream that cannot be built ends the start, and its calls are told so",
  marbles(async ({ clock, expectObservable }) => {
    const lost = method({
      stream: () => {
        throw new Error('no model')
      },
    })
    const calls: MonoTypeOperatorFunction<Call> = dispatch()
    const { peer, done } = testEngine(clock, engineOf({ calls, methods: { lost } }))
    expectObservable(NEVER).toBe('-')
    peer.send(line('a', 'lost'))
    await clock.advance(0)
    assert.equal(peer.written.map(messageOf), [
      'The engine is not ready: its stream cannot be built',
    ])
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
  }),
)

test(
  'what fails behind dispatch costs no call that runs',
  marbles(({ clock, expectObservable }) => {
    let hasFailed = false
    const failing = defer(() =>
      hasFailed
        ? NEVER
        : timer(2).pipe(
            tap(() => {
              hasFailed = true
              throw new Error('no')
            }),
          ),
    )
    const calls: EngineDefinition['calls'] = (calls$) =>
      merge(calls$.pipe(dispatch()), failing) as typeof calls$
    const { send, replies } = testEngine(clock, engineOf({ calls }))
    send('                                   a--b', { a: wait, b: wait })
    expectObservable(replies.pipe(told)).toBe('----a--b')
  }),
)

test(
  'what comes out of a pipeline and is no waiting call of this engine is left alone',
  marbles(({ clock, expectObservable }) => {
    const other = testCalls(clock)
    const foreign = other.call()
    const odd = of(undefined, null, 0, {}, foreign)
    const calls: EngineDefinition['calls'] = (calls$) =>
      merge(calls$.pipe(dispatch()), calls$, odd) as typeof calls$
    const { send, replies } = testEngine(clock, engineOf({ calls }))
    send('                                   a', { a: wait })
    expectObservable(replies.pipe(told)).toBe('----a')
    clock.setTimer(() => assert.not(foreign.isSettled), 5)
  }),
)

test(
  "a method's stream that throws costs only the calls that it had",
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      stream: (calls$) =>
        calls$.pipe(
          tap((call) => {
            clock.setTimer(() => call.reply(1), 3)
          }),
          delay(2),
          tap((call) => {
            if (call.id === 'a') throw new Error('no')
          }),
        ),
    })
    const calls: MonoTypeOperatorFunction<Call> = (calls$) =>
      calls$.pipe(
        delayWhen(({ id }) => timer(id === 'b' ? 3 : 0)),
        dispatch(),
      )
    const methods = { sum, wait: { handler } }
    const { send, replies } = testEngine(clock, engineOf({ calls, methods }))
    // When the stream fails at 2, w is in its handler, and b on its way to the stream.
    send('(abw)', { a: { method: 'sum' }, b: { method: 'sum' }, w: wait })
    expectObservable(replies.pipe(told)).toBe('--a-w-b', { a: 'a! no', b: 'b', w: 'w' })
  }),
)

test(
  'every pipeline ends when it is built anew, and when the engine has stopped',
  marbles(async ({ clock, expectObservable }) => {
    const ends: string[] = []
    const watched =
      (name: string): MonoTypeOperatorFunction<Call> =>
      (calls$) =>
        calls$.pipe(tap({ complete: () => ends.push(`${name} at ${clock.now()}`) }), dispatch())
    const stream = (calls$: Parameters<MonoTypeOperatorFunction<Call>>[0]) =>
      calls$.pipe(tap({ complete: () => ends.push(`stream at ${clock.now()}`) }))
    const methods = {
      sum: method({ stream }),
      group: { calls: watched('group'), methods: { wait: { handler } } },
    }
    const { reload, stop, done } = testEngine(clock, engineOf({ calls: watched('calls'), methods }))
    expectObservable(NEVER).toBe('-')
    clock.setTimer(() => reload(), 2)
    clock.setTimer(() => stop(), 5)
    await clock.advance(5)
    await done
    assert.equal(ends.sort(), [
      'calls at 2',
      'calls at 5',
      'group at 2',
      'group at 5',
      'stream at 2',
      'stream at 5',
    ])
  }),
)

test.run()
