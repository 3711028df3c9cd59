import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { line } from '../engine-process.js'
import { collectorOf } from './collector.js'
import { alone, endAlone, nested, runHost } from './hosted.js'
import type { Attributes, Point } from './otlp-json.js'

const test = suite('metrics of a host and its engine')
const collector = collectorOf(test)
test.after.each(endAlone)

const bounds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
const system = { 'rpc.system.name': 'jsonrpc' }
const failed = (method: string, code: string) => ({
  ...of(method),
  'rpc.status_code': code,
  'error.type': code,
})
const of = (method: string) => ({ ...system, 'rpc.method': method })

type IsTheirs = (it: Point) => boolean

/** What the last export told of a metric, but for what the host asks by itself: counts by attributes. */
const countsOf = (points: readonly Point[], service: string, name: string) =>
  points
    .filter((it) => it.name === name && it.resource['service.name'] === service)
    .filter(({ attributes }) => !/^(engine|health)\./.test(`${attributes['rpc.method']}`))
    .map(({ attributes, histogram }) => [attributes, histogram?.count] as const)

const same = (
  actual: readonly (readonly [Attributes, number | undefined])[],
  expected: readonly (readonly [Attributes, number])[],
): void => {
  const sorted = (rows: readonly (readonly [Attributes, number | undefined])[]) =>
    rows.map(([attributes, count]) => [Object.entries(attributes).sort(), count]).sort()
  assert.equal(sorted(actual), sorted(expected))
}

for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
  test(`calls are counted on both sides, by method and error, over ${protocol}`, async () => {
    const sum = { a: 1, b: 2 }
    const { isTheirs } = await runHost({
      env: collector().env(protocol),
      calls: [
        ...[0, 1, 2].map(() => ['add', sum] as const),
        ['fails'],
        ['fails'],
        ['nope'],
        ['slow', { ms: 60 }],
        ['nested', { key: 'k' }],
      ],
    })
    // The host's come last: the engine has ended before.
    const isLast = (it: Point): boolean =>
      isTheirs(it) && it.name === 'rpc.server.call.duration' && isHost(it)
    const points = (await collector().metrics((all) => all.some(isLast))).filter(isTheirs)

    same(countsOf(points, 'nested', 'rpc.server.call.duration'), [
      [of('add'), 3],
      [failed('fails', '-32050'), 2],
      [failed('_OTHER', '-32601'), 1],
      [of('slow'), 1],
      [of('nested'), 1],
    ])
    same(countsOf(points, 'the-host', 'rpc.client.call.duration'), [
      [of('add'), 3],
      [failed('fails', '-32050'), 2],
      [failed('nope', '-32601'), 1],
      [of('slow'), 1],
      [of('nested'), 1],
    ])
    same(countsOf(points, 'nested', 'rpc.client.call.duration'), [[of('lookup'), 1]])
    same(countsOf(points, 'the-host', 'rpc.server.call.duration'), [[of('lookup'), 1]])
    same(countsOf(points, 'nested', 'sidestream.queue.wait'), [
      [of('add'), 3],
      [of('fails'), 2],
      [of('slow'), 1],
      [of('nested'), 1],
    ])
    for (const point of points.filter(({ type, scope }) => isOurs(scope) && type === 'histogram'))
      checkHistogram(point)
    const slow = points.find(
      (it) => it.name === 'rpc.server.call.duration' && it.attributes['rpc.method'] === 'slow',
    )?.histogram
    assert.ok((slow?.sum ?? 0) >= 0.06, `took ${slow?.sum} s`)
    assert.equal(slow?.buckets.slice(0, 3), [0, 0, 0])
  })
}

const isHost = ({ resource }: Point): boolean => resource['service.name'] === 'the-host'
const isOurs = (scope: string): boolean => scope === 'sidestream'

