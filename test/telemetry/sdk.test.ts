import { metrics, trace } from '@opentelemetry/api'
import { type CollectionResult, MeterProvider } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { foreignSdk } from '../../telemetry/foreign-sdk.js'
import { openCollector } from './collector.js'
import { startDemo, unregistered, withEnvironment, withSdk } from './sdk-run.js'

const test = suite('SDK')
const console = { OTEL_TRACES_EXPORTER: 'console' }
const oneSpan = (name = 'add') => trace.getTracer('test').startSpan(name).end()

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
  }[]
}

/** What a collector is told of who traces are from. */
const resourceIn = async (env: Readonly<Record<string, string>>) => {
  const collector = await openCollector()
  const attributes: Record<string, string | undefined> = {}
  const exporting = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  await withSdk(
    { ...exporting, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env },
    async ({ sdk }) => {
      oneSpan()
      await sdk.close(5000)
    },
  )
  for (const { resourceSpans } of collector.json('/v1/traces') as readonly Sent[])
    for (const { key, value } of resourceSpans[0]?.resource.attributes ?? [])
      attributes[key] = value.stringValue
  await collector.close()
  return attributes
}
const own = ['service.instance.id', 'service.name', 'service.version']
const sdkOwn = ['telemetry.sdk.language', 'telemetry.sdk.name', 'telemetry.sdk.version']

test('a resource tells of the service and of nothing else on the machine', async () => {
  const resource = await resourceIn({})
  assert.equal(Object.keys(resource).sort(), [...own, ...sdkOwn])
  assert.is(resource['service.name'], 'demo')
  assert.is(resource['service.version'], '1.2.3')
  assert.match(resource['service.instance.id'] ?? '', /^[\da-f]{8}-[\da-f]{4}-4/)
})

test('the environment names the service, and adds what it wants to be told', async () => {
  const resource = await resourceIn({
    OTEL_SERVICE_NAME: 'subtitles',
    OTEL_RESOURCE_ATTRIBUTES:
      'service.name=other,service.instance.id=one,deployment.environment.name=test',
  })
  assert.equal(Object.keys(resource).sort(), ['deployment.environment.name', ...own, ...sdkOwn])
  assert.is(resource['service.name'], 'subtitles')
  assert.is(resource['service.instance.id'], 'one')
})

test('detectors that are asked for by name are used', async () => {
  const resource = await resourceIn({ OTEL_NODE_RESOURCE_DETECTORS: 'env,os' })
  assert.equal(Object.keys(resource).sort(), ['os.type', 'os.version', ...own, ...sdkOwn].sort())
})

test('what a producer of metrics has is exported with the rest, and it is told how', async () => {
  const collector = await openCollector()
  const temporalities: unknown[] = []
  const env = {
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_TRACES_EXPORTER: 'none',
  }
  await withSdk(
    env,
    async ({ sdk }) => {
      assert.equal(sdk.signals, { traces: false, metrics: true, logs: false })
      assert.is(sdk.sampler, undefined)
      assert.is(sdk.log, undefined)
      metrics.getMeter('test').createCounter('instrument').add(1)
      await sdk.close(5000)
    },
    {
      metricProducers: (temporality) => {
        temporalities.push(temporality('COUNTER' as never))
        return [{ collect: async () => gauge('produced') }]
      },
    },
  )
  assert.equal(['instrument', 'produced'].map(collector.count), [1, 1])
  assert.equal(temporalities, [0])
  await collector.close()
})

const gauge = (name: string): CollectionResult =>
  ({
    errors: [],
    resourceMetrics: {
      scopeMetrics: [
        {
          scope: { name: 'test' },
          metrics: [
            {
              descriptor: { name, unit: '', description: '', valueType: 1 },
              aggregationTemporality: 1,
              dataPointType: 2,
              dataPoints: [{ startTime: [1, 0], endTime: [2, 0], attributes: {}, value: 5 }],
            },
          ],
        },
      ],
    },
  }) as never

test('the sampler is the one of the environment, and may be changed', () =>
  withSdk({ ...console, OTEL_TRACES_SAMPLER: 'always_off' }, async ({ sdk, printed }) => {
    oneSpan('unseen')
    sdk.sampler?.set({ sampler: 'always_on' })
    oneSpan('seen')
    assert.equal(
      printed.map((line) => JSON.parse(line).span),
      ['seen'],
    )
  }))

test('limits of attributes are those of the environment', () =>
  withSdk({ ...console, OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1' }, async ({ printed }) => {
    trace
      .getTracer('test')
      .startSpan('add', { attributes: { a: 1, b: 2 } })
      .end()
    assert.equal(JSON.parse(printed[0] ?? '').attributes, { a: 1 })
  }))

