import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { line } from '../engine-process.js'
import { collectorOf } from './collector.js'
import { alone, endAlone, nested } from './hosted.js'
import type { Span } from './otlp-json.js'
import { settled } from './settled.js'

const test = suite('which traces are kept')
const collector = collectorOf(test)
test.after.each(endAlone)

const traceId = `0000000${'1'.repeat(25)}`
const spanId = 'b'.repeat(16)
const kept = { _meta: { traceparent: `00-${traceId}-${spanId}-01` } }
const unkept = { _meta: { traceparent: `00-${traceId}-${spanId}-00` } }
const sum = { a: 1, b: 2 }

interface Ran {
  readonly frames: readonly string[]
  readonly warnings: readonly string[]
  /** All that have arrived of this engine. */
  readonly spans: readonly Span[]
}

/** Calls an engine, one message after the answer to the one before, and waits until its telemetry has arrived. */
const run = async (
  env: Readonly<Record<string, string>>,
  calls: readonly (readonly [method: string, params?: object])[],
  args: readonly string[] = [],
): Promise<Ran> => {
  const { running, isTheirs } = alone(nested, {
    args,
    env: { ...collector().env('http/protobuf'), ...env },
  })
  for (const [id, [method, params]] of calls.entries()) {
    running.child.stdin.write(line({ id, method, params }))
    await running.printed(`"id":${id},"result"`)
  }
  running.child.stdin.end()
  const { code, stdout, stderr } = await running.ran
  assert.is(code, 0, stderr)
  await settled(collector())
  const records = stderr
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  return {
    frames: stdout.trimEnd().split('\n'),
    warnings: records.filter(({ level }) => level >= 40).map(({ msg }) => msg),
    spans: (await collector().traces(() => true)).filter(isTheirs),
  }
}

/** Of the calls, by their ids; what else is told of is told by its name. */
const idsOf = ({ spans }: Ran): readonly unknown[] =>
  spans.map(({ attributes, name }) => attributes['jsonrpc.request.id'] ?? name)

test('always_off keeps nothing, and what callers keep is not kept here either', async () => {
  const env = { OTEL_TRACES_SAMPLER: 'always_off' }
  const ran = await run(env, [
    ['add', sum],
    ['add', { ...sum, ...kept }],
  ])
  assert.equal(ran.spans, [])
  assert.equal(ran.warnings, [])
})

test('telemetry.setSampling changes it while the engine runs, and back', async () => {
  const ran = await run({ OTEL_TRACES_SAMPLER: 'always_off' }, [
    ['add', sum],
    ['telemetry.setSampling', { sampler: 'always_on' }],
    ['add', sum],
    ['telemetry.setSampling', { sampler: 'parentbased_always_off' }],
    ['add', sum],
    ['add', { ...sum, ...kept }],
    ['telemetry.setSampling', { sampler: 'traceidratio', ratio: 0 }],
    ['add', { ...sum, ...kept }],
  ])
  assert.equal(idsOf(ran), ['2', '5'])
  assert.match(ran.frames[6] ?? '', '"result":{"sampler":"traceidratio","ratio":0}')
})

test('a ratio keeps that share of new traces, and of others by their ids', async () => {
  const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' }
  const high = { _meta: { traceparent: `00-ffffffff${'0'.repeat(24)}-${spanId}-01` } }
  const low = { _meta: { traceparent: `00-00000001${'0'.repeat(24)}-${spanId}-00` } }
  const many = 200
  const ran = await run(env, [
    ['add', { ...sum, ...high }],
    ['add', { ...sum, ...low }],
    ...Array.from({ length: many }, () => ['add', sum] as const),
  ])
  const ids = idsOf(ran)
  assert.not(ids.includes('0'))
  assert.ok(ids.includes('1'))
  const count = ids.filter((id) => Number(id) > 1).length
  assert.ok(Math.abs(count - many / 2) < 45, `${count} of ${many}`) // six standard deviations
})

