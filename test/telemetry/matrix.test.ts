/** Whatever `OTEL_*` says, and whatever the collector does: stdout has only frames, and the engine ends in time. */
import { suite } from 'uvu'
import { type Row, testRows } from './matrix-row.js'

const test = suite('settings of OpenTelemetry')

/** Tells all that is exported on stderr. */
const console = {
  OTEL_TRACES_EXPORTER: 'console',
  OTEL_METRICS_EXPORTER: 'console',
  OTEL_LOGS_EXPORTER: 'console',
}
const printed = /^\{"(span|metric|log)":/
const usual = ['traces', 'metrics'] as const
const all = ['traces', 'metrics', 'logs'] as const
const soon = { flushMs: 300 }

const rows: Readonly<Record<string, Row>> = {
  'an endpoint alone': { env: {}, sends: usual },
  'http/json, and logs too': {
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_LOGS_EXPORTER: 'otlp' },
    sends: all,
    ...soon,
  },
  'gRPC, and logs too': {
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_LOGS_EXPORTER: 'otlp' },
    sends: all,
  },
  'OTEL_LOG_LEVEL=all': {
    env: { OTEL_LOG_LEVEL: 'all', OTEL_LOGS_EXPORTER: 'otlp' },
    sends: all,
    ...soon,
  },
  'the exporter console': { env: console, sends: [], prints: printed },
  'console beside otlp': {
    env: { OTEL_TRACES_EXPORTER: 'console,otlp', OTEL_LOG_LEVEL: 'debug' },
    sends: usual,
    prints: printed,
    ...soon,
  },
  'an exporter that does not exist': {
    env: { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_METRICS_EXPORTER: 'prometheus' },
    sends: [],
  },
  OTEL_SDK_DISABLED: { env: { OTEL_SDK_DISABLED: 'true' }, sends: [] },
}

testRows(test, rows)

test.run()