const checkHistogram = ({ name, unit, temporality, histogram }: Point): void => {
  assert.equal([unit, temporality, histogram?.bounds], ['s', 'cumulative', bounds], name)
  const { buckets = [], count, sum = 0, min = 0, max = 0 } = histogram ?? {}
  assert.is(buckets.length, bounds.length + 1, name)
  assert.is(
    buckets.reduce((all, one) => all + one),
    count,
    name,
  )
  assert.ok(0 <= min && min <= max && max <= sum, `${name}: ${min}, ${max}, ${sum}`)
}

/** Figures of a metric as the newest export has them, by one of its attributes. */
const latest = (
  points: readonly Point[],
  name: string,
  attribute = '',
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    points
      .filter((it) => it.name === name)
      .map(({ attributes, value = Number.NaN }) => [`${attributes[attribute] ?? ''}`, value]),
  )

/** Has been told by one export. */
const isTold = (all: readonly Point[], isTheirs: IsTheirs, name: string, value: number): boolean =>
  all.some((it) => isTheirs(it) && it.name === name && it.value === value)

test('figures of an engine are those of the moment, and at its end the last ones', async () => {
  const { running, isTheirs } = alone(nested, {
    args: ['--set', 'limits.maxInFlight=1'],
    env: { ...collector().env('http/protobuf'), OTEL_METRIC_EXPORT_INTERVAL: '300' },
  })
  const sent: string[] = []
  const send = (text: string): void => {
    sent.push(text)
    running.child.stdin.write(text)
  }
  send(line({ id: 1, method: 'nested', params: { key: 'a' } }))
  send(line({ id: 2, method: 'nested', params: { key: 'b' } }))
  send('{"no JSON\n')
  send(line({ id: 3, method: 'engine.status', params: { _meta: { traceparent: 'no such' } } }))
  const metrics = (isEnough: (all: readonly Point[]) => boolean) =>
    collector().metrics((all) => isEnough(all.filter(isTheirs)))

  await metrics((all) => isTold(all, isTheirs, 'sidestream.requests.active', 1))
  const meanwhile = await metrics((all) => isTold(all, isTheirs, 'sidestream.queue.depth', 1))
  assert.is(latest(meanwhile.filter(isTheirs), 'sidestream.state', 'sidestream.state')['ready'], 1)
  const queuedAt = meanwhile.find(
    (it) => isTheirs(it) && it.name === 'sidestream.queue.depth' && it.value === 1,
  )

  await running.printed('"key":"a"') // the engine asks: the first call is answered, then the second
  const waitedMs = Date.now() - (queuedAt?.atMs ?? Number.NaN)
  send(line({ id: 1, result: 'A' }))
  await running.printed('"key":"b"')
  send(line({ id: 2, result: 'B' }))
  running.child.stdin.end()
  const { code, stdout } = await running.ran
  assert.is(code, 0)
  const last = (
    await metrics((all) => latest(all, 'sidestream.state', 'sidestream.state')['stopped'] === 1)
  ).filter(isTheirs)

  assert.equal(latest(last, 'sidestream.requests.active'), { '': 0 })
  assert.equal(latest(last, 'sidestream.queue.depth'), { '': 0 })
  assert.equal(latest(last, 'sidestream.state', 'sidestream.state'), {
    starting: 0,
    ready: 0,
    degraded: 0,
    draining: 0,
    stopped: 1,
    failed: 0,
  })
  assert.equal(latest(last, 'sidestream.io', 'sidestream.io.direction'), {
    receive: sent.join('').length,
    transmit: stdout.length,
  })
  assert.equal(latest(last, 'sidestream.protocol.errors', 'error.type'), {
    ParseError: 1,
    BadTraceparent: 1,
  })
  const waits = last.filter(
    ({ name, attributes }) =>
      name === 'sidestream.queue.wait' && attributes['rpc.method'] === 'nested',
  )
  assert.is(waits.at(-1)?.histogram?.count, 2)
  const longest = waits.at(-1)?.histogram?.max ?? 0
  assert.ok(longest >= (waitedMs - 2) / 1000, `${longest} s, where it was ${waitedMs} ms`)

  const units = Object.fromEntries(last.map(({ name, unit }) => [name, unit]))
  for (const [name, unit] of Object.entries(expectedUnits)) assert.is(units[name], unit, name)
  const { user = 0, system: ofKernel = 0 } = latest(last, 'process.cpu.time', 'cpu.mode')
  assert.ok(user + ofKernel > 0.1, 'CPU time')
  assert.ok((latest(last, 'process.memory.usage')[''] ?? 0) > 2e7, 'memory')
  assert.ok((latest(last, 'process.uptime')[''] ?? 0) > 0.1, 'uptime')
  const spaces = latest(last, 'v8js.memory.heap.used', 'v8js.heap.space.name')
  assert.ok((spaces['old_space'] ?? 0) > 1e6, 'heap')
})

