import { propagation } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { contextOf, isUnsampled } from '../../telemetry/headers.js'

const test = suite('headers')

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('propagators are given texts, whatever a caller sends', () => {
  const seen: unknown[] = []
  propagation.setGlobalPropagator({
    inject: () => {},
    extract: (context, carrier, { get }) => {
      for (const name of ['b3', 'baggage', 'toString', 'constructor']) seen.push(get(carrier, name))
      return context
    },
    fields: () => [],
  })
  contextOf({ b3: '0', baggage: { length: 5 } })
  contextOf({ b3: 5, baggage: ['x'] })
  propagation.disable()
  assert.equal(seen, ['0', ...Array(7).fill(undefined)])
})

for (const [flags, isNotKept] of [
  ['00', true],
  ['01', false],
  ['02', true],
  ['09', false],
  ['0a', true],
  ['0b', false],
  ['fe', true],
  ['ff', false],
] as const)
  test(`with flags ${flags} a trace is ${isNotKept ? 'not kept' : 'kept'}`, () => {
    assert.is(isUnsampled(`00-${traceId}-${spanId}-${flags}`), isNotKept)
  })

test('of what is no traceparent, or one of a later version, nobody says that it is not kept', () => {
  const notKept = `00-${traceId}-${spanId}-00`
  for (const other of [
    undefined,
    0,
    '',
    notKept.toUpperCase(),
    notKept.slice(0, -1),
    `${notKept}-more`,
    notKept.replace('00-', '01-'),
    `00-${'0'.repeat(32)}-${spanId}-00`,
    `00-${traceId}-${'0'.repeat(16)}-00`,
  ])
    assert.is(isUnsampled(other), false, String(other))
})

test.run()
