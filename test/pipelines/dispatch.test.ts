import { createRequire } from 'node:module'
import { left, right } from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { EMPTY, ignoreElements, Observable, of, take, throwError } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Context, dispatch } from '../../pipelines/index.js'
import type { AnyMethod } from '../../src/index.js'
import {
  internalError,
  methodNotFound,
  rpcError,
  shuttingDown,
} from '../../src/protocol/rpc-error.js'
import { type MarbleHelpers, marbles, testCalls } from '../../src/testing/index.js'

const test = suite('dispatch')
const require = createRequire(import.meta.url)

/** What a call of the method is answered with, and in which frame. */
const answers =
  (definition: AnyMethod, expected: string, values: Readonly<Record<string, unknown>>) =>
  ({ clock, expectObservable }: MarbleHelpers): void => {
    const { calls, replies, ledger } = testCalls(clock)
    const replied = Object.entries(values).map(([key, value]) => [
      key,
      { id: 'a', ...Object(value) },
    ])
    expectObservable(calls('-a-|', { a: { definition } }).pipe(dispatch())).toBe('---|')
    expectObservable(replies).toBe(expected, Object.fromEntries(replied))
    clock.setTimer(() => assert.is(ledger.size, 0), 100)
  }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const noModel = rpcError('ModelNotFound', 'No model of this name', { name: 'tiny' })

test('a value', marbles(answers({ handler: () => 42 }, '-x', { x: { result: 42 } })))

test('nothing', marbles(answers({ handler: () => undefined }, '-x', { x: { result: undefined } })))

test(
  'a promise',
  marbles(answers({ handler: () => sleep(3).then(() => 'ok') }, '----x', { x: { result: 'ok' } })),
)

test(
  'an Observable: its last value, when it completes',
  marbles((helpers) => {
    const handler = () => helpers.cold('--p-q-|')
    answers({ handler }, '-------x', { x: { result: 'q' } })(helpers)
  }),
)

test('an Either', async () => {
  await marbles(answers({ handler: () => right(1) }, '-x', { x: { result: 1 } }))()
  await marbles(answers({ handler: () => left(noModel) }, '-x', { x: { error: noModel } }))()
  await marbles(answers({ handler: async () => left(noModel) }, '-x', { x: { error: noModel } }))()
  await marbles(answers({ handler: () => of(0, left(noModel)) }, '-x', { x: { error: noModel } }))()
})

test('what only looks like an Either is a result, and so is nothing by a promise', async () => {
  for (const result of [null, undefined, 0, { _tag: 'Right' }, { _tag: 'Left', right: 1 }]) {
    await marbles(answers({ handler: async () => result }, '-x', { x: { result } }))()
  }
})

test('a TaskEither, also by a promise', async () => {
  await marbles(answers({ handler: () => TE.right(1) }, '-x', { x: { result: 1 } }))()
  await marbles(answers({ handler: () => TE.left(noModel) }, '-x', { x: { error: noModel } }))()
  await marbles(answers({ handler: async () => TE.right(1) }, '-x', { x: { result: 1 } }))()
})

test('a Task that throws is a defect', async () => {
  const defect = new Error('disk on fire')
  const handler = () => () => {
    throw defect
  }
  await marbles(answers({ handler }, '-x', { x: { error: internalError(defect) } }))()
})

test('what is thrown is a defect, whatever it is', async () => {
  for (const thrown of [new TypeError('x is undefined'), 'a text', undefined, { odd: true }]) {
    const error = internalError(thrown)
    const now = () => {
      throw thrown
    }
    const later = async () => {
      await sleep(2)
      throw thrown
    }
    await marbles(answers({ handler: now }, '-x', { x: { error } }))()
    await marbles(answers({ handler: later }, '---x', { x: { error } }))()
    await marbles(answers({ handler: () => throwError(() => thrown) }, '-x', { x: { error } }))()
  }
})

test('an error of the table may be thrown as well', async () => {
  const handler = () => {
    throw noModel
  }
  await marbles(answers({ handler }, '-x', { x: { error: noModel } }))()
})

test('an Either stays one where the result codec takes it', async () => {
  const result = t.type({ _tag: t.literal('Left'), left: t.string })
  const handler = () => left('of the road')
  await marbles(answers({ result, handler }, '-x', { x: { result: left('of the road') } }))()
})

test('a codec that throws when it is asked about an Either does not end the process', async () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  const isThrowing = (_: unknown): _ is unknown => boom()
  const result = new t.Type('Throwing', isThrowing, boom, t.identity)
  await marbles(answers({ result, handler: async () => right(1) }, '-x', { x: { result: 1 } }))()
})

