import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { observeRuntime } from '../../telemetry/runtime-metrics.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('runtime metrics')

test('event loop, heap and active resources are told until it ends', async () => {
  const { provider, collect } = testMetrics()
  const active = setTimeout(() => {}, 60_000)
  const end = await observeRuntime(provider)
  const timers = process.getActiveResourcesInfo().filter((it) => it === 'Timeout').length
  const metrics = await collect()
  clearTimeout(active)
  const units = Object.fromEntries(
    [...metrics.values()].map(({ descriptor }) => [descriptor.name, descriptor.unit]),
  )
  // Delays and collections of garbage come with time, as there are some.
  assert.is(units['nodejs.eventloop.utilization'], '1')
  assert.is(units['nodejs.eventloop.time'], 's')
  assert.is(units['v8js.memory.heap.used'], 'By')
  assert.is(units['v8js.memory.heap.space.size'], 'By')
  assert.is(units['v8js.resource.active'], '{resource}')
  const resources = new Map(
    pointsOf(metrics.get('v8js.resource.active')).map(([of, count]) => [
      (of as Record<string, unknown>)['v8js.resource.type'],
      count,
    ]),
  )
  assert.is(resources.get('Timeout'), timers)
  const heap = (points: (readonly [unknown, unknown])[]): number =>
    points.reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  const used = heap(pointsOf(metrics.get('v8js.memory.heap.used')))
  assert.ok(used > 1e6 && used < 1e9, `${used}`)

  end()
  const kept = (await collect()).get('nodejs.eventloop.time')
  assert.equal(pointsOf(kept), pointsOf(metrics.get('nodejs.eventloop.time')))
})

test.run()
