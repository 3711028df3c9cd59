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
    let attempts = 0
    const handler = async (_: unknown, context: Context) => {
      attempts += 1
      const attempt = attempts
      await sleep(attempt === 1 ? 6 : 3)
      context.progress(`${attempt} ${context.signal.aborted ? 'aborted' : 'goes on'}`)
      if (attempt === 1) assert.ok(context.signal.aborted)
      await sleep(1)
      return 'done'
    }
    const source = calls('a', { a: { definition: { handler } } })
    expectObservable(source.pipe(perCall(timeout(5)), perCall(retry(1)), dispatch())).toBe('-')
    const told = map((it: Outcome) => (it.kind === 'progress' ? it.value : it.kind))
    expectObservable(outcomes.pipe(told)).toBe('--------pr', { p: '2 goes on', r: 'reply' })
  }),
)

test.run()
