import * as t from 'io-ts'
import { map, type OperatorFunction } from 'rxjs'
import { suite } from 'uvu'
import { dispatch, type Outcome, validateResult } from '../../pipelines/index.js'
import type { Codec } from '../../src/protocol/codec.js'
import { internalError, rpcError } from '../../src/protocol/rpc-error.js'
import { marbles, testCalls } from '../../src/testing/index.js'

const test = suite('validateResult')

const result: OperatorFunction<Outcome, unknown> = map((outcome) =>
  outcome.kind === 'reply' ? outcome.result : outcome.value,
)

const checked = (codec: Codec | undefined, returned: unknown, expected: unknown) =>
  marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const definition = { ...(codec && { result: codec }), handler: () => returned }
    expectObservable(calls('a', { a: { definition } }).pipe(dispatch())).toBe('-')
    expectObservable(outcomes.pipe(validateResult(), result)).toBe('a', { a: expected })
  })

const ok = (right: unknown) => ({ _tag: 'Right', right })
const failed = (left: unknown) => ({ _tag: 'Left', left })

test('a result that fits passes', checked(t.number, 42, ok(42)))

test('any result of a method without a codec passes', checked(undefined, { a: 1 }, ok({ a: 1 })))

test(
  'a result is encoded, and what a strict codec does not know is left out',
  checked(t.strict({ a: t.number }), { a: 1, secret: 2 }, ok({ a: 1 })),
)

test(
  'one that does not fit is a defect of the handler, told without its value',
  checked(
    t.type({ segments: t.array(t.type({ text: t.string })) }),
    { segments: [{ text: 'a' }, { text: 7 }] },
    failed(
      internalError(
        new TypeError(
          'The result of test does not fit its codec: expected string at /segments/1/text, got number',
        ),
      ),
    ),
  ),
)

test(
  'so is none at all',
  checked(
    t.number,
    undefined,
    failed(
      internalError(
        new TypeError('The result of test does not fit its codec: expected number, got undefined'),
      ),
    ),
  ),
)

test(
  'errors and progress pass',
  marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const error = rpcError('ModelNotFound', 'No such model')
    const handler = (_: unknown, { progress }: { progress(value: unknown): void }) => {
      progress('half')
      throw error
    }
    const definition = { result: t.number, handler }
    expectObservable(calls('a', { a: { definition } }).pipe(dispatch())).toBe('-')
    expectObservable(outcomes.pipe(validateResult(), result)).toBe('(pr)', {
      p: 'half',
      r: failed(error),
    })
  }),
)

test.run()
