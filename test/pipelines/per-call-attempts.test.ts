import { map, of, retry, timeout } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Call,
  type Context,
  deadline,
  dispatch,
  type Outcome,
  perCall,
} from '../../pipelines/index.js'
import { deadlineExceeded } from '../../src/protocol/rpc-error.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { brief } from './brief.js'

const test = suite('perCall: attempts')

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test(
  "unsubscribing aborts the attempt's signal; the next one has its own",
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const log: string[] = []
    let attempts = 0
    const handler = (_: unknown, { signal }: Context) => {
      attempts += 1
      const name = `attempt ${attempts}`
      log.push(`${name} begins at ${clock.now()}, ${signal.aborted ? 'aborted' : 'not aborted'}`)
      signal.onabort = () => log.push(`${name} aborts at ${clock.now()}`)
      return sleep(attempts === 2 ? 1 : 100).then(() => name)
    }
    const twice = [perCall(timeout(4)), perCall(retry(1))] as const
    const source = calls('a|', { a: { definition: { handler } } })
    expectObservable(source.pipe(...twice, dispatch())).toBe('-|')
    expectObservable(replies.pipe(brief())).toBe('-----a', { a: 'a: "attempt 2"' })
    clock.setTimer(() => {
      assert.equal(log, [
        'attempt 1 begins at 0, not aborted',
        'attempt 1 aborts at 4',
        'attempt 2 begins at 4, not aborted',
        'attempt 2 aborts at 5', // it is over
      ])
    }, 9)
  }),
)

test(
  'the deadline of the call ends the attempt under way, and there is no other',
  marbles(({ clock, cold, expectObservable, expectSubscriptions }) => {
    const { calls, replies } = testCalls(clock)
    const handler = cold('--------x|')
    const attempt = '     ^----!'
    const source = calls('a|', { a: { definition: { handler: () => handler } } })
    const stages = [deadline(5), perCall(retry()), dispatch()] as const
    expectObservable(source.pipe(...stages)).toBe('-|')
    expectObservable(replies).toBe('-----a', { a: { id: 'a', error: deadlineExceeded(5) } })
    expectSubscriptions(handler.subscriptions).toBe(attempt)
  }),
)

test(
  'requests to the host end with the attempt that made them',
  marbles(({ clock, expectObservable }) => {
    const signals: AbortSignal[] = []
    const { calls, replies } = testCalls(clock, {
      request: (_, __, { signal }) => {
        signals.push(signal as AbortSignal)
        return sleep(50)
      },
    })
    const handler = (_: unknown, context: Context) => context.request('fs.read')
    const source = calls('a|', { a: { definition: { handler } } })
    expectObservable(source.pipe(perCall(timeout(4)), perCall(retry(1)), dispatch())).toBe('-|')
    expectObservable(replies.pipe(brief())).toBe('--------a', { a: 'a: DeadlineExceeded' })
    clock.setTimer(
      () =>
        assert.equal(
          signals.map((it) => it.aborted),
          [true, false],
        ),
      5,
    )
    clock.setTimer(
      () =>
        assert.equal(
          signals.map((it) => it.aborted),
          [true, true],
        ),
      9,
    )
  }),
)

test(
  'what a handler begins for its call ends with the call',
  marbles(({ clock, expectObservable }) => {
    const ended: (boolean | undefined)[] = []
    const { calls } = testCalls(clock, {
      request: (_, __, { signal, parent }) => {
        parent?.whenSettled(() => ended.push(signal?.aborted))
        return sleep(50)
      },
    })
    const handler = (_: unknown, context: Context) => context.request('fs.read')
    const source = calls('a', { a: { definition: { handler } } })
    expectObservable(source.pipe(perCall(map((it) => it)), deadline(3), dispatch())).toBe('-')
    clock.setTimer(() => assert.is(ended.length, 1), 4)
  }),
)

test(
  'progress of an attempt goes to the caller, until it is over',
  marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const handler = async (_: unknown, context: Context) => {
      context.progress(1)
      await sleep(2)
      context.progress(2)
      await sleep(8)
      context.progress(3)
    }
    const source = calls('a', { a: { definition: { handler } } })
    expectObservable(
      source.pipe(perCall(timeout({ first: 5, with: () => of('late') })), dispatch()),
    ).toBe('-')
    const told = map((it: { kind: string; value?: unknown; call: Call }) => [
      it.call.id,
      it.value ?? it.kind,
    ])
    expectObservable(outcomes.pipe(told)).toBe('a-b--c', {
      a: ['a', 1],
      b: ['a', 2],
      c: ['a', 'reply'],
    })
  }),
)

