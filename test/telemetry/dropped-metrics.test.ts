import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { observeDropped, observeDroppedLogs } from '../../telemetry/dropped-metrics.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('dropped metrics')

test('what was lost is told by signal, and lost log records beside it', async () => {
  const { meter, collect } = testMetrics()
  const endDropped = observeDropped(meter, () => ({ traces: 1, metrics: 2, logs: 3 }))
  let records = 4
  const endRecords = observeDroppedLogs(meter, () => records)
  const metrics = await collect()
  assert.equal(pointsOf(metrics.get('sidestream.telemetry.dropped')), [
    [{ 'sidestream.telemetry.signal': 'traces' }, 1],
    [{ 'sidestream.telemetry.signal': 'metrics' }, 2],
    [{ 'sidestream.telemetry.signal': 'logs' }, 3],
  ])
  assert.equal(pointsOf(metrics.get('sidestream.logs.dropped')), [[{}, 4]])
  endDropped()
  endRecords()
  records = 5
  assert.equal(pointsOf((await collect()).get('sidestream.logs.dropped')), [[{}, 4]])
})

test.run()