test('by default callers decide, and what begins here is kept', async () => {
  const ran = await run({}, [
    ['add', sum],
    ['add', { ...sum, ...unkept }],
    ['add', { ...sum, ...kept }],
  ])
  assert.equal(idsOf(ran), ['0', '2'])
  const span = ran.spans.find(({ attributes }) => attributes['jsonrpc.request.id'] === '2')
  assert.equal([span?.traceId, span?.parentSpanId], [traceId, spanId])
})

test('telemetry.ignoreRemoteUnsampled keeps what callers do not', async () => {
  const ran = await run(
    {},
    [['add', { ...sum, ...unkept }]],
    ['--set', 'telemetry.ignoreRemoteUnsampled=true'],
  )
  const span = ran.spans.find(({ name }) => name === 'add')
  assert.equal([span?.traceId, span?.parentSpanId], [traceId, spanId])
})

for (const [sampler, given, flags] of [
  ['parentbased_always_on', unkept, '00'],
  ['always_off', kept, '00'],
  ['parentbased_always_on', kept, '01'],
] as const) {
  const from = given === kept ? 'keeps' : 'does not keep'
  test(`${sampler} passes the trace of a caller that ${from} it on, as ${flags}`, async () => {
    const { running, isTheirs } = alone(nested, {
      env: { ...collector().env('http/protobuf'), OTEL_TRACES_SAMPLER: sampler },
    })
    const _meta = { ...given._meta, tracestate: 'vendor=1', baggage: 'tenant=9' }
    running.child.stdin.write(line({ id: 'x', method: 'nested', params: { key: 'k', _meta } }))
    await running.printed('"method":"lookup"')
    running.child.stdin.write(line({ id: 1, result: 'v' }))
    await running.printed('"id":"x"')
    running.child.stdin.end()
    const { code, stdout } = await running.ran
    assert.is(code, 0)
    const { params } = JSON.parse(stdout.split('\n')[0] ?? '')
    const [, trace, , passed] = params._meta.traceparent.split('-')
    assert.equal([trace, passed], [traceId, flags])
    assert.equal([params._meta.tracestate, params._meta.baggage], ['vendor=1', 'tenant=9'])
    await settled(collector())
    const spans = (await collector().traces(() => true)).filter(isTheirs)
    const calls = spans.filter(({ name }) => name === 'nested' || name === 'lookup')
    assert.is(calls.length, flags === '01' ? 2 : 0)
  })
}

/** What is wrong, and what of the warning names it. */
const wrong: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER is sometimes'],
  [
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
    'OTEL_TRACES_SAMPLER_ARG is 2',
  ],
  [{ OTEL_BSP_SCHEDULE_DELAY: '-1' }, 'OTEL_BSP_SCHEDULE_DELAY is -1'],
  [{ OTEL_METRIC_EXPORT_INTERVAL: 'soon' }, 'OTEL_METRIC_EXPORT_INTERVAL is soon'],
  [{ OTEL_PROPAGATORS: 'pigeon' }, '"pigeon"'],
  [{ OTEL_NODE_RESOURCE_DETECTORS: 'env,pigeon' }, 'OTEL_NODE_RESOURCE_DETECTORS has pigeon'],
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: 'long' }, 'OTEL_EXPORTER_OTLP_TIMEOUT'],
  [{ OTEL_EXPORTER_OTLP_COMPRESSION: 'zip' }, 'OTEL_EXPORTER_OTLP_COMPRESSION'],
  [{ OTEL_ATTRIBUTE_COUNT_LIMIT: 'few' }, 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  [{ OTEL_LOG_LEVEL: 'loud' }, 'OTEL_LOG_LEVEL is loud'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'pigeon' }, 'OTEL_EXPORTER_OTLP_PROTOCOL is pigeon'],
  [{ OTEL_METRICS_EXPORTER: 'pigeon' }, 'There is no exporter pigeon for metrics'],
]

for (const [env, named] of wrong) {
  test(`${Object.keys(env).at(-1)} that is wrong is one warning, and traces arrive`, async () => {
    const ran = await run(env, [['add', sum]])
    assert.is(ran.warnings.length, 1, ran.warnings.join('\n'))
    assert.match(ran.warnings[0] ?? '', named)
    assert.equal(idsOf(ran), ['0'])
  })
}

test.run()