const expectedUnits = {
  'sidestream.requests.active': '{request}',
  'sidestream.queue.depth': '{request}',
  'sidestream.queue.wait': 's',
  'sidestream.io': 'By',
  'sidestream.state': '1',
  'sidestream.health.status': '1',
  'sidestream.protocol.errors': '{error}',
  'sidestream.stdout.stray': 'By',
  'sidestream.notifications.dropped': '{notification}',
  'sidestream.config.reloads': '{reload}',
  'sidestream.eventloop.utilization': '1',
  'sidestream.eventloop.delay.p99': 's',
  'sidestream.telemetry.dropped': '{item}',
  'sidestream.logs.dropped': '{record}',
  'process.cpu.time': 's',
  'process.memory.usage': 'By',
  'process.uptime': 's',
  'nodejs.eventloop.utilization': '1',
  'nodejs.eventloop.delay.p99': 's',
  'v8js.memory.heap.used': 'By',
  'v8js.memory.heap.space.available_size': 'By',
}

test('with delta temporality, each export tells what is new, once', async () => {
  const { running, isTheirs } = alone(nested, {
    env: {
      ...collector().env('http/protobuf'),
      OTEL_METRIC_EXPORT_INTERVAL: '50',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    },
  })
  const add = (id: number): void => {
    running.child.stdin.write(line({ id, method: 'add', params: { a: 1, b: 2 } }))
  }
  const ofAdd = (all: readonly Point[]): readonly Point[] =>
    all.filter(
      (it) =>
        isTheirs(it) &&
        it.name === 'rpc.server.call.duration' &&
        it.attributes['rpc.method'] === 'add',
    )
  const counted = (all: readonly Point[]): number =>
    ofAdd(all).reduce((sum, { histogram }) => sum + (histogram?.count ?? 0), 0)
  for (const id of [1, 2]) add(id)
  await collector().metrics((all) => counted(all) >= 2)
  for (const id of [3, 4, 5]) add(id)
  await running.printed('"id":5')
  running.child.stdin.end()
  const { code, stdout } = await running.ran
  assert.is(code, 0)
  const isStopped = (it: Point): boolean =>
    isTheirs(it) && it.attributes['sidestream.state'] === 'stopped' && it.value === 1
  const all = (await collector().metrics((points) => points.some(isStopped))).filter(isTheirs)

  const points = ofAdd(all)
  assert.is(counted(all), 5)
  assert.ok(points.length >= 2, `${points.length} exports`)
  for (const [index, point] of points.entries()) {
    assert.equal([point.temporality, point.histogram?.bounds], ['delta', bounds])
    assert.ok(point.startMs >= (points[index - 1]?.atMs ?? 0), 'told twice')
    assert.ok(point.startMs < point.atMs)
  }
  const written = all.filter(
    ({ name, attributes }) =>
      name === 'sidestream.io' && attributes['sidestream.io.direction'] === 'transmit',
  )
  assert.is(written[0]?.temporality, 'delta')
  assert.is(
    written.reduce((sum, { value = 0 }) => sum + value, 0),
    stdout.length,
  )
})

test.run()
