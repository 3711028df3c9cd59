import { closeSync, openSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { observeProcess } from '../../telemetry/process-metrics.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('process metrics')
const isLinux = process.platform === 'linux'

const single = (points: (readonly [unknown, unknown])[]): number => Number(points[0]?.[1])

test('what the process uses is told in seconds and bytes', async () => {
  const { meter, collect } = testMetrics()
  observeProcess(meter)
  const metrics = await collect()
  const units = [...metrics.values()].map(({ descriptor }) => [descriptor.name, descriptor.unit])
  assert.equal(units.slice(0, 3), [
    ['process.cpu.time', 's'],
    ['process.memory.usage', 'By'],
    ['process.uptime', 's'],
  ])
  const { user, system } = process.cpuUsage()
  const [[mode, userTime], [otherMode, systemTime]] = pointsOf(metrics.get('process.cpu.time')) as [
    [unknown, number],
    [unknown, number],
  ]
  assert.equal([mode, otherMode], [{ 'cpu.mode': 'user' }, { 'cpu.mode': 'system' }])
  assert.ok(userTime > user / 2e6 && userTime <= user / 1e6, `${userTime}`)
  assert.ok(systemTime > 0 && systemTime <= system / 1e6, `${systemTime}`)
  const memory = single(pointsOf(metrics.get('process.memory.usage')))
  assert.ok(memory > 10e6 && memory < 10e9, `${memory}`)
  const uptime = single(pointsOf(metrics.get('process.uptime')))
  assert.ok(uptime > process.uptime() / 2 && uptime <= process.uptime(), `${uptime}`)
})

test('threads and open files are counted where Linux tells of them', async () => {
  const { meter, collect } = testMetrics()
  const end = observeProcess(meter)
  const before = await collect()
  const threads = pointsOf(before.get('process.thread.count'))
  const descriptors = pointsOf(before.get('process.unix.file_descriptor.count'))
  if (!isLinux) {
    assert.equal([threads, descriptors], [[], []])
    return
  }
  assert.ok(single(threads) >= 4, `${single(threads)}`) // the main thread and libuv's four or V8's
  const opened = openSync(process.execPath, 'r')
  const after = await collect()
  closeSync(opened)
  const descriptorsAfter = pointsOf(after.get('process.unix.file_descriptor.count'))
  assert.is(single(descriptorsAfter), single(descriptors) + 1)
  end()
  const last = await collect()
  assert.equal(pointsOf(last.get('process.unix.file_descriptor.count')), descriptorsAfter)
})

test.run()
