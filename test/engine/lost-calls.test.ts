/** What becomes of calls when a stage of somebody else's fails. */
import { delay, filter, map, mergeMap, of, pipe, take, tap, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Call,
  deadline,
  dispatch,
  type EngineDefinition,
  engine,
  left,
  limit,
  method,
  named,
  type Outcome,
  perMethod,
} from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { told } from '../pipelines/waiting-engine.js'

const test = suite('lost calls')

test(
  'a call that gets the place of a lost one is not lost with it',
  marbles(({ clock, expectObservable }) => {
    const picky = pipe(
      delay<Call>(2),
      tap((call: Call) => {
        if (call.id === 'a') throw new Error('no')
      }),
    )
    const calls: EngineDefinition['calls'] = (calls$) =>
      calls$.pipe(limit({ concurrency: 1 }), picky, dispatch())
    const { send, replies } = testEngine(
      clock,
      engine({ name: 'd', version: '1.0.0', calls, methods: { wait: { handler: () => 'ok' } } }),
    )
    send('(abc)', { a: { method: 'wait' }, b: { method: 'wait' }, c: { method: 'wait' } })
    expectObservable(replies.pipe(told)).toBe('--a-b-c', { a: 'a! no', b: 'b', c: 'c' })
  }),
)
test(
  'after a stage has completed, calls are told so, and those before it go on',
  marbles(({ clock, expectObservable }) => {
    const methods = {
      wait: method({ handler: () => timer(3) }),
      sum: method({
        calls: dispatch(),
        stream: (calls$) =>
          calls$.pipe(
            take(1),
            map((call) => call.reply(1)),
          ),
      }),
    }
    const calls: EngineDefinition['calls'] = (calls$) => calls$.pipe(take(2), dispatch())
    const definition = engine({ name: 'd', version: '1.0.0', methods, calls })
    const { send, replies, records } = testEngine(clock, definition)
    const [wait, sum] = [{ method: 'wait' }, { method: 'sum' }]
    send('abcde', { a: wait, b: sum, c: sum, d: wait, e: wait })
    const ended = 'A stage has completed the stream of calls, so none gets through any more'
    expectObservable(replies.pipe(told)).toBe('-bcae-d', {
      c: `c! ${ended}`,
      e: `e! ${ended}`,
      a: 'a',
      b: 'b',
      d: 'd',
    })
    clock.setTimer(() => {
      const errors = records.filter(({ level }) => level === 'error')
      assert.equal(
        errors.map(({ facts }) => (facts['err'] as Error).message),
        [ended, ended],
      )
    }, 7)
  }),
)
for (const [where, early] of [
  ['behind a stage of ours', pipe(deadline(9), take<Call>(1), dispatch())],
  ['in the name of one', pipe(named('mine', take<Call>(1)), dispatch())],
  ['for one method', pipe(perMethod({ wait: take<Call>(1) }), dispatch())],
  ['behind what waits', pipe(limit({ concurrency: 1 }), take<Call>(1), dispatch())],
] as const) {
  test(
    `the same ${where}`,
    marbles(({ clock, expectObservable }) => {
      const methods = { wait: method({ handler: () => timer(3) }) }
      const definition = engine({ name: 'd', version: '1.0.0', methods, calls: early })
      const { send, replies } = testEngine(clock, definition)
      send('ab-----c', { a: { method: 'wait' }, b: { method: 'wait' }, c: { method: 'wait' } })
      const ended = 'A stage has completed the stream of calls, so none gets through any more'
      const isHeld = where === 'behind what waits'
      expectObservable(replies.pipe(told)).toBe(isHeld ? '---(ab)c' : '-b-a---c', {
        a: 'a',
        b: `b! ${ended}`,
        c: `c! ${ended}`,
      })
    }),
  )
}
test(
  'a stage that completes for one method completes it for no other',
  marbles(({ clock, expectObservable }) => {
    const methods = { wait: method({ handler: () => 1 }), other: method({ handler: () => 2 }) }
    const calls = pipe(perMethod({ wait: take<Call>(1) }), dispatch())
    const definition = engine({ name: 'd', version: '1.0.0', methods, calls })
    const { send, replies } = testEngine(clock, definition)
    send('ab', { a: { method: 'wait' }, b: { method: 'other' } })
    expectObservable(replies.pipe(told)).toBe('ab')
  }),
)
test(
  'a branch for one method that fails costs no call of another',
  marbles(({ clock, expectObservable }) => {
    const broken = map((call: Call): Call => {
      throw new Error(`no ${call.id}`)
    })
    const methods = { late: method({ handler: () => 1 }), bad: method({ handler: () => 2 }) }
    const calls = pipe(perMethod({ late: delay<Call>(3), bad: broken }), dispatch())
    const definition = engine({ name: 'd', version: '1.0.0', methods, calls })
    const { send, replies } = testEngine(clock, definition)
    send('ab', { a: { method: 'late' }, b: { method: 'bad' } })
    expectObservable(replies.pipe(told)).toBe('-b-a', { a: 'a', b: 'b! no b' })
  }),
)
test(
  'a call that a stage forwards twice runs once, and takes one place',
  marbles(({ clock, expectObservable }) => {
    let runs = 0
    const wait = method({
      handler: () => {
        runs += 1
        return timer(2)
      },
    })
    const twice = mergeMap((call: Call) => of(call, call))
    const calls = pipe(twice, limit({ concurrency: 1, queue: 2 }), twice, dispatch())
    const definition = engine({ name: 'd', version: '1.0.0', methods: { wait }, calls })
    const { send, replies } = testEngine(clock, definition)
    const call = { method: 'wait' }
    send('(abc)-----(def)', { a: call, b: call, c: call, d: call, e: call, f: call })
    expectObservable(replies.pipe(told)).toBe('--a-b-c-----d-e-f')
    clock.setTimer(() => assert.is(runs, 6), 20)
  }),
)
const copies: Readonly<Record<string, (call: Call) => unknown>> = {
  'a copy with its prototype': (call) =>
    Object.assign(Object.create(Object.getPrototypeOf(call) as object), call),
  'a copy without': (call) => ({ ...call }),
  'something else': ({ params }) => params,
}
for (const [name, copy] of Object.entries(copies)) {
  test(
    `${name} in the place of a call costs that call, which is answered once`,
    marbles(({ clock, expectObservable }) => {
      const methods = { wait: method({ handler: () => timer(2) }) }
      const replaced = map((call: Call) => (call.id === 'a' ? (copy(call) as Call) : call))
      const calls = pipe(deadline(9), replaced, dispatch())
      const definition = engine({ name: 'd', version: '1.0.0', methods, calls })
      const { send, replies, done } = testEngine(clock, definition)
      send('ab---|', { a: { method: 'wait', params: [] }, b: { method: 'wait' } })
      const message = 'A stage put another object in the place of a call: forward the call itself'
      expectObservable(replies.pipe(told)).toBe('a--b', { a: `a! ${message}`, b: 'b' })
      clock.setTimer(() => void done.then((ending) => assert.is(ending.exitCode, 0)), 8)
    }),
  )
}
for (const setting of ['calls', 'replies'] as const) {
  test(
    `${setting} that returns nothing is told of when the engine starts`,
    marbles(async ({ clock, expectObservable }) => {
      const nothing = (() => {}) as never
      const definition = engine({ name: 'd', version: '1.0.0', [setting]: nothing })
      const { state$, records, done } = testEngine(clock, definition)
      expectObservable(state$).toBe('e', { e: 'stopped' })
      await clock.advance(1)
      assert.is((await done).exitCode, 70)
      const fatal = records.find(({ level }) => level === 'fatal')
      const message = `${setting} must return an Observable: return calls$.pipe(…)`
      assert.is((fatal?.facts['err'] as Error | undefined)?.message, message)
    }),
  )
}
test(
  'a reply stage that spoils an outcome costs that reply',
  marbles(({ clock, expectObservable }) => {
    const spoilt: Readonly<Record<string, unknown>> = {
      a: undefined,
      b: { ok: true },
      c: left(undefined),
    }
    const replies: EngineDefinition['replies'] = (outcomes$) =>
      outcomes$.pipe(
        map((outcome) => {
          const id = String(outcome.call.id)
          return id in spoilt ? ({ ...outcome, result: spoilt[id] } as Outcome) : outcome
        }),
      )
    const methods = { wait: method({ handler: () => 'ok' }) }
    const definition = engine({ name: 'd', version: '1.0.0', methods, replies })
    const { send, replies: written } = testEngine(clock, definition)
    const call = { method: 'wait' }
    send('abcd', { a: call, b: call, c: call, d: call })
    const spoiled = 'A reply stage must leave an Either in `result`, left with an RpcError'
    expectObservable(written.pipe(told)).toBe('abcd', {
      a: `a! ${spoiled}`,
      b: `b! ${spoiled}`,
      c: `c! ${spoiled}`,
      d: 'd',
    })
  }),
)
test(
  'after a reply stage has completed too',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(
      clock,
      engine({
        name: 'd',
        version: '1.0.0',
        replies: (outcomes$) => outcomes$.pipe(take(1)),
        methods: { wait: { handler: () => 'ok' } },
      }),
    )
    send('ab', { a: { method: 'wait' }, b: { method: 'wait' } })
    expectObservable(replies.pipe(told)).toBe('ab', {
      a: 'a',
      b: 'b! A stage has completed the stream of outcomes, so none gets through any more',
    })
  }),
)
test(
  'the same with a stream of its own method',
  marbles(({ clock, expectObservable }) => {
    const sum = method({
      limit: { concurrency: 1 },
      stream: (calls$) =>
        calls$.pipe(
          delay(2),
          tap((call) => {
            if (call.id === 'a') throw new Error('no')
            call.reply(1)
          }),
        ),
    })
    const { send, replies } = testEngine(
      clock,
      engine({ name: 'd', version: '1.0.0', methods: { sum } }),
    )
    send('(abc)', { a: { method: 'sum' }, b: { method: 'sum' }, c: { method: 'sum' } })
    expectObservable(replies.pipe(told)).toBe('--a-b-c', { a: 'a! no', b: 'b', c: 'c' })
  }),
)
test(
  'what fails in the pipeline of one method is no matter of the others',
  marbles(({ clock, expectObservable }) => {
    const slow = method({
      handler: () => 'fine',
      calls: (calls$) => calls$.pipe(delay(5), dispatch()),
    })
    const bad = method({
      handler: () => 1,
      calls: (calls$) =>
        calls$.pipe(
          tap(() => {
            throw new Error('no')
          }),
          dispatch(),
        ),
    })
    const one = engine({ name: 'demo', version: '1.0.0', methods: { slow, bad } })
    const { send, replies } = testEngine(clock, one)
    send('ab', { a: { method: 'slow' }, b: { method: 'bad' } })
    expectObservable(replies.pipe(told)).toBe('-b---a', { a: 'a', b: 'b! no' })
  }),
)

test(
  'the deadline of an engine or a method holds in any pipeline, also for calls that a stage drops',
  marbles(({ clock, expectObservable }) => {
    const calls: EngineDefinition['calls'] = (calls$) => calls$.pipe(filter(() => false))
    const methods = { plain: { handler: () => 1 }, hasty: { deadline: 3, handler: () => 1 } }
    const one = engine({ name: 'demo', version: '1.0.0', deadline: 6, calls, methods })
    const { send, replies } = testEngine(clock, one)
    send('(ab)', { a: { method: 'plain' }, b: { method: 'hasty' } })
    const codes = map(({ id, error }: { id?: unknown; error?: { code: number } }) => [
      id,
      error?.code,
    ])
    expectObservable(replies.pipe(codes)).toBe('---b--a', {
      a: ['a', -32001],
      b: ['b', -32001],
    })
  }),
)

test.run()
