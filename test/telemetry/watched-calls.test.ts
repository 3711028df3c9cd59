import { context, createContextKey, propagation, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CallTrace } from '../../src/ports/telemetry.js'
import { isPartOf } from '../../telemetry/watched-calls.js'
import { recording } from './recording.js'

const test = suite('watched calls')

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

/** A call in a trace with these flags, and how often headers have been read since. */
const watched = (flags: string) => {
  const { telemetry, end } = recording()
  const call = telemetry.received?.({
    method: 'echo',
    spec: { name: 'echo', isControl: false },
    id: 1,
    meta: { traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}` },
    receivedAt: 0,
  }) as CallTrace
  let reads = 0
  const extract = propagation.extract.bind(propagation)
  propagation.extract = (...given) => {
    reads += 1
    return extract(...given)
  }
  return {
    call,
    reads: () => reads,
    end: () => {
      propagation.extract = extract
      end()
    },
  }
}

const activeTrace = () => trace.getSpanContext(context.active())?.traceId

test('headers of a call whose trace is not kept are read once, and not before anybody looks', () => {
  const { call, reads, end } = watched('00')
  call.run(() => {})
  assert.is(reads(), 0)
  assert.equal([call.run(activeTrace), call.run(activeTrace)], [traceId, traceId])
  assert.is(reads(), 1)
  end()
})

for (const [flags, what] of [
  ['00', 'is not kept'],
  ['01', 'is kept'],
] as const)
  test(`what becomes of the context of a call whose trace ${what} is still a part of that call`, () => {
    const { call, end } = watched(flags)
    const key = createContextKey('test')
    call.run(() => {
      const made = context.active().setValue(key, 1)
      assert.equal([made.getValue(key), trace.getSpanContext(made)?.traceId], [1, traceId])
      const unmade = made.deleteValue(key)
      const without = context.active().deleteValue(key)
      for (const each of [context.active(), made, unmade, without]) assert.ok(isPartOf(each, call))
    })
    end()
  })

test.run()
