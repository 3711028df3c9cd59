import * as t from 'io-ts'
import { filter, map, type OperatorFunction } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Outcome, standardCalls, standardReplies } from '../../pipelines/index.js'
import { noTelemetry, type Telemetry } from '../../src/ports/telemetry.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { brief } from './brief.js'

const test = suite('standard pipelines')

const plain = { telemetry: noTelemetry }
const sleep = (ms: number) => new Promise((resolve) => setTimeout(() => resolve('slept'), ms))
const slow = { handler: () => sleep(3) }

test(
  'a call passes all stages to its reply',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const definition = {
      params: t.type({ ms: t.number }),
      handler: ({ ms }: { ms: number }) => sleep(ms),
    }
    const requests = { a: { params: { ms: 3 }, definition }, b: { params: {}, definition } }
    expectObservable(calls('ab|', requests).pipe(standardCalls(plain))).toBe('---|')
    expectObservable(replies.pipe(brief())).toBe('-b-a', { a: 'a: "slept"', b: 'b: InvalidParams' })
  }),
)

test(
  'deadlines count while the engine starts, and in the queue',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('    -------r').subscribe(() => phase$.next('ready'))
    const settings = { ...plain, deadline: 6, limit: { concurrency: 1 } } as const
    const requests = { a: { definition: slow }, b: { definition: slow }, c: { definition: slow } }
    expectObservable(calls('a----bc|', requests).pipe(standardCalls(settings))).toBe(
      '------------|',
    )
    expectObservable(replies.pipe(brief())).toBe('------a---b-c', {
      a: 'a: DeadlineExceeded',
      b: 'b: "slept"',
      c: 'c: DeadlineExceeded',
    })
  }),
)

test(
  'params are judged before a call takes a place in the queue',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const strict = { ...slow, params: t.strict({}) }
    const requests = { a: { definition: slow }, b: { definition: strict, params: 1 } }
    const settings = { ...plain, limit: { concurrency: 1, queue: 0 } }
    expectObservable(calls('ab|', requests).pipe(standardCalls(settings))).toBe('---|')
    expectObservable(replies.pipe(brief())).toBe('-b-a', { a: 'a: "slept"', b: 'b: InvalidParams' })
  }),
)

test(
  'a trace begins before all other stages, so that refusals have one',
  marbles(({ clock, expectObservable }) => {
    const { calls, phase$ } = testCalls(clock)
    phase$.next('draining')
    const ended: unknown[] = []
    const telemetry: Telemetry = {
      ...noTelemetry,
      trace: () => ({ stage: () => {}, end: (code) => ended.push(code) }),
    }
    expectObservable(calls('a|').pipe(standardCalls({ telemetry }))).toBe('-|')
    clock.setTimer(() => assert.equal(ended, [-32004]), 3)
  }),
)

test(
  'replies are checked, then their errors mapped, then they are measured',
  marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const codes: unknown[] = []
    const telemetry: Telemetry = { ...noTelemetry, measure: (_, code) => codes.push(code) }
    const errors = { map: () => ({ ...oops, code: -32050 }) }
    const definition = { result: t.number, handler: () => 'text' }
    expectObservable(calls('a|', { a: { definition } }).pipe(standardCalls(plain))).toBe('-|')
    const told: OperatorFunction<Outcome, unknown> = map((it) => it.kind === 'reply' && it.result)
    const replies = outcomes.pipe(standardReplies({ telemetry, errors }), told, filter(Boolean))
    expectObservable(replies).toBe('a', { a: { _tag: 'Left', left: { ...oops, code: -32050 } } })
    clock.setTimer(() => assert.equal(codes, [-32050]), 3)
  }),
)

const oops = {
  _tag: 'RpcError',
  kind: 'Oops',
  code: 0,
  message: 'oops',
  retryable: false,
  facts: {},
} as const

test.run()
