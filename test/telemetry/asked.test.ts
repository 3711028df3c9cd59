import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askedTelemetry, type Environment } from '../../telemetry/asked.js'

const test = suite('asked telemetry')
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }

const rows: readonly [string, Environment, ReturnType<typeof askedTelemetry>][] = [
  ['nothing is wanted of an empty environment', {}, undefined],
  [
    'an endpoint asks for traces and metrics, not for logs',
    endpoint,
    { traces: ['otlp'], metrics: ['otlp'], logs: [] },
  ],
  [
    "the endpoint of one signal asks for that one, and the logs' own for logs",
    { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:4318/v1/logs' },
    { traces: [], metrics: [], logs: ['otlp'] },
  ],
  [
    'an exporter asks for its signal, without any endpoint',
    { OTEL_METRICS_EXPORTER: 'otlp' },
    { traces: [], metrics: ['otlp'], logs: [] },
  ],
  [
    'several exporters are each named once, whatever stands between them',
    { OTEL_TRACES_EXPORTER: ' console, otlp,,console' },
    { traces: ['console', 'otlp'], metrics: [], logs: [] },
  ],
  [
    'none takes a signal away from an endpoint',
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
    { traces: [], metrics: ['otlp'], logs: [] },
  ],
  ['none beside others is none', { OTEL_LOGS_EXPORTER: 'otlp,none' }, undefined],
  [
    'a variable that is empty counts as not set',
    { OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_TRACES_EXPORTER: '', OTEL_LOGS_EXPORTER: ' , ' },
    undefined,
  ],
  ['nothing is wanted when all is disabled', { ...endpoint, OTEL_SDK_DISABLED: 'True' }, undefined],
  [
    'only true disables',
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_SDK_DISABLED: '1' },
    { traces: ['otlp'], metrics: [], logs: [] },
  ],
  [
    'names of services and samplers ask for nothing',
    { OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' },
    undefined,
  ],
]
for (const [name, env, expected] of rows) {
  test(name, () => assert.equal(askedTelemetry(env, false), expected))
}

test('a trace file alone sends nothing anywhere, and is given up when all is disabled', () => {
  assert.equal(askedTelemetry({}, true), { traces: [], metrics: [], logs: [] })
  assert.is(askedTelemetry({ OTEL_SDK_DISABLED: 'true' }, true), undefined)
})

test.run()
