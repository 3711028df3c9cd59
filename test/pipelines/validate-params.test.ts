import * as t from 'io-ts'
import { map } from 'rxjs'
import { suite } from 'uvu'
import { type Call, validateParams } from '../../pipelines/index.js'
import type { Codec } from '../../src/protocol/codec.js'
import { invalidParams } from '../../src/protocol/rpc-error.js'
import { marbles, type TestRequest, testCalls } from '../../src/testing/index.js'
import { ids } from './brief.js'

const test = suite('validateParams')

const params = map((call: Call) => call.params)
const handler = () => 0

/** A date as text on the wire. */
const DateText = new t.Type<Date, string>(
  'DateText',
  (value): value is Date => value instanceof Date,
  (value, context) =>
    typeof value === 'string' ? t.success(new Date(value)) : t.failure(value, context),
  (date) => date.toISOString(),
)

const ofCodec =
  (codec: Codec) =>
  (given?: unknown): TestRequest => ({ params: given, definition: { params: codec, handler } })

test(
  'forwards params that fit, as the codec decodes them',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const at = ofCodec(t.type({ at: DateText }))
    const passed = calls('a|', { a: at({ at: '2026-01-02T00:00:00Z' }) }).pipe(
      validateParams(),
      params,
    )
    expectObservable(passed).toBe('a|', { a: { at: new Date('2026-01-02T00:00:00Z') } })
  }),
)

test(
  'answers the others with what is wrong, and never a value',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const sum = ofCodec(t.strict({ a: t.number, b: t.number }))
    const requests = { a: sum({ a: 1, b: 2 }), b: sum({ a: 1, b: 'secret' }), c: sum() }
    expectObservable(calls('abc|', requests).pipe(validateParams(), ids())).toBe('a--|')
    expectObservable(replies).toBe('-bc', {
      b: { id: 'b', error: invalidParams([{ path: '/b', expected: 'number', got: 'string' }], 1) },
      c: { id: 'c', error: invalidParams([{ path: '', expected: 'object', got: 'missing' }], 1) },
    })
  }),
)

test(
  'no params are as good as an empty object where undefined does not fit',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const requests = {
      a: ofCodec(t.partial({ a: t.number }))(),
      b: ofCodec(t.undefined)(),
      c: ofCodec(t.unknown)(),
    }
    const passed = calls('abc|', requests).pipe(validateParams(), params)
    expectObservable(passed).toBe('abc|', { a: {}, b: undefined, c: undefined })
  }),
)

test(
  'an unknown method outranks bad params: it is passed on to be refused',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const passed = calls('a|', { a: { definition: null, params: [] } }).pipe(
      validateParams(),
      ids(),
    )
    expectObservable(passed).toBe('a|')
  }),
)

test(
  'tells of eight problems and counts the rest',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const list = ofCodec(t.array(t.number))
    expectObservable(calls('a|', { a: list(Array(20).fill('x')) }).pipe(validateParams())).toBe(
      '-|',
    )
    const counts = map((reply: unknown) => {
      const { problems, count } = (reply as { error: { facts: { problems: []; count: number } } })
        .error.facts
      return [problems.length, count]
    })
    expectObservable(replies.pipe(counts)).toBe('a', { a: [8, 20] })
  }),
)

test.run()
