import type { Attributes } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { errorCodes } from '../../src/protocol/rpc-error.js'
import { CallDurations } from '../../telemetry/call-durations.js'
import type { Durations } from '../../telemetry/durations.js'
import { instrumentedDurations } from '../../telemetry/instrumented-durations.js'
import { longCallBounds } from '../../telemetry/names.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('instrumented durations')

/** The series that were told, by metric, without the SDK's own limit of 2,000. */
const setUp = () => {
  const series = new Map<string, Set<string>>()
  const createHistogram = (name: string) => ({
    record: (_: number, attributes: Attributes) => {
      const known = series.get(name) ?? new Set()
      series.set(name, known.add(JSON.stringify(attributes)))
    },
  })
  const durations = instrumentedDurations({ createHistogram } as never)
  const told = (name: string): Attributes[] =>
    [...(series.get(name) ?? [])].map((text) => JSON.parse(text))
  return { durations, told }
}
const calls = ['rpc.server.call.duration', 'rpc.client.call.duration'] as const

test('calls and waits are histograms in seconds with the buckets of long calls', async () => {
  const { meter, collect } = testMetrics()
  const durations = instrumentedDurations(meter)
  durations.record('server', 'add', { code: -32602, kind: 'InvalidParams' }, 1500)
  durations.record('client', 'add', undefined, 250)
  durations.recordWait('add', 5)
  const metrics = await collect()
  const add = { 'rpc.system.name': 'jsonrpc', 'rpc.method': 'add' }
  const told = [...calls, 'sidestream.queue.wait'].map((name) => {
    const [[attributes, value] = []] = pointsOf(metrics.get(name))
    const { sum, buckets } = value as { sum: number; buckets: { boundaries: number[] } }
    assert.equal(buckets.boundaries, longCallBounds)
    return [attributes, sum]
  })
  assert.equal(told, [
    [{ ...add, 'rpc.status_code': '-32602', 'error.type': '-32602' }, 1.5],
    [add, 0.25],
    [add, 0.005],
  ])
})

test('methods are told apart up to 1,000 that are answered, waits among them, and 200 that are called', () => {
  const { durations, told } = setUp()
  for (let n = 0; n < 1200; n += 1) {
    durations.record('server', `m${n}`, undefined, 1)
    durations.record('client', `m${n}`, undefined, 1)
    durations.recordWait(`m${n}`, 1)
  }
  durations.record('server', undefined, undefined, 1)
  assert.equal(
    [...calls, 'sidestream.queue.wait'].map((name) => told(name).length),
    [1001, 201, 1001],
  )
  assert.is(told(calls[0])[1000]?.['rpc.method'], '_OTHER')
})

test('codes of the table are always told apart, and 64 others', () => {
  const { durations, told } = setUp()
  for (let code = 1; code <= 5000; code += 1)
    durations.record('server', 'add', { code, kind: 'Custom' }, 1)
  durations.record('server', 'add', { code: errorCodes.OutOfMemory, kind: 'OutOfMemory' }, 1)
  const all = told(calls[0])
  assert.is(all.length, 66)
  assert.equal(
    all.slice(63).map((it) => [it['rpc.status_code'], it['error.type']]),
    [
      ['64', '64'],
      ['_OTHER', '_OTHER'],
      ['-32017', '-32017'],
    ],
  )
})

test('they tell the same as the buckets of our own', () => {
  const { durations, told } = setUp()
  const counted = new CallDurations()
  const record = (to: Durations): void => {
    for (const [code, kind] of [
      [errorCodes.DeadlineExceeded, 'DeadlineExceeded'],
      [errorCodes.RequestCancelled, 'RequestCancelled'],
      [errorCodes.EngineGone, 'EngineGone'],
      [7, 'DeadlineExceeded'],
    ] as const) {
      to.record('client', 'add', { code, kind }, 1)
      to.record('server', 'add', { code, kind }, 1)
    }
  }
  record(durations)
  record(counted)
  for (const name of calls) {
    const ofOurs = counted.rows.filter((row) => row.metric === name)
    assert.equal(
      told(name),
      ofOurs.map(({ attributes }) => ({ ...attributes })),
    )
    assert.is(ofOurs.length, 4)
  }
})

test.run()
