import { context, metrics, SpanKind, SpanStatusCode, trace, ValueType } from '@opentelemetry/api'
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { collectorOf, type Protocol, startCollector } from './collector.js'

const test = suite('the collector of the telemetry tests')
const collector = collectorOf(test)

const protocols: readonly Protocol[] = ['http/protobuf', 'http/json', 'grpc']
const logExporters = { 'http/protobuf': ProtobufLogs, 'http/json': JsonLogs, grpc: GrpcLogs }
const settings = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'none' }

/** Does something with the SDK as the environment sets it up, and sends what that told. */
const withSdk = async (env: Record<string, string>, work: () => void | Promise<void>) => {
  Object.assign(process.env, env, settings)
  const sdk = new NodeSDK({ autoDetectResources: false, serviceName: 'teller' })
  try {
    sdk.start()
    await work()
  } finally {
    await sdk.shutdown()
    for (const api of [trace, metrics, context]) api.disable()
    for (const name of Object.keys({ ...env, ...settings })) delete process.env[name]
  }
}

for (const protocol of protocols) {
  test(`spans come through ${protocol} as they were told`, async () => {
    const linked = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
    const startTime = 1_700_000_000_123.25
    let ids: readonly string[] = []
    await withSdk(collector().env(protocol), () => {
      const tracer = trace.getTracer(protocol)
      const root = tracer.startSpan('outer', { kind: SpanKind.SERVER, startTime })
      const attributes = { text: 'é', int: 3, part: 0.5, yes: true, no: false, list: ['a', 'b'] }
      const inner = tracer.startSpan(
        'inner',
        { kind: SpanKind.CLIENT, attributes, links: [{ context: linked }] },
        trace.setSpan(context.active(), root),
      )
      inner.addEvent('stage', { name: 'limit' }, startTime + 1)
      inner.setStatus({ code: SpanStatusCode.ERROR, message: 'No' })
      inner.end()
      root.end(startTime + 2.5)
      const { traceId } = root.spanContext()
      ids = [traceId, root.spanContext().spanId, inner.spanContext().spanId]
    })

    const [traceId, rootId, innerId] = ids
    const spans = (await collector().traces(has(2, protocol))).filter(of(protocol))
    assert.is(spans.length, 2)
    const [outer, inner] = ['outer', 'inner'].map((name) => spans.find((it) => it.name === name))
    assert.equal(outer, {
      resource: outer?.resource,
      scope: protocol,
      traceId,
      spanId: rootId,
      parentSpanId: undefined,
      traceState: '',
      name: 'outer',
      kind: 'server',
      startMs: startTime,
      endMs: startTime + 2.5,
      attributes: {},
      events: [],
      links: [],
      status: 'unset',
      statusMessage: '',
    })
    assert.is(outer?.resource['service.name'], 'teller')
    assert.is(inner?.traceId, traceId)
    assert.is(inner?.spanId, innerId)
    assert.is(inner?.parentSpanId, rootId)
    assert.is(inner?.kind, 'client')
    assert.equal(inner?.attributes, {
      text: 'é',
      int: 3,
      part: 0.5,
      yes: true,
      no: false,
      list: ['a', 'b'],
    })
    assert.equal(inner?.events, [
      { name: 'stage', atMs: startTime + 1, attributes: { name: 'limit' } },
    ])
    assert.equal(inner?.links, [{ traceId: linked.traceId, spanId: linked.spanId, attributes: {} }])
    assert.equal([inner?.status, inner?.statusMessage], ['error', 'No'])
  })

  test(`figures come through ${protocol} with their units and bounds`, async () => {
    const bounds = [0.01, 0.1, 1]
    await withSdk(collector().env(protocol), () => {
      const meter = metrics.getMeter(protocol)
      const advice = { explicitBucketBoundaries: bounds }
      const waits = meter.createHistogram('waits', { unit: 's', description: 'Waits', advice })
      for (const seconds of [0.005, 0.1, 0.5, 5]) waits.record(seconds, { 'rpc.method': 'add' })
      meter.createUpDownCounter('open', { unit: '{call}', valueType: ValueType.INT }).add(0)
      meter.createObservableGauge('load').addCallback((result) => result.observe(0.25))
    })

    const points = (await collector().metrics(has(3, protocol))).filter(of(protocol))
    const [waits, open, load] = ['waits', 'open', 'load'].map((name) =>
      points.find((it) => it.name === name),
    )
    assert.equal([waits?.type, waits?.unit, waits?.description], ['histogram', 's', 'Waits'])
    assert.is(waits?.temporality, 'cumulative')
    assert.equal(waits?.attributes, { 'rpc.method': 'add' })
    assert.equal(waits?.histogram, {
      count: 4,
      sum: 5.605,
      min: 0.005,
      max: 5,
      bounds,
      buckets: [1, 1, 1, 1],
    })
    assert.is(waits?.value, undefined)
    assert.equal([open?.type, open?.unit, open?.value], ['sum', '{call}', 0])
    assert.is(open?.isMonotonic, false)
    assert.equal([load?.type, load?.value], ['gauge', 0.25])
  })

  test(`a log record comes through ${protocol} with the ids of its span`, async () => {
    const url = protocol === 'grpc' ? collector().grpcUrl : `${collector().httpUrl}/v1/logs`
    const exporter = new logExporters[protocol]({ url })
    const provider = new LoggerProvider({
      processors: [new SimpleLogRecordProcessor({ exporter })],
    })
    const spanContext = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 }
    provider.getLogger(protocol).emit({
      timestamp: 1_700_000_000_123,
      severityNumber: 13,
      severityText: 'WARN',
      eventName: 'sidestream.degraded',
      body: { what: ['memory'], 'since.ms': 5 },
      attributes: { engine: 'vad' },
      context: trace.setSpanContext(context.active(), spanContext),
    })
    await provider.shutdown()

    const [record] = (await collector().logs(has(1, protocol))).filter(of(protocol))
    assert.equal(record, {
      resource: record?.resource,
      scope: protocol,
      atMs: 1_700_000_000_123,
      severity: 13,
      severityText: 'WARN',
      eventName: 'sidestream.degraded',
      body: { what: ['memory'], 'since.ms': 5 },
      attributes: { engine: 'vad' },
      traceId: spanContext.traceId,
      spanId: spanContext.spanId,
    })
  })
}

/** Something told in this scope. */
const of =
  (scope: string) =>
  (it: { readonly scope: string }): boolean =>
    it.scope === scope
const has =
  (count: number, scope: string) =>
  (all: readonly { readonly scope: string }[]): boolean =>
    all.filter(of(scope)).length >= count

test('who waits in vain is told what has arrived', async () => {
  await withSdk(collector().env('http/json'), () => {
    trace.getTracer('vain').startSpan('the wrong one').end()
  })
  await collector().traces(has(1, 'vain'))
  const late = await rejection(
    collector().traces((all) => all.some(({ name }) => name === 'x'), 50),
  )
  assert.match(late, /^Not within 50 ms. traces: never .*all\.some/)
  assert.match(late, /[1-9]\d* have arrived\n.*"name":"the wrong one"/s)
})

test('one that is stopped is gone, and who waits for more is told so', async () => {
  const other = await startCollector()
  await other.stop()
  assert.match(await rejection(fetch(other.httpUrl)), /fetch failed/)
  assert.match(await rejection(other.logs((all) => all.length > 0)), /The collector has ended/)
})

const rejection = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
  } catch (error) {
    return (error as Error).message
  }
  return 'it was fulfilled'
}

test.run()
