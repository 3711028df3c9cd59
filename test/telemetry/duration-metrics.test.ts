import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virtualClock } from '../../src/testing/index.js'
import { installGlobals } from '../../src/testing/virtual-globals.js'
import { packageVersion } from '../../src/version.js'
import { CallDurations } from '../../telemetry/call-durations.js'
import { durationMetrics } from '../../telemetry/duration-metrics.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('duration metrics')

const bounds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
const add = { 'rpc.system.name': 'jsonrpc', 'rpc.method': 'add' }

const reading = (durations: CallDurations, temporality: AggregationTemporality) =>
  testMetrics({ temporality, producers: [durationMetrics(durations, () => temporality)] })

let clock = virtualClock()
let restore = (): void => {}
test.before.each(() => {
  clock = virtualClock()
  restore = installGlobals(clock)
})
test.after.each(() => restore())

const epochMs = ([seconds, nanoseconds]: readonly [number, number]) =>
  seconds * 1000 + nanoseconds / 1e6

/** When the first point begins and ends. */
const timesOf = (metric: MetricData | undefined) =>
  (metric?.dataPoints ?? [])
    .slice(0, 1)
    .flatMap(({ startTime, endTime }) => [epochMs(startTime), epochMs(endTime)])

const buckets = (counts: Readonly<Record<number, number>>) => ({
  boundaries: bounds,
  counts: Array.from({ length: 15 }, (_, bucket) => counts[bucket] ?? 0),
})

test('a reader gets histograms with names, units and the version of this package', async () => {
  const durations = new CallDurations()
  const metrics = reading(durations, AggregationTemporality.CUMULATIVE)
  assert.equal(await metrics.scopes(), [])
  durations.record('server', 'add', undefined, 1)
  durations.record('client', 'add', undefined, 1)
  durations.recordWait('add', 1)
  const [scope, ...more] = await metrics.scopes()
  assert.equal(more, [])
  assert.equal(scope?.scope, { name: 'sidestream', version: packageVersion })
  assert.equal(
    scope?.metrics.map(({ descriptor, dataPointType }) => [
      descriptor.name,
      descriptor.unit,
      dataPointType,
    ]),
    [
      ['rpc.server.call.duration', 's', DataPointType.HISTOGRAM],
      ['rpc.client.call.duration', 's', DataPointType.HISTOGRAM],
      ['sidestream.queue.wait', 's', DataPointType.HISTOGRAM],
    ],
  )
})

test('cumulative points tell of all calls since the process began to count', async () => {
  await clock.advance(1250)
  const durations = new CallDurations()
  const metrics = reading(durations, AggregationTemporality.CUMULATIVE)
  durations.record('server', 'add', undefined, 5)
  await clock.advance(1000)
  await metrics.collect()
  await clock.advance(1000)
  durations.record('server', 'add', undefined, 1500)
  const metric = (await metrics.collect()).get('rpc.server.call.duration')
  assert.is(metric?.aggregationTemporality, AggregationTemporality.CUMULATIVE)
  assert.equal(pointsOf(metric), [
    [add, { count: 2, sum: 1.505, min: 0.005, max: 1.5, buckets: buckets({ 0: 1, 7: 1 }) }],
  ])
  assert.equal(timesOf(metric), [1250, 3250])
})

test('delta points tell of the calls since the last collection, each reader its own', async () => {
  await clock.advance(1250)
  const durations = new CallDurations()
  const metrics = reading(durations, AggregationTemporality.DELTA)
  const others = reading(durations, AggregationTemporality.DELTA)
  durations.record('server', 'add', undefined, 5)
  durations.record('server', 'still', undefined, 5)
  await clock.advance(1000)
  const first = (await metrics.collect()).get('rpc.server.call.duration')
  assert.is(first?.aggregationTemporality, AggregationTemporality.DELTA)
  assert.is(first?.dataPoints.length, 2)
  assert.equal(timesOf(first), [1250, 2250])

  await clock.advance(1000)
  durations.record('server', 'add', undefined, 250)
  const second = (await metrics.collect()).get('rpc.server.call.duration')
  assert.equal(pointsOf(second), [[add, { count: 1, sum: 0.25, buckets: buckets({ 5: 1 }) }]])
  assert.equal(timesOf(second), [2250, 3250])

  assert.equal(await metrics.collect(), new Map())
  const all = (await others.collect()).get('rpc.server.call.duration')
  assert.equal(timesOf(all), [1250, 3250])
  assert.equal(pointsOf(all)[0], [add, { count: 2, sum: 0.255, buckets: buckets({ 0: 1, 5: 1 }) }])
})

test('the bounds are those of an instrument of the SDK that is given the same durations', async () => {
  const durations = new CallDurations()
  const metrics = reading(durations, AggregationTemporality.CUMULATIVE)
  const instrument = metrics.meter.createHistogram('same', {
    advice: { explicitBucketBoundaries: bounds },
  })
  for (const ms of [0, 9.9, 10, 10.1, 50, 999, 1000, 60_000, 60_001, 299_999, 1e6]) {
    durations.record('server', 'add', undefined, ms)
    instrument.record(ms / 1000, add)
  }
  const collected = await metrics.collect()
  const [[, ours]] = pointsOf(collected.get('rpc.server.call.duration')) as [[unknown, Value]]
  const [[, theirs]] = pointsOf(collected.get('same')) as [[unknown, Value]]
  type Value = { count: number; sum: number; min: number; max: number; buckets: unknown }
  assert.equal(ours.buckets, theirs.buckets)
  assert.is(ours.count, theirs.count)
  assert.is(ours.max, theirs.max)
  assert.ok(Math.abs(ours.sum - theirs.sum) < 1e-9)
})

test.run()