test(
  'an attempt that is over finds its signal aborted, and tells nothing more',
  marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const aborted: boolean[] = []
    let attempts = 0
    const handler = async (_: unknown, context: Context) => {
      attempts += 1
      const attempt = attempts
      await sleep(attempt === 1 ? 6 : 3)
      aborted.push(context.signal.aborted)
      context.progress(`${attempt} goes on`)
      await sleep(1)
      return 'done'
    }
    const source = calls('a', { a: { definition: { handler } } })
    expectObservable(source.pipe(perCall(timeout(5)), perCall(retry(1)), dispatch())).toBe('-')
    const told = map((it: Outcome) => (it.kind === 'progress' ? it.value : it.kind))
    expectObservable(outcomes.pipe(told)).toBe('--------pr', { p: '2 goes on', r: 'reply' })
    clock.setTimer(() => assert.equal(aborted, [true, false]), 9)
  }),
)

test(
  'an attempt has all that its call has',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies, records } = testCalls(clock, { config: { model: 'tiny' } })
    const handler = (_: unknown, context: Context) => {
      const { id, method, deadline: at, timeLeftMs, meta, config, log } = context
      log.info({}, 'begun')
      assert.is(context.signal, context.signal)
      return { id, method, at, timeLeftMs, meta, config }
    }
    const meta = { tenant: 'acme' }
    const source = calls('-a', { a: { method: 'load', meta, definition: { handler } } })
    expectObservable(source.pipe(deadline(5), perCall(retry(1)), dispatch())).toBe('-')
    const result = { id: 'a', method: 'load', at: 6, timeLeftMs: 5, meta }
    expectObservable(replies).toBe('-a', {
      a: { id: 'a', result: { ...result, config: { model: 'tiny' } } },
    })
    clock.setTimer(() => assert.equal(records[0]?.facts, { method: 'load', requestId: 'a' }), 3)
  }),
)

test(
  'a request to the host ends with the attempt, or by a signal of its own',
  marbles(({ clock, expectObservable }) => {
    const own = new AbortController()
    const signals: (AbortSignal | undefined)[] = []
    const options: unknown[] = []
    const { calls, replies } = testCalls(clock, {
      request: (_, __, { signal, parent, ...rest }) => {
        signals.push(signal)
        options.push(rest)
        return sleep(50)
      },
    })
    const handler = (_: unknown, { request }: Context) => {
      void request('a', {}, { signal: own.signal, deadlineMs: 9 })
      return request('b', {}, { signal: new AbortController().signal })
    }
    const source = calls('a', { a: { definition: { handler } } })
    expectObservable(source.pipe(perCall(timeout(4)), dispatch())).toBe('-')
    expectObservable(replies.pipe(brief())).toBe('----a', { a: 'a: DeadlineExceeded' })
    const aborted = () => signals.map((signal) => signal?.aborted)
    clock.setTimer(() => {
      own.abort()
      assert.equal(aborted(), [true, false])
    }, 2)
    clock.setTimer(() => assert.equal(aborted(), [true, true]), 5)
    clock.setTimer(() => assert.equal(options, [{ deadlineMs: 9 }, {}]), 5)
  }),
)

test(
  'a promise of what cannot be read is an error of the attempt',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const evil = {
      right: 1,
      get _tag(): string {
        throw new Error('no')
      },
    }
    let attempts = 0
    const handler = async () => {
      attempts += 1
      return attempts === 1 ? evil : 'done'
    }
    const source = calls('a', { a: { definition: { handler } } })
    expectObservable(source.pipe(perCall(retry(1)), dispatch())).toBe('-')
    expectObservable(replies.pipe(brief())).toBe('a', { a: 'a: "done"' })
  }),
)

test(
  'a stream of another library ends with its attempt',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const ends: number[] = []
    const foreign = { subscribe: () => ({ unsubscribe: () => ends.push(clock.now()) }) }
    const source = calls('a', { a: { definition: { handler: () => foreign } } })
    expectObservable(source.pipe(perCall(timeout(4)), perCall(retry(1)), dispatch())).toBe('-')
    expectObservable(replies.pipe(brief())).toBe('--------a', { a: 'a: DeadlineExceeded' })
    clock.setTimer(() => assert.equal(ends, [4, 8]), 9)
  }),
)

test.run()
