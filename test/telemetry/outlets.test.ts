import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { batchingOf, destinationOf, numberOf } from '../../telemetry/outlets.js'

const test = suite('outlets')

/** A setting whose default is 7, and what was told of it. */
const set = (text: string): { readonly number: number; readonly warnings: string[] } => {
  const warnings: string[] = []
  const diag = { warn: (message: string) => warnings.push(message) }
  const number = numberOf('OTEL_X', 7, { env: { OTEL_X: text }, diag: diag as never })
  return { number, warnings }
}

test('a whole number from 1 to the longest time of a timer is taken', () => {
  for (const [text, number] of [
    ['1', 1],
    [' 250 ', 250],
    ['1e3', 1000],
    ['2147483647', 2 ** 31 - 1],
  ] as const)
    assert.equal(set(text), { number, warnings: [] })
  assert.equal(set(''), { number: 7, warnings: [] })
})

test('with any other the default is used, and that is told once', () => {
  for (const text of [
    '2147483648',
    '3000000000',
    'Infinity',
    '0',
    '-1',
    '0.5',
    '512.5',
    '5s',
    'NaN',
  ])
    assert.equal(set(text), {
      number: 7,
      warnings: [`OTEL_X is ${text}, which is no whole number from 1 to 2147483647; 7 is used`],
    })
})

test('a batch is no larger than the queue, and the longest delay of a timer is no short one', () => {
  const warnings: string[] = []
  const diag = { warn: (message: string) => warnings.push(message) } as never
  const env = {
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1.5',
    OTEL_BSP_SCHEDULE_DELAY: '4294967297',
  }
  const { maxExportBatchSize, scheduledDelayMillis } = batchingOf('OTEL_BSP', 5000, { env, diag })
  assert.equal([maxExportBatchSize, scheduledDelayMillis], [100, 5000])
  assert.is(warnings.length, 2)
})

test('an address is that of the signal, or of all, or the usual one of the protocol', () => {
  const to = (env: Record<string, string>, protocol: 'grpc' | 'http/json') =>
    destinationOf('TRACES', protocol, { env } as never)
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://all.example/otlp' }
  assert.is(to(all, 'http/json'), 'otlp, http/json to https://all.example/otlp')
  const own = { ...all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://own.example:1' }
  assert.is(to(own, 'grpc'), 'otlp, grpc to http://own.example:1')
  assert.is(to({}, 'grpc'), 'otlp, grpc to http://localhost:4317')
  assert.is(to({}, 'http/json'), 'otlp, http/json to http://localhost:4318')
})

test('what is no address is refused, with the variable that holds it', () => {
  for (const text of ['127.0.0.1:4318', 'localhost', 'ftp://a', 'http://', 'http:///v1', 'x'])
    assert.throws(
      () => destinationOf('LOGS', 'grpc', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: text } } as never),
      (error: Error) => error.message.startsWith(`OTEL_EXPORTER_OTLP_ENDPOINT is ${text}, which`),
    )
})

test.run()
