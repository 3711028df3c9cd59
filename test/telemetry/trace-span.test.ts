/** Spans read from OTLP/JSON, as it comes and as it should not. */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readExport, type TraceSpan } from '../../telemetry/trace-span.js'
import { spanIdOf, traceIdOf, traceLine } from './trace-lines.js'

const test = suite('trace span')

const spansIn = (value: unknown): readonly TraceSpan[] =>
  (readExport(value)?.spans ?? []).map(({ whole }) => whole())
const id = { traceId: traceIdOf('a'), spanId: spanIdOf('s') }
const times = { startTimeUnixNano: '1000', endTimeUnixNano: '3000' }
/** One span made of these fields. */
const spanOf = (fields: object): TraceSpan | undefined =>
  spansIn({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...id, ...times, ...fields }] }] }] })[0]

test('reads all that the serializer of OpenTelemetry writes', () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const start = Date.UTC(2026, 10, 27)
  const other = { traceId: traceIdOf('b'), spanId: spanIdOf('o'), traceFlags: 1 }
  const span = provider.getTracer('test').startSpan('add', {
    kind: SpanKind.SERVER,
    startTime: start,
    links: [{ context: other }],
    attributes: { text: 'a', whole: 3, part: 0.5, yes: true, list: ['x', 'y'] },
  })
  span.addEvent('stage', { 'sidestream.stage': 'limit' }, start + 10)
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'no luck' })
  span.end(start + 25)
  const bytes = JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans())
  const [read] = spansIn(JSON.parse(Buffer.from(bytes as Uint8Array).toString()))
  const startNs = BigInt(start) * 1_000_000n
  assert.equal(read, {
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: undefined,
    service: read?.service, // the SDK makes one up
    name: 'add',
    kind: 'SERVER',
    startNs,
    endNs: startNs + 25_000_000n,
    attributes: { text: 'a', whole: 3, part: 0.5, yes: true, list: ['x', 'y'] },
    events: [
      {
        name: 'stage',
        atNs: startNs + 10_000_000n,
        attributes: { 'sidestream.stage': 'limit' },
      },
    ],
    links: [{ traceId: other.traceId, spanId: other.spanId }],
    status: { code: 'ERROR', message: 'no luck' },
  })
})

test('knows the service that a span is of', () => {
  assert.is(spansIn(JSON.parse(traceLine('vad', { id: 's' })))[0]?.service, 'vad')
  assert.is(spanOf({})?.service, '')
})

test('leaves out what is not as it should be', () => {
  assert.equal(spanOf({ name: 7, kind: 99, attributes: {}, events: [null, 3], links: 'x' }), {
    ...id,
    parentSpanId: undefined,
    service: '',
    name: '',
    kind: 'UNSPECIFIED',
    startNs: 1000n,
    endNs: 3000n,
    attributes: {},
    events: [],
    links: [],
    status: { code: 'UNSET' },
  })
  assert.equal(spanOf({ links: [{ traceId: 'x', spanId: 'y' }] })?.links, [])
})

test('takes names of enumerations, times as numbers, and ids in upper case', () => {
  const span = spanOf({
    traceId: `${'AB'.repeat(16)}`,
    parentSpanId: 'CD'.repeat(8),
    kind: 'SPAN_KIND_CLIENT',
    status: { code: 'STATUS_CODE_ERROR' },
    startTimeUnixNano: 1000,
  })
  assert.is(span?.traceId, 'ab'.repeat(16))
  assert.is(span?.parentSpanId, 'cd'.repeat(8))
  assert.is(span?.kind, 'CLIENT')
  assert.is(span?.status.code, 'ERROR')
  assert.is(span?.startNs, 1000n)
})

test('takes a parent of zeros or of nothing for none', () => {
  assert.is(spanOf({ parentSpanId: '0'.repeat(16) })?.parentSpanId, undefined)
  assert.is(spanOf({ parentSpanId: '' })?.parentSpanId, undefined)
})

test('never ends a span before its start', () => {
  assert.is(spanOf({ startTimeUnixNano: '5000' })?.endNs, 5000n)
})

test('reads values of every type, those of 64 bits as exactly as they can be', () => {
  const value = (any: object): unknown =>
    spanOf({ attributes: [{ key: 'constructor', value: any }] })?.attributes['constructor']
  assert.is(value({ intValue: '42' }), 42)
  assert.is(value({ intValue: '9007199254740993' }), '9007199254740993')
  assert.is(value({ bytesValue: 'AAE=' }), 'AAE=')
  assert.is(value({ boolValue: false }), false)
  assert.is(value({}), null)
  const list = { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 1.5 } }] } }
  assert.equal(value({ arrayValue: { values: [list, { stringValue: '' }] } }), [{ k: 1.5 }, ''])
})

test('does not follow values without end', () => {
  let any: object = { intValue: 1 }
  for (let depth = 0; depth < 50_000; depth += 1) any = { arrayValue: { values: [any] } }
  const span = spanOf({ attributes: [{ key: 'deep', value: any }] })
  assert.match(JSON.stringify(span?.attributes['deep']), /^\[{101}null\]{101}$/)
})

test('counts spans that cannot be placed, and knows what is no export of spans', () => {
  const spans = [
    { ...id, ...times },
    { ...id, startTimeUnixNano: '1' },
    { ...times, ...id, traceId: 'abc' },
    { ...times, ...id, spanId: '0'.repeat(16) },
    { ...times, ...id, spanId: 'wrong id 16 long' },
  ]
  const read = readExport({ resourceSpans: [null, { scopeSpans: [3, { spans }] }] })
  assert.is(read?.spans.length, 1)
  assert.is(read?.unread, 4)
  for (const value of [null, [], 3, {}, { resourceMetrics: [] }, { resourceSpans: {} }])
    assert.is(readExport(value), undefined)
})

test.run()
