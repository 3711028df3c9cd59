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

test('it is read for the last time when it is ended, so that nothing is lost', async () => {
  const { meter, collect } = testMetrics()
  let readings = 0
  const end = observeHost(meter, () => {
    readings += 1
    return { ...figures, members: [{ ...vad, state: readings === 1 ? 'ready' : 'stopped' }] }
  })
  await collect()
  end()
  await collect()
  const metrics = await collect()
  assert.is(readings, 2)
  assert.equal(
    pointsOf(metrics.get('sidestream.engine.state')).filter(([, value]) => value === 1),
    [[{ ...ofVad, 'sidestream.engine.state': 'stopped' }, 1]],
  )
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
