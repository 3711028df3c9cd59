import { concatMap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CallLog, callLog } from '../../src/engine/call-log.js'
import type { EngineRuntime } from '../../src/engine/runtime.js'
import {
  type Call,
  type EngineDefinition,
  engine,
  notification,
  standardReplies,
} from '../../src/index.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { type TestMessage, testEngine, virtualClock } from '../../src/testing/index.js'

const test = suite('callLog')

interface Play {
  /** Asked for the log of calls when one comes in. Default: of all. */
  readonly log?: (call: Call) => CallLog | undefined
  readonly more?: (wait: (ms: number) => Promise<string>) => Partial<EngineDefinition>
}

const all = callLog(1)

/** Plays calls of an engine in virtual time. @returns the facts of all records of calls */
const played = async (
  diagram: string,
  messages: Readonly<Record<string, TestMessage>>,
  { log = () => all, more }: Play = {},
) => {
  const clock = virtualClock()
  const wait = (ms: number) =>
    new Promise<string>((resolve) => clock.setTimer(() => resolve('ok'), ms))
  const demo = engine({
    name: 'demo',
    version: '1.0.0',
    limit: { concurrency: 1 },
    methods: {
      quick: { handler: () => 1 },
      slow: { handler: () => wait(5) },
      bad: { handler: () => Promise.reject(rpcError('Overloaded', 'Too much')) },
      unsendable: { handler: () => 10n },
      late: { deadline: 3, handler: () => wait(100) },
    },
    notifications: { note: notification({ handler: () => wait(2) }) },
    ...more?.(wait),
  })
  const { calls$, records, send } = testEngine(clock, demo)
  calls$.subscribe((call) => {
    ;(call.runtime as EngineRuntime).callLog = log(call)
  })
  send(diagram, messages)
  await clock.runUntil(1000)
  return records.filter(({ message }) => message === 'call').map(({ facts }) => facts)
}

/** Of all records, the facts that are named. */
const gist = (told: readonly Readonly<Record<string, unknown>>[], ...names: readonly string[]) =>
  told.map((facts) => names.map((name) => facts[name]))

const lengthOf = (message: object): number => JSON.stringify({ jsonrpc: '2.0', ...message }).length

test('a call is told of with its wait and its work, to the millisecond', async () => {
  const messages = { a: { method: 'slow' }, b: { method: 'quick', params: { x: 1 } } }
  assert.equal(await played('--ab', messages), [
    {
      method: 'slow',
      requestId: 'a',
      queueMs: 0,
      handlerMs: 5,
      bytesIn: lengthOf({ id: 'a', ...messages.a }),
      bytesOut: lengthOf({ id: 'a', result: 'ok' }),
      outcome: 'ok',
    },
    {
      method: 'quick',
      requestId: 'b',
      queueMs: 4,
      handlerMs: 0,
      bytesIn: lengthOf({ id: 'b', ...messages.b }),
      bytesOut: lengthOf({ id: 'b', result: 1 }),
      outcome: 'ok',
    },
  ])
})

test('errors are told by the kind that the caller is told, whoever made them', async () => {
  const messages = {
    a: { method: 'bad' },
    b: { method: 'unsendable' },
    c: { method: 'nope' },
    d: { method: 'late' },
  }
  const told = await played('abcd', messages)
  assert.equal(gist(told, 'method', 'queueMs', 'handlerMs', 'outcome'), [
    ['bad', 0, 0, 'Overloaded'],
    ['unsendable', 0, 0, 'InternalError'],
    ['nope', 0, 0, 'MethodNotFound'],
    ['late', 0, 3, 'DeadlineExceeded'],
  ])
})

test('a call that never started has only waited', async () => {
  const cancel = { id: undefined, method: '$/cancelRequest', params: { id: 'b' } }
  const told = await played('ab-c', { a: { method: 'slow' }, b: { method: 'slow' }, c: cancel })
  assert.equal(gist(told, 'requestId', 'queueMs', 'handlerMs', 'outcome'), [
    ['b', 2, 0, 'RequestCancelled'],
    ['a', 0, 5, 'ok'],
  ])
})

test('a reply stage that takes its time is no work of the handler', async () => {
  const more: Play['more'] = (wait) => ({
    replies: (outcomes$, settings) =>
      outcomes$.pipe(
        concatMap((outcome) => wait(50).then(() => outcome)),
        standardReplies(settings),
      ),
  })
  const told = await played('a', { a: { method: 'slow' } }, { more })
  assert.equal(gist(told, 'queueMs', 'handlerMs'), [[0, 5]])
})

test('a notification has no reply; control calls are left out', async () => {
  const messages = {
    a: { id: undefined, method: 'note' },
    b: { method: 'engine.status' },
    c: { method: 'health.check' },
  }
  const told = await played('abc', messages)
  assert.equal(gist(told, 'method', 'requestId', 'handlerMs', 'bytesOut', 'outcome'), [
    ['note', undefined, 2, 0, 'ok'],
  ])
})

test('records of a call are in the trace of its caller', async () => {
  const [trace, span] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
  const traced = (traceparent: unknown) => ({ method: 'quick', params: { _meta: { traceparent } } })
  const told = await played('abcd', {
    a: traced(`00-${trace}-${span}-01`),
    b: traced(`00-${trace}-01`),
    c: traced(5),
    d: { method: 'quick' },
  })
  assert.equal(gist(told, 'trace_id', 'span_id'), [
    [trace, span],
    [undefined, undefined],
    [undefined, undefined],
    [undefined, undefined],
  ])
})

test('a share of the calls is told of, evenly', () => {
  const toldOf = (share: number): number[] => {
    const told: number[] = []
    const log = callLog(share)
    for (let count = 1; count <= 100; count += 1) {
      const call = { log: { info: () => told.push(count) } } as unknown as Call
      log?.(call, undefined, '')
    }
    return told
  }
  assert.equal(
    toldOf(0.1),
    Array.from({ length: 10 }, (_, index) => 10 * (index + 1)),
  )
  assert.equal(toldOf(0.04), [25, 50, 75, 100])
  assert.is(toldOf(0.29).length, 29)
  assert.is(toldOf(0.7).length, 70)
  assert.is(toldOf(1).length, 100)
  assert.equal(toldOf(0), [])
  assert.is(callLog(0), undefined)
})

test('it may be switched on and off while calls are open, which go by what is there at their end', async () => {
  const seen: Call[] = []
  const messages = { a: { method: 'slow' }, b: { method: 'quick' }, c: { method: 'quick' } }
  const log = (call: Call) => {
    seen.push(call)
    return call.id === 'a' ? undefined : all
  }
  const off = await played('a-----b', { a: messages.a, b: messages.b }, { log: () => undefined })
  assert.equal(off, [])
  const told = await played('a-b', messages, { log })
  assert.equal(gist(told, 'requestId', 'queueMs', 'handlerMs', 'outcome'), [
    ['a', undefined, undefined, 'ok'], // nobody looked when it began
    ['b', 3, 0, 'ok'],
  ])
  assert.equal(
    seen.map(({ startedAt }) => startedAt),
    [undefined, 5],
  )
})

test.run()
