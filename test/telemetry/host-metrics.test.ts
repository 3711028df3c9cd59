import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { MemberState } from '../../src/host/status.js'
import type { HostFigures } from '../../src/ports/telemetry.js'
import { observeHost } from '../../telemetry/host-metrics.js'
import { memberStates } from '../../telemetry/states.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('host metrics')

const vad = { engine: 'vad', key: 'vad', state: 'ready', inFlight: 2, strayBytes: 5 }
const asr = { engine: 'asr', key: 'asr#1', state: 'backoff', inFlight: 0, strayBytes: 0 }
const figures: HostFigures = {
  members: [vad, asr],
  restarts: [
    { engine: 'asr', reason: 'exit', count: 3 },
    { engine: 'asr', reason: 'memory', count: 1 },
  ],
}
const ofVad = { 'sidestream.engine': 'vad', 'sidestream.key': 'vad' }
const ofAsr = { 'sidestream.engine': 'asr', 'sidestream.key': 'asr#1' }

test('restarts by reason, and each process with its state, requests and stray bytes', async () => {
  const { meter, collect } = testMetrics()
  observeHost(meter, () => figures)
  const metrics = await collect()
  assert.equal(pointsOf(metrics.get('sidestream.restarts')), [
    [{ 'sidestream.engine': 'asr', 'sidestream.restart.reason': 'exit' }, 3],
    [{ 'sidestream.engine': 'asr', 'sidestream.restart.reason': 'memory' }, 1],
  ])
  const states = pointsOf(metrics.get('sidestream.engine.state'))
  assert.is(states.length, 2 * memberStates.length)
  assert.equal(
    states.filter(([, value]) => value === 1),
    [
      [{ ...ofVad, 'sidestream.engine.state': 'ready' }, 1],
      [{ ...ofAsr, 'sidestream.engine.state': 'backoff' }, 1],
    ],
  )
  assert.equal(pointsOf(metrics.get('sidestream.engine.requests.active')), [
    [ofVad, 2],
    [ofAsr, 0],
  ])
  assert.equal(pointsOf(metrics.get('sidestream.engine.stdout.stray')), [
    [ofVad, 5],
    [ofAsr, 0],
  ])
  const units = [...metrics.values()].map(({ descriptor }) => descriptor.unit)
  assert.equal(units, ['{restart}', '1', '{request}', 'By'])
})

test('a process that is kept no more is in no state, and has no requests', async () => {
  const { meter, collect } = testMetrics()
  let now = figures
  observeHost(meter, () => now)
  await collect()
  now = { ...figures, members: [asr] }
  const metrics = await collect()
  const states = pointsOf(metrics.get('sidestream.engine.state'))
  assert.equal(
    states.filter(([, value]) => value === 1),
    [[{ ...ofAsr, 'sidestream.engine.state': 'backoff' }, 1]],
  )
  assert.equal(pointsOf(metrics.get('sidestream.engine.requests.active')), [
    [ofVad, 0],
    [ofAsr, 0],
  ])
  assert.equal(pointsOf(metrics.get('sidestream.engine.stdout.stray'))[0], [ofVad, 5])
})

/** What hosts of one engine tell that has been restarted so often, and written so much. */
const hostOf = (restarts: number, member = vad): HostFigures => ({
  members: [member],
  restarts: restarts === 0 ? [] : [{ engine: 'vad', reason: 'exit', count: restarts }],
})
type Metrics = Awaited<ReturnType<ReturnType<typeof testMetrics>['collect']>>
const valuesOf = (metrics: Metrics, name: string): unknown[] =>
  pointsOf(metrics.get(name)).map(([, value]) => value)
const countsOf = (metrics: Metrics): unknown[] => [
  ...valuesOf(metrics, 'sidestream.restarts'),
  ...valuesOf(metrics, 'sidestream.engine.stdout.stray'),
]

test('it is read for the last time when it is ended: its counts are kept, its processes are in no state', async () => {
  const { meter, collect } = testMetrics()
  let readings = 0
  const end = observeHost(meter, () => {
    readings += 1
    return hostOf(readings, { ...vad, strayBytes: 10 * readings })
  })
  await collect()
  end()
  end()
  await collect()
  const metrics = await collect()
  assert.is(readings, 2)
  assert.equal(countsOf(metrics), [2, 20])
  assert.equal(
    valuesOf(metrics, 'sidestream.engine.state'),
    memberStates.map(() => 0),
  )
  assert.equal(valuesOf(metrics, 'sidestream.engine.requests.active'), [0])
})

test('hosts that come after each other go on counting, and those at the same time are added up', async () => {
  const { meter, collect } = testMetrics()
  const end = observeHost(meter, () => hostOf(5))
  assert.equal(countsOf(await collect()), [5, 5])
  end()
  let now = hostOf(0, { ...vad, strayBytes: 0 })
  observeHost(meter, () => now)
  assert.equal(countsOf(await collect()), [5, 5])
  now = hostOf(1)
  assert.equal(countsOf(await collect()), [6, 10])
  observeHost(meter, () => hostOf(2, { ...vad, state: 'busy' }))
  const metrics = await collect()
  assert.equal(countsOf(metrics), [8, 15])
  assert.equal(valuesOf(metrics, 'sidestream.engine.requests.active'), [4])
  assert.equal(
    pointsOf(metrics.get('sidestream.engine.state')).filter(([, value]) => value === 1),
    [
      [{ ...ofVad, 'sidestream.engine.state': 'ready' }, 1],
      [{ ...ofVad, 'sidestream.engine.state': 'busy' }, 1],
    ],
  )
})

test('stray bytes of a process that was started anew are added to those of the one before', async () => {
  const { meter, collect } = testMetrics()
  const told: unknown[] = []
  let strayBytes = 0
  observeHost(meter, () => hostOf(0, { ...vad, strayBytes }))
  for (strayBytes of [100, 100, 0, 30, 40])
    told.push(...valuesOf(await collect(), 'sidestream.engine.stdout.stray'))
  assert.equal(told, [100, 100, 100, 130, 140])
})

test('a host that has ended is kept by nothing', async () => {
  const { meter, collect } = testMetrics()
  const watched = (): { readonly host: WeakRef<object>; readonly end: () => void } => {
    const host = { figures }
    return { host: new WeakRef(host), end: observeHost(meter, () => host.figures) }
  }
  let ended: (() => void) | undefined
  const hosts = [0, 1].map((index) => {
    const { host, end } = watched()
    if (index === 0) ended = end
    return host
  })
  await collect()
  ended?.()
  ended = undefined
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const deadline = Date.now() + 10_000
  while (hosts[0]?.deref() !== undefined) {
    assert.ok(Date.now() < deadline, 'a host that has ended is still there')
    await turn()
    collectGarbage()
  }
  assert.ok(hosts[1]?.deref() !== undefined, 'one that has not ended is kept')
  assert.ok((await collect()).size > 0)
})

test('the states are those of the host', () => {
  const states: Readonly<Record<MemberState, true>> = {
    starting: true,
    ready: true,
    degraded: true,
    busy: true,
    stopping: true,
    backoff: true,
    waiting: true,
    quarantined: true,
    stopped: true,
  }
  assert.equal(memberStates, Object.keys(states))
})

test.run()
