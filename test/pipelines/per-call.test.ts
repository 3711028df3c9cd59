import { left, right } from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  catchError,
  type MonoTypeOperatorFunction,
  map,
  of,
  race,
  retry,
  Subject,
  takeUntil,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs'
import { suite } from 'uvu'
import { type Call, dispatch, perCall } from '../../pipelines/index.js'
import {
  deadlineExceeded,
  internalError,
  type RpcError,
  rpcError,
} from '../../src/protocol/rpc-error.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { brief } from './brief.js'

const test = suite('perCall')

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A handler that fails, after 2 ms, as often as it is told to. */
const failing = (times: number, fail: () => unknown) => {
  let attempts = 0
  return async () => {
    attempts += 1
    await sleep(2)
    return attempts > times ? attempts : fail()
  }
}

const thrown = () => {
  throw new Error('busy')
}

for (const [way, fail] of [
  ['throws', thrown],
  ['declares', () => left('busy')],
] as const) {
  test(
    `retry runs the handler again when it ${way} a failure`,
    marbles(({ clock, expectObservable }) => {
      const { calls, replies } = testCalls(clock)
      const requests = {
        a: { definition: { handler: failing(2, fail) } },
        b: { definition: { handler: failing(3, fail) } },
      }
      const again = perCall(retry({ count: 2, delay: 3 }))
      expectObservable(calls('ab|', requests).pipe(again, dispatch())).toBe('--|')
      expectObservable(
        replies.pipe(map((it) => ('error' in it ? it.error.message : it.result))),
      ).toBe('------------ab', { a: 3, b: 'busy' })
    }),
  )
}

for (const handler of [() => TE.right('x'), async () => TE.right('x'), async () => right('x')]) {
  test(
    `operators see the value that ${handler} returns in the end`,
    marbles(({ clock, expectObservable }) => {
      const { calls, replies } = testCalls(clock)
      const source = calls('a', { a: { definition: { handler } } })
      const twice = perCall<string>(map((text) => text + text))
      expectObservable(source.pipe(twice, dispatch())).toBe('-')
      expectObservable(replies.pipe(brief())).toBe('a', { a: 'a: "xx"' })
    }),
  )
}

test(
  'operators see failures as errors of the table',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const definition = {
      errors: { ModelBusy: { code: -32050, message: 'busy', retryable: true } },
      handler: failing(1, () => left({ kind: 'ModelBusy' })),
    }
    const delay = (error: RpcError) => (error.retryable ? timer(5) : throwError(() => error))
    const patient = perCall(retry({ delay }))
    expectObservable(calls('a|', { a: { definition } }).pipe(patient, dispatch())).toBe('-|')
    expectObservable(replies.pipe(brief())).toBe('---------a', { a: 'a: 2' })
  }),
)

test(
  'timeout bounds an attempt, and is a deadline to the caller',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const definition = { handler: () => sleep(9) }
    const short = perCall(timeout(4))
    expectObservable(calls('-a|', { a: { definition } }).pipe(short, dispatch())).toBe('--|')
    expectObservable(replies).toBe('-----a', { a: { id: 'a', error: deadlineExceeded(4) } })
  }),
)

test(
  "a handler's own timeout is no deadline",
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const definition = {
      handler: () => {
        throw new DOMException('The download took too long', 'TimeoutError')
      },
    }
    expectObservable(calls('a|', { a: { definition } }).pipe(dispatch())).toBe('-|')
    expectObservable(replies.pipe(brief())).toBe('a', { a: 'a: InternalError' })
  }),
)

test(
  'takeUntil, catchError and race',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const stop = cold('     ---x')
    const operators: Record<string, MonoTypeOperatorFunction<unknown>> = {
      a: takeUntil(stop),
      b: catchError(() => of('instead')),
      c: (handler) => race(handler, timer(4).pipe(map(() => 'faster'))),
    }
    const handlers: Record<string, () => unknown> = {
      a: () => cold('       -p----x|'),
      b: () => throwError(() => new Error('no')),
      c: () => cold('       --------x|'),
    }
    const each = tap((call: Call) => {
      call.operators = [operators[String(call.id)] as MonoTypeOperatorFunction<unknown>]
    })
    const definitions = Object.entries(handlers).map(([id, handler]) => [
      id,
      { definition: { handler } },
    ])
    expectObservable(calls('(abc)', Object.fromEntries(definitions)).pipe(each, dispatch())).toBe(
      '-',
    )
    expectObservable(replies.pipe(brief())).toBe('b--ac', {
      a: 'a: "p"', // the last value that came in time
      b: 'b: "instead"',
      c: 'c: "faster"',
    })
  }),
)

test(
  'the first that a call meets is the innermost',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const add = (letter: string) => perCall<string>(map((text) => text + letter))
    const source = calls('a', { a: { definition: { handler: () => 'x' } } })
    expectObservable(source.pipe(add('1'), add('2'), dispatch())).toBe('-')
    expectObservable(replies.pipe(brief())).toBe('a', { a: 'a: "x12"' })
  }),
)

test(
  'an operator that throws costs its call, and one that ends without a value is a defect',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const source = calls('a-b|', { b: { definition: { handler: () => 1 } } })
    const never = new Subject<void>()
    const bad = perCall((handler) => {
      if (clock.now() === 0) throw new Error('bad operator')
      return handler.pipe(takeUntil(of(1)), takeUntil(never))
    })
    expectObservable(source.pipe(bad, dispatch())).toBe('---|')
    const noResult = 'The stream of the handler completed without a value, so there is no result'
    expectObservable(replies).toBe('a-b', {
      a: { id: 'a', error: internalError(new Error('bad operator')) },
      b: { id: 'b', error: internalError(new Error(noResult)) },
    })
  }),
)

test('knows nothing of what is not an Error', async () => {
  const odd = rpcError('Odd', 'odd')
  await marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const source = calls('a', { a: { definition: { handler: () => throwError(() => odd) } } })
    expectObservable(source.pipe(perCall(map((it) => it)), dispatch())).toBe('-')
    expectObservable(replies).toBe('a', { a: { id: 'a', error: odd } })
  })()
})

test.run()
