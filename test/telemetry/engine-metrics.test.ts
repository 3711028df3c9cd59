import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HealthStatus } from '../../src/models/engine-health.js'
import { EngineState } from '../../src/models/engine-status.js'
import type { EngineFigures } from '../../src/ports/telemetry.js'
import { observeEngine } from '../../telemetry/engine-metrics.js'
import { engineStates, healthStatuses } from '../../telemetry/states.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('engine metrics')

const figures: EngineFigures = {
  state: 'ready',
  status: 'degraded',
  inFlight: 3,
  queued: 7,
  bytesIn: 1000,
  bytesOut: 2000,
  strayBytes: 12,
  protocolErrors: new Map([
    ['ParseError', 2],
    ['InvalidRequest', 1],
  ]),
  droppedNotifications: 4,
  configReloads: { applied: 1, unchanged: 2, rejected: 3 },
  eventLoop: () => ({ utilization: 0.25, p50Ms: 1.5, p99Ms: 20, blockedMs: 300 }),
  memory: () => ({ rssBytes: 1, heapUsedBytes: 1 }),
}

const kindOf = (metric: MetricData): string => {
  if (metric.dataPointType !== DataPointType.SUM) return 'gauge'
  return metric.isMonotonic ? 'counter' : 'up-down counter'
}

test('all figures are told by one reading, with units and kinds', async () => {
  const { meter, collect } = testMetrics()
  let readings = 0
  observeEngine(meter, () => {
    readings += 1
    return figures
  })
  const metrics = await collect()
  assert.is(readings, 1)
  assert.equal(
    [...metrics.values()].map((it) => [it.descriptor.name, it.descriptor.unit, kindOf(it)]),
    [
      ['sidestream.requests.active', '{request}', 'up-down counter'],
      ['sidestream.queue.depth', '{request}', 'up-down counter'],
      ['sidestream.state', '1', 'up-down counter'],
      ['sidestream.health.status', '1', 'up-down counter'],
      ['sidestream.io', 'By', 'counter'],
      ['sidestream.stdout.stray', 'By', 'counter'],
      ['sidestream.protocol.errors', '{error}', 'counter'],
      ['sidestream.notifications.dropped', '{notification}', 'counter'],
      ['sidestream.config.reloads', '{reload}', 'counter'],
      ['sidestream.eventloop.utilization', '1', 'gauge'],
      ['sidestream.eventloop.delay.p50', 's', 'gauge'],
      ['sidestream.eventloop.delay.p99', 's', 'gauge'],
      ['sidestream.eventloop.blocked', 's', 'gauge'],
    ],
  )
  const told = Object.fromEntries([...metrics].map(([name, metric]) => [name, pointsOf(metric)]))
  assert.equal(told['sidestream.requests.active'], [[{}, 3]])
  assert.equal(told['sidestream.queue.depth'], [[{}, 7]])
  assert.equal(told['sidestream.io'], [
    [{ 'sidestream.io.direction': 'receive' }, 1000],
    [{ 'sidestream.io.direction': 'transmit' }, 2000],
  ])
  assert.equal(told['sidestream.stdout.stray'], [[{}, 12]])
  assert.equal(told['sidestream.protocol.errors'], [
    [{ 'error.type': 'ParseError' }, 2],
    [{ 'error.type': 'InvalidRequest' }, 1],
  ])
  assert.equal(told['sidestream.notifications.dropped'], [[{}, 4]])
  assert.equal(told['sidestream.config.reloads'], [
    [{ 'sidestream.config.reload.result': 'applied' }, 1],
    [{ 'sidestream.config.reload.result': 'unchanged' }, 2],
    [{ 'sidestream.config.reload.result': 'rejected' }, 3],
  ])
  assert.equal(told['sidestream.eventloop.utilization'], [[{}, 0.25]])
  assert.equal(told['sidestream.eventloop.delay.p50'], [[{}, 0.0015]])
  assert.equal(told['sidestream.eventloop.delay.p99'], [[{}, 0.02]])
  assert.equal(told['sidestream.eventloop.blocked'], [[{}, 0.3]])
})

test('each state has a series, which is 1 while the engine is in it', async () => {
  const { meter, collect } = testMetrics()
  let now = figures
  observeEngine(meter, () => now)
  const isOne = (metric: MetricData | undefined) =>
    pointsOf(metric).flatMap(([attributes, value]) => (value === 1 ? [attributes] : []))
  const before = await collect()
  assert.is(before.get('sidestream.state')?.dataPoints.length, 6)
  assert.equal(isOne(before.get('sidestream.state')), [{ 'sidestream.state': 'ready' }])
  now = { ...figures, state: 'draining', status: 'failing' }
  const after = await collect()
  assert.equal(isOne(after.get('sidestream.state')), [{ 'sidestream.state': 'draining' }])
  assert.equal(isOne(after.get('sidestream.health.status')), [
    { 'sidestream.health.status': 'failing' },
  ])
  assert.is(after.get('sidestream.health.status')?.dataPoints.length, 3)
})

test('the event loop is read as metrics do, so that health reads keep a time of their own', async () => {
  const { meter, collect } = testMetrics()
  const readers: string[] = []
  const eventLoop: EngineFigures['eventLoop'] = (reader) => {
    readers.push(reader)
    return figures.eventLoop(reader)
  }
  observeEngine(meter, () => ({ ...figures, eventLoop }))
  await collect()
  assert.equal(readers, ['metrics'])
})

test('several exporters that read at the same time are told the same of the event loop', async () => {
  const { meter, collect } = testMetrics()
  let now = 0
  let readings = 0
  const eventLoop: EngineFigures['eventLoop'] = () => {
    readings += 1
    return { ...figures.eventLoop('metrics'), utilization: readings / 10 }
  }
  observeEngine(
    meter,
    () => ({ ...figures, eventLoop }),
    () => now,
  )
  const told: unknown[] = []
  for (now of [0, 999, 1000, 1999, 60_000]) {
    const metrics = await collect()
    told.push(...pointsOf(metrics.get('sidestream.eventloop.utilization')))
  }
  assert.equal(
    told,
    [0.1, 0.1, 0.2, 0.2, 0.3].map((value) => [{}, value]),
  )
})

test('it reads no more when it is ended', async () => {
  const { meter, collect } = testMetrics()
  let readings = 0
  const end = observeEngine(meter, () => {
    readings += 1
    return figures
  })
  await collect()
  end()
  await collect()
  assert.is(readings, 1)
})

test('the states are those of the models', () => {
  const keysOf = (codec: unknown) => Object.keys((codec as { keys: object }).keys)
  assert.equal(engineStates, keysOf(EngineState))
  assert.equal(healthStatuses, keysOf(HealthStatus))
})

test.run()
