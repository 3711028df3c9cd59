import * as t from 'io-ts'
import { filter, map, type OperatorFunction } from 'rxjs'
import { suite } from 'uvu'
import { type Outcome, standardCalls, standardReplies } from '../../pipelines/index.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { brief } from './brief.js'

const test = suite('standard pipelines')

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
    expectObservable(calls('ab|', requests).pipe(standardCalls({}))).toBe('---|')
    expectObservable(replies.pipe(brief())).toBe('-b-a', { a: 'a: "slept"', b: 'b: InvalidParams' })
  }),
)

test(
  'deadlines count while the engine starts, and in the queue',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('    -------r').subscribe(() => phase$.next('ready'))
    const settings = { deadline: 6, limit: { concurrency: 1 } } as const
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
    const settings = { limit: { concurrency: 1, queue: 0 } }
    expectObservable(calls('ab|', requests).pipe(standardCalls(settings))).toBe('---|')
    expectObservable(replies.pipe(brief())).toBe('-b-a', { a: 'a: "slept"', b: 'b: InvalidParams' })
  }),
)

test(
  'replies are checked, then their errors mapped',
  marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const errors = { map: () => ({ ...oops, code: -32050 }) }
    const definition = { result: t.number, handler: () => 'text' }
    expectObservable(calls('a|', { a: { definition } }).pipe(standardCalls({}))).toBe('-|')
    const told: OperatorFunction<Outcome, unknown> = map((it) => it.kind === 'reply' && it.result)
    const replies = outcomes.pipe(standardReplies({ errors }), told, filter(Boolean))
    expectObservable(replies).toBe('a', { a: { _tag: 'Left', left: { ...oops, code: -32050 } } })
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
