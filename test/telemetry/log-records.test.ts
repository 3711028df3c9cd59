import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { logRecords } from '../../telemetry/log-records.js'

const test = suite('log records')

const recordsOf = (...lines: unknown[]) => {
  const exporter = new InMemoryLogRecordExporter()
  const processors = [new SimpleLogRecordProcessor({ exporter })]
  const log = logRecords(new LoggerProvider({ processors }).getLogger('test'))
  for (const line of lines) log(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)
  return exporter.getFinishedLogRecords()
}

test('a line is a record with its time, level, message and the rest as attributes', () => {
  const [record] = recordsOf({
    level: 30,
    time: 1_700_000_000_123,
    pid: 7,
    engine: 'demo',
    msg: 'ready',
    took: { ms: 5 },
  })
  assert.equal(record?.hrTime, [1_700_000_000, 123_000_000])
  assert.is(record?.body, 'ready')
  assert.is(record?.severityText, 'info')
  assert.is(record?.severityNumber, 9)
  assert.equal(record?.attributes, { pid: 7, engine: 'demo', took: { ms: 5 } })
  assert.is(record?.spanContext, undefined)
})

test("every level has its range's lowest number", () => {
  const records = recordsOf(...[10, 20, 30, 40, 50, 60, 35].map((level) => ({ level })))
  assert.equal(
    records.map(({ severityText, severityNumber }) => [severityText, severityNumber]),
    [
      ['trace', 1],
      ['debug', 5],
      ['info', 9],
      ['warn', 13],
      ['error', 17],
      ['fatal', 21],
      [undefined, undefined],
    ],
  )
})

test('a record belongs to the span that its line names', () => {
  const ids = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }
  const [record] = recordsOf({ msg: 'in a call', ...ids, trace_flags: '01' })
  assert.is(record?.spanContext?.traceId, ids.trace_id)
  assert.is(record?.spanContext?.spanId, ids.span_id)
  assert.is(record?.spanContext?.traceFlags, 1)
  assert.equal(record?.attributes, {})
})

test('what an engine says of its life is an event', () => {
  const change = { from: 'starting', to: 'ready', reason: 'started' }
  const records = recordsOf({ ...change, msg: 'engine ready' }, { ...change, msg: 'a move' })
  assert.equal(
    records.map(({ eventName }) => eventName),
    ['sidestream.ready', undefined],
  )
})

test('an error is an exception, with what else is known of it beside', () => {
  const err = { type: 'TypeError', message: 'no audio', stack: 'at x', code: 'E1' }
  const [record, bare, text] = recordsOf(
    { level: 50, msg: 'failed', err },
    { err: { message: 'gone' } },
    { err: 'odd' },
  )
  assert.equal(record?.attributes, {
    'exception.type': 'TypeError',
    'exception.message': 'no audio',
    'exception.stacktrace': 'at x',
    err: { code: 'E1' },
  })
  assert.equal(bare?.attributes, { 'exception.message': 'gone' })
  assert.equal(text?.attributes, { 'exception.message': 'odd' })
})

test('what is no JSON object is told as it is', () => {
  assert.equal(
    recordsOf('not JSON\n', '17\n', 'null').map(({ body }) => body),
    ['not JSON', '17', 'null'],
  )
})

test('what OpenTelemetry tells of itself is not exported, or it would never end', () => {
  assert.equal(
    recordsOf({ module: 'opentelemetry', msg: 'x' }, { module: 'm', msg: 'y' }).map(
      ({ body }) => body,
    ),
    ['y'],
  )
})

test.run()