test('a stream without a value has no result', async () => {
  const text = 'The stream of the handler completed without a value, so there is no result'
  const error = internalError(new Error(text))
  await marbles(answers({ handler: () => EMPTY }, '-x', { x: { error } }))()
})

test('an Observable of another copy of RxJS, or of another library', async () => {
  const other: typeof import('rxjs') = require('../../node_modules/rxjs/dist/bundles/rxjs.umd.js')
  assert.is.not(other.Observable, Observable)
  await marbles(answers({ handler: () => other.of(1, 2) }, '-x', { x: { result: 2 } }))()

  let unsubscribed = 0
  const foreign = {
    subscribe: (observer: { next(value: unknown): void; complete(): void }) => {
      setTimeout(() => observer.next('n'), 1)
      setTimeout(() => observer.complete(), 2)
      return { unsubscribe: () => (unsubscribed += 1) }
    },
  }
  await marbles(answers({ handler: () => foreign }, '---x', { x: { result: 'n' } }))()
  assert.is(unsubscribed, 1)

  const broken = {
    subscribe: () => {
      throw new Error('no')
    },
  }
  const error = internalError(new Error('no'))
  await marbles(answers({ handler: () => broken }, '-x', { x: { error } }))()
})

test('a thenable that answers twice, or whose then throws, is answered once', async () => {
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: it is what is tested
    then: (done: (value: number) => void) => {
      done(1)
      done(2)
      throw new Error('late')
    },
  }
  await marbles(answers({ handler: () => twice }, '-x', { x: { result: 1 } }))()
})

test('an unknown method is told so', async () => {
  await marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const unknown = { method: 'models.nope', definition: null }
    expectObservable(calls('a|', { a: unknown }).pipe(dispatch())).toBe('-|')
    expectObservable(replies).toBe('a', { a: { id: 'a', error: methodNotFound('models.nope') } })
  })()
})

test(
  'a call that is settled otherwise stops its handler, and what that returns later is dropped',
  marbles(({ clock, cold, expectObservable, expectSubscriptions }) => {
    const { calls, replies, ledger } = testCalls(clock)
    const stream = cold('       ----------x|')
    const subscribed = '        ^---!'
    const aborted: boolean[] = []
    const slow = async (_: unknown, { signal }: Context) => {
      await sleep(6)
      aborted.push(signal.aborted)
      return 'late'
    }
    const requests = {
      a: { definition: { handler: () => stream } },
      b: { definition: { handler: slow } },
    }
    expectObservable(calls('(ab)', requests).pipe(dispatch())).toBe('-')
    expectObservable(replies).toBe('----(ab)', {
      a: { id: 'a', error: shuttingDown() },
      b: { id: 'b', error: shuttingDown() },
    })
    expectSubscriptions(stream.subscriptions).toBe(subscribed)
    clock.setTimer(() => {
      for (const call of ledger.calls()) call.settle(left(shuttingDown()))
    }, 4)
    clock.setTimer(() => assert.equal(aborted, [true]), 7)
  }),
)

test(
  'a handler that ends by itself does not find its signal aborted',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const handler = async (_: unknown, { signal }: Context) => {
      signal.onabort = () => assert.unreachable('aborted')
      await sleep(2)
      return 'done'
    }
    expectObservable(calls('a|', { a: { definition: { handler } } }).pipe(dispatch())).toBe('-|')
    expectObservable(replies).toBe('--a', { a: { id: 'a', result: 'done' } })
  }),
)

const fails = (): never => {
  throw new Error('no')
}
const evil = Object.defineProperty({ right: 1 }, '_tag', { get: fails, enumerable: true })

for (const [what, at, end] of [
  ['returns', '|', () => 1],
  ['throws', '|', fails],
  ['resolves', '-|', () => sleep(1)],
  ['rejects', '-|', () => sleep(1).then(fails)],
  ['is a task', '-|', () => () => sleep(1)],
  ['completes', '|', () => of(1)],
  ['errors', '|', () => throwError(() => 'no')],
  ['returns what cannot be read', '|', () => evil],
] as const) {
  test(
    `a handler that ${what} by itself does not find its signal aborted`,
    marbles(({ clock, expectObservable }) => {
      const { calls, replies } = testCalls(clock)
      const aborted: boolean[] = []
      const handler = (_: unknown, { signal }: Context) => {
        clock.setTimer(() => aborted.push(signal.aborted), 3)
        return end()
      }
      const definition = { handler: handler as AnyMethod['handler'] } as AnyMethod
      expectObservable(calls('a|', { a: { definition } }).pipe(dispatch())).toBe('-|')
      expectObservable(replies.pipe(take(1), ignoreElements())).toBe(at)
      clock.setTimer(() => assert.equal(aborted, [false]), 4)
    }),
  )
}

test.run()
