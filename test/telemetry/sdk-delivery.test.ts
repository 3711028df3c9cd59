/** What reaches a collector that is up, and how long the end takes with one that is not. */
import { metrics, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { closedCollector, openCollector, silentCollector } from './collector.js'
import { withSdk } from './sdk-run.js'

const test = suite('SDK delivery')
/** Of exports that are answered, on a machine that others use as well. */
const patientMs = 10_000
/** What the machine may add to a deadline that is kept. */
const slackMs = 100

/** @param timeoutMs - of an export. Where nobody answers it is short, for retries of this process, once the test is over */
const environment = (url: string, protocol: string, timeoutMs = 1000) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_LOGS_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_TIMEOUT: `${timeoutMs}`,
})
const tell = (log: ((line: string) => void) | undefined) => {
  const tracer = trace.getTracer('test')
  for (let count = 0; count < 20; count++) tracer.startSpan('told-span').end()
  metrics.getMeter('test').createCounter('told-counter').add(1)
  for (let count = 0; count < 3; count++) log?.('{"level":30,"msg":"told-line"}\n')
}

for (const protocol of ['http/protobuf', 'http/json', 'grpc']) {
  test(`everything arrives at the end, over ${protocol}`, async () => {
    const collector = await openCollector(protocol === 'grpc' ? 'grpc' : 'http')
    await withSdk(environment(collector.url, protocol, patientMs), async ({ sdk, told }) => {
      tell(sdk.log)
      assert.equal(await sdk.close(patientMs), { traces: 0, metrics: 0, logs: 0 })
      assert.equal(told, [])
    })
    assert.equal(['told-span', 'told-counter', 'told-line'].map(collector.count), [20, 1, 3])
    await collector.close()
  })

  for (const [state, collectorOf] of [
    ['whose port is closed', closedCollector],
    ['that never answers', silentCollector],
  ] as const) {
    test(`a collector ${state} does not hold up the end, over ${protocol}`, async () => {
      const collector = await collectorOf()
      await withSdk(environment(collector.url, protocol), async ({ sdk }) => {
        tell(sdk.log)
        const startedAt = performance.now()
        const undelivered = await sdk.close(300)
        const tookMs = performance.now() - startedAt
        assert.ok(tookMs < 300 + slackMs, `took ${tookMs} ms`)
        assert.equal(undelivered, { traces: 20, metrics: 1, logs: 3 })
      })
      await collector.close()
    })
  }
}

test('an export that fails for good is told with its reason, and counted while the engine runs', async () => {
  const collector = await closedCollector()
  const env = environment(collector.url, 'http/json', 100)
  await withSdk({ ...env, OTEL_METRICS_EXPORTER: 'none' }, async ({ sdk, told }) => {
    tell(sdk.log)
    await sdk.close(5000)
    assert.equal(sdk.dropped(), { traces: 20, metrics: 0, logs: 3 })
    const port = new URL(collector.url).port
    assert.equal(
      told.map(({ level, message }) => `${level} ${message}`).sort(),
      ['Log records', 'Spans'].map(
        (items) =>
          `warn ${items} were not delivered by otlp, http/json to http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
      ),
    )
  })
})

test('a full queue is sent at the end in however many batches', async () => {
  const collector = await openCollector()
  const env = {
    ...environment(collector.url, 'http/protobuf', patientMs),
    OTEL_BSP_MAX_QUEUE_SIZE: '400',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8',
  }
  await withSdk(env, async ({ sdk }) => {
    const tracer = trace.getTracer('test')
    for (let count = 0; count < 450; count++) tracer.startSpan('told-span').end()
    const { traces } = await sdk.close(patientMs)
    assert.is(collector.count('told-span'), 450 - traces)
    assert.is(traces, 450 - 400 - 8)
  })
  await collector.close()
})

test.run()
