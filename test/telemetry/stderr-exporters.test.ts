import { metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withSdk } from './sdk-run.js'

const test = suite('stderr exporters')

test('a span is a line as soon as it has ended', () =>
  withSdk({ OTEL_TRACES_EXPORTER: 'console' }, async ({ printed }) => {
    const span = trace
      .getTracer('test')
      .startSpan('add', { kind: 1, startTime: new Date(1_700_000_000_000) })
    span.addEvent('limit', { depth: 1 }, new Date(1_700_000_000_001))
    span.setAttribute('rpc.method', 'add').setStatus({ code: SpanStatusCode.ERROR, message: 'no' })
    assert.equal(printed, [])
    span.end(new Date(1_700_000_000_005))
    const { traceId, spanId } = span.spanContext()
    assert.equal(
      printed.map((line) => JSON.parse(line)),
      [
        {
          span: 'add',
          trace_id: traceId,
          span_id: spanId,
          kind: 'server',
          start: '2023-11-14T22:13:20.000Z',
          durationMs: 5,
          status: 'error',
          message: 'no',
          attributes: { 'rpc.method': 'add' },
          events: [{ name: 'limit', time: '2023-11-14T22:13:20.001Z', attributes: { depth: 1 } }],
          links: [],
        },
      ],
    )
  }))

test('metrics are a line each at every export, the last one at the end', () =>
  withSdk({ OTEL_METRICS_EXPORTER: 'console' }, async ({ sdk, printed }) => {
    metrics.getMeter('test').createCounter('calls', { unit: '{call}' }).add(2, { method: 'add' })
    await sdk.close(1000)
    assert.equal(
      printed.map((line) => JSON.parse(line)),
      [{ metric: 'calls', unit: '{call}', points: [{ attributes: { method: 'add' }, value: 2 }] }],
    )
  }))

test('a log record is a line', () =>
  withSdk({ OTEL_LOGS_EXPORTER: 'console' }, async ({ sdk, printed }) => {
    sdk.log?.('{"level":40,"time":1700000000000,"msg":"slow","method":"add"}')
    assert.equal(
      printed.map((line) => JSON.parse(line)),
      [
        {
          log: 'slow',
          time: '2023-11-14T22:13:20.000Z',
          severity: 'warn',
          attributes: { method: 'add' },
        },
      ],
    )
  }))

test.run()