test('names that are not known are told with those that are, and the rest works', () =>
  withSdk(
    {
      OTEL_TRACES_EXPORTER: 'zipkin,console,constructor',
      OTEL_METRICS_EXPORTER: 'otlp,prometheus',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/xml',
      OTEL_NODE_RESOURCE_DETECTORS: 'env,moon',
      OTEL_METRIC_EXPORT_INTERVAL: 'often',
    },
    async ({ sdk, told, printed }) => {
      assert.equal(
        told.map(({ level, message }) => `${level}: ${message}`),
        [
          'warn: There is no exporter zipkin for traces; there are otlp, console, none',
          'warn: There is no exporter constructor for traces; there are otlp, console, none',
          'warn: OTEL_METRIC_EXPORT_INTERVAL is often, which is no whole number from 1 to 2147483647; 60000 is used',
          'warn: OTEL_EXPORTER_OTLP_PROTOCOL is http/xml, which is none of http/protobuf, http/json, grpc; http/protobuf is used',
          'warn: There is no exporter prometheus for metrics; there are otlp, console, none',
          'warn: OTEL_NODE_RESOURCE_DETECTORS has moon, which is none of env, host, os, process, serviceinstance, all, none',
        ],
      )
      assert.equal(sdk.signals, { traces: true, metrics: true, logs: false })
      oneSpan()
      assert.is(printed.length, 1)
    },
  ))

test('limits of log records are those of the environment, their own before those of all', () =>
  withSdk(
    {
      OTEL_LOGS_EXPORTER: 'console',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3',
      OTEL_ATTRIBUTE_COUNT_LIMIT: '9',
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1',
    },
    async ({ sdk, printed }) => {
      sdk.log?.('{"msg":"x","a":"long text","b":2}')
      assert.equal(JSON.parse(printed[0] ?? '').attributes, { a: 'lon' })
    },
  ))

test('a producer of metrics that fails is told, and an exporter that cannot be made is left out', async () => {
  const env = { OTEL_METRICS_EXPORTER: 'console' }
  const broken = [{ collect: () => Promise.reject(new Error('no figures')) }]
  const toldBy = async (metricProducers: () => typeof broken, isOn: boolean) => {
    const messages: string[] = []
    await withSdk(
      env,
      async ({ sdk, told }) => {
        assert.is(sdk.signals.metrics, isOn)
        await sdk.close(1000)
        messages.push(...told.map(({ level, message }) => `${level}: ${message}`))
      },
      { metricProducers },
    )
    return messages
  }
  assert.equal(await toldBy(() => broken, true), ['error: no figures'])
  const none = () => {
    throw new Error('no producers')
  }
  assert.equal(await toldBy(none, false), [
    'error: The exporter console for metrics cannot be made: no producers',
  ])
})

test('a signal of which no exporter is known is off', () =>
  withSdk({ OTEL_TRACES_EXPORTER: 'zipkin' }, async ({ sdk }) => {
    assert.equal(sdk.signals, { traces: false, metrics: false, logs: false })
    assert.not(trace.getTracer('test').startSpan('add').isRecording())
  }))

test('closing twice is closing once', () =>
  withSdk(console, async ({ sdk, told }) => {
    assert.equal(await sdk.close(1000), await sdk.close(1000))
    assert.equal(told, [])
  }))

test("the environment's log level is put back", () =>
  withSdk({ ...console, OTEL_LOG_LEVEL: 'error' }, async () => {
    assert.is(process.env['OTEL_LOG_LEVEL'], 'error')
  }))

test("the program's own SDK is left alone, used, and flushed at the end", () =>
  unregistered(async () => {
    const spans = new InMemorySpanExporter()
    let flushes = 0
    const processor = new SimpleSpanProcessor({ exporter: spans })
    const provider = new TracerProvider({ spanProcessors: [processor] })
    provider.forceFlush = async () => {
      flushes += 1
    }
    trace.setGlobalTracerProvider(provider)
    const { sdk, told, printed } = await startDemo({
      asked: { traces: ['console'], metrics: [], logs: [] },
    })
    assert.ok(sdk.isForeign)
    assert.is(sdk.sampler, undefined)
    oneSpan('theirs')
    assert.equal(await sdk.close(1000), { traces: 0, metrics: 0, logs: 0 })
    assert.is(flushes, 1)
    assert.equal(printed, [])
    assert.equal(
      told.map(({ level }) => level),
      ['info'],
    )
    assert.equal(
      spans.getFinishedSpans().map(({ name }) => name),
      ['theirs'],
    )
  }))

test('beside a MeterProvider of the program traces are made, and metrics are left out with one warning', async () => {
  const env = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console,otlp' }
  const theirs = new MeterProvider()
  await withEnvironment(env, () =>
    unregistered(async () => {
      metrics.setGlobalMeterProvider(theirs)
      const { sdk, told, printed } = await startDemo()
      assert.equal(sdk.signals, { traces: true, metrics: false, logs: false })
      assert.is(metrics.getMeterProvider(), theirs)
      oneSpan()
      assert.is(printed.length, 1)
      await sdk.close(1000)
      assert.equal(
        told.map(({ level, message }) => `${level}: ${message}`),
        ['warn: The program has a MeterProvider of its own: no metrics are exported beside it'],
      )
    }),
  )
})

test('beside a MeterProvider of the program nothing is told where no metrics are asked for', () =>
  withEnvironment(console, () =>
    unregistered(async () => {
      metrics.setGlobalMeterProvider(new MeterProvider())
      const { sdk, told } = await startDemo()
      await sdk.close(1000)
      assert.equal(told, [])
    }),
  ))

test("the program's own SDK is given up at the deadline", () =>
  unregistered(async () => {
    const provider = new TracerProvider({ spanProcessors: [] })
    provider.forceFlush = () => new Promise(() => {})
    trace.setGlobalTracerProvider(provider)
    const startedAt = performance.now()
    await foreignSdk().close(50)
    assert.ok(performance.now() - startedAt < 150)
  }))

test.run()
