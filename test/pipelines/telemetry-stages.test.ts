import { identity, map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deadline, dispatch, limit, measured, traced } from '../../pipelines/index.js'
import { noTelemetry, type Telemetry } from '../../src/ports/telemetry.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { ids } from './brief.js'

const test = suite('traced and measured')

/** Notes what it is told. */
const fakeTelemetry = (now: () => number) => {
  const log: string[] = []
  const telemetry: Telemetry = {
    trace: ({ method, traceparent }) => {
      if (traceparent === undefined) return undefined
      log.push(`${now()} ${method} ${traceparent}`)
      return {
        end: (code) => log.push(`${now()} end ${code}`),
      }
    },
    measure: (method, code, durationMs) => log.push(`${now()} ${method} ${code} ${durationMs} ms`),
  }
  return { telemetry, log }
}

const sampled = { meta: { traceparent: '00-1' } }

test(
  'a sampled call is traced from its receipt to its end, however it ends',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies } = testCalls(clock)
    const { telemetry, log } = fakeTelemetry(clock.now)
    const definition = { handler: () => cold('---x|') }
    const patient = { ...definition, deadline: '1s' } as const
    const requests = { a: { ...sampled, definition }, b: sampled, c: { definition: patient } }
    const source = calls('-abc|', requests)
    const stages = [traced(telemetry), deadline(6), limit({ concurrency: 1 }), dispatch()] as const
    expectObservable(source.pipe(...stages)).toBe('------------|')
    expectObservable(replies.pipe(ids())).toBe('-----a--b---c')
    clock.setTimer(() => {
      assert.equal(log, ['1 test 00-1', '2 test 00-1', '5 end undefined', '8 end -32001'])
    }, 20)
  }),
)

test(
  'replies are counted with their code and how long callers waited',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const { telemetry, log } = fakeTelemetry(clock.now)
    const handler = () => cold('-p-x|')
    const requests = { a: { definition: { handler } }, b: { method: 'nope', definition: null } }
    expectObservable(calls('a-b|', requests).pipe(dispatch())).toBe('---|')
    expectObservable(
      outcomes.pipe(
        measured(telemetry),
        map(({ kind }) => kind),
      ),
    ).toBe('-pbpr', { p: 'progress', b: 'reply', r: 'reply' })
    clock.setTimer(() => assert.equal(log, ['2 _OTHER -32601 0 ms', '4 test undefined 4 ms']), 9)
  }),
)

test('without telemetry neither is there', () => {
  assert.is(traced(noTelemetry), identity)
  assert.is(measured(noTelemetry), identity)
})

test.run()
