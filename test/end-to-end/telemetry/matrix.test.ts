/** The settings that `test/telemetry/matrix.test.ts` leaves out. */
import { suite } from 'uvu'
import { type Row, testRows } from '../../telemetry/matrix-row.js'

const test = suite('more settings of OpenTelemetry')

const usual = { sends: ['traces', 'metrics'], flushMs: 300 } as const
const all = { sends: ['traces', 'metrics', 'logs'], flushMs: 300 } as const
const grpc = 'grpc'

const rows: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(
    ['error', 'info', 'debug', 'verbose', 'loud'].map((OTEL_LOG_LEVEL) => [
      `OTEL_LOG_LEVEL=${OTEL_LOG_LEVEL}`,
      { env: { OTEL_LOG_LEVEL }, ...usual },
    ]),
  ),
  'gRPC and OTEL_LOG_LEVEL=all': {
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: grpc,
      OTEL_LOG_LEVEL: 'all',
      OTEL_LOGS_EXPORTER: 'otlp',
    },
    ...all,
  },
  'protocols of their own': {
    env: {
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
    },
    ...usual,
  },
  'no exporters': {
    env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    sends: [],
  },
  'logs alone': {
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'otlp',
    },
    sends: ['logs'],
    flushMs: 300,
  },
  'traces alone': { env: { OTEL_METRICS_EXPORTER: 'none' }, sends: ['traces'], flushMs: 300 },
  'metrics alone': { env: { OTEL_TRACES_EXPORTER: 'none' }, sends: ['metrics'], flushMs: 300 },
  'metrics to the console, often': {
    env: { OTEL_METRICS_EXPORTER: 'console', OTEL_METRIC_EXPORT_INTERVAL: '5' },
    sends: ['traces'],
    prints: /^\{"metric":/,
    flushMs: 300,
  },
  'OTEL_PROPAGATORS=b3': { env: { OTEL_PROPAGATORS: 'b3,b3multi' }, ...usual },
  'OTEL_PROPAGATORS=none': { env: { OTEL_PROPAGATORS: 'none' }, ...usual },
  'OTEL_TRACES_SAMPLER=always_off': {
    env: { OTEL_TRACES_SAMPLER: 'always_off' },
    sends: ['metrics'],
    flushMs: 300,
  },
  'a resource with all detectors': {
    env: {
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,broken',
      OTEL_NODE_RESOURCE_DETECTORS: 'all',
    },
    ...usual,
  },
  'small batches, often': {
    env: {
      OTEL_BSP_SCHEDULE_DELAY: '1',
      OTEL_BSP_MAX_QUEUE_SIZE: '4',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
      OTEL_BLRP_SCHEDULE_DELAY: '1',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_METRIC_EXPORT_INTERVAL: '5',
    },
    ...all,
  },
  'tight limits of attributes': {
    env: {
      OTEL_ATTRIBUTE_COUNT_LIMIT: '1',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1',
      OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
      OTEL_LOGS_EXPORTER: 'otlp',
    },
    ...all,
  },
  'gzip, headers and a short timeout': {
    env: {
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    },
    ...usual,
  },
  'the measurements of the SDK': {
    env: { OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true' },
    ...usual,
  },
  'nothing but nonsense': {
    env: {
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'pigeon',
      OTEL_EXPORTER_OTLP_TIMEOUT: 'long',
      OTEL_BSP_MAX_QUEUE_SIZE: 'many',
      OTEL_METRIC_EXPORT_INTERVAL: '-1',
      OTEL_ATTRIBUTE_COUNT_LIMIT: 'few',
      OTEL_PROPAGATORS: 'pigeon',
      OTEL_SDK_DISABLED: 'maybe',
      OTEL_CONFIG_FILE: '/nowhere.yaml',
      OTEL_NODE_RESOURCE_DETECTORS: 'pigeon',
      OTEL_LOG_LEVEL: 'constructor',
    },
    ...usual,
  },
}

testRows(test, rows)

test.run()
