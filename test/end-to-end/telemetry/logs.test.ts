import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engineFile, line } from '../engine-process.js'
import { collectorOf } from './collector.js'
import { alone, endAlone, nested } from './hosted.js'
import type { Log } from './otlp-json.js'

const test = suite('log records of an engine')
const collector = collectorOf(test)
test.after.each(endAlone)

/** Of the host that calls. */
const traceId = 'a'.repeat(32)
const _meta = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }
/** As `configured.js` has it. */
const secret = 'spare-s3cret-in-code'

/** Runs an engine that gets one call, and then the end of its input. */
const run = async (
  engine: string,
  method: string,
  params: object,
  env: Readonly<Record<string, string>>,
) => {
  const { running, isTheirs } = alone(engine, { env })
  running.child.stdin.end(line({ id: 1, method, params: { ...params, _meta } }))
  const { code, stdout, stderr } = await running.ran
  assert.is(code, 0, stderr)
  const records = stderr
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  return { isTheirs, records, stdout, stderr }
}

for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
  test(`what a handler logs belongs to its call, over ${protocol}`, async () => {
    const env = { ...collector().env(protocol), OTEL_LOGS_EXPORTER: 'otlp' }
    const text = `told over ${protocol}`
    const { isTheirs, records } = await run(nested, 'logs', { text }, env)

    const isTold = (it: Log): boolean => isTheirs(it) && it.body === text
    const log = (await collector().logs((all) => all.some(isTold))).find(isTold)
    const [span] = (
      await collector().traces((all) => all.some((it) => isTheirs(it) && it.name === 'logs'))
    ).filter((it) => isTheirs(it) && it.name === 'logs')
    assert.is(span?.traceId, traceId)
    assert.equal([log?.traceId, log?.spanId], [traceId, span?.spanId])
    assert.equal([log?.severity, log?.severityText], [9, 'info'])
    assert.is(log?.resource['service.name'], 'nested')
    assert.is(log?.attributes['engine'], 'nested')

    const record = records.find(({ msg }) => msg === text)
    assert.equal(
      [record?.trace_id, record?.span_id, record?.trace_flags],
      [traceId, span?.spanId, '01'],
    )
    assert.is(log?.atMs, record?.time)
  })
}

test('all lines of stderr arrive, in their order, to the last one before the export', async () => {
  const env = { ...collector().env('http/protobuf'), OTEL_LOGS_EXPORTER: 'otlp' }
  const { isTheirs, records } = await run(nested, 'logs', { text: 'among others' }, env)
  const isTold = (it: Log): boolean => isTheirs(it) && it.body === 'engine stopped'
  const logs = (await collector().logs((all) => all.some(isTold))).filter(isTheirs)
  assert.equal(
    logs.map(({ body }) => body),
    records.map(({ msg }) => msg),
  )
  assert.equal(
    logs.filter((it) => it.traceId !== undefined).map(({ body }) => body),
    ['among others'],
  )
})

test('secrets are in nothing that is sent', async () => {
  const env = { ...collector().env('http/json'), OTEL_LOGS_EXPORTER: 'otlp' }
  const configured = engineFile('configured.js')
  const { isTheirs, stdout, stderr } = await run(configured, 'break', {}, env)
  const isTold = (it: Log): boolean => isTheirs(it) && it.body === 'engine stopped'
  const logs = (await collector().logs((all) => all.some(isTold))).filter(isTheirs)
  const told = logs.find(({ body }) => body === 'about to use ***')
  assert.ok(told?.traceId === traceId, JSON.stringify(logs))
  const defect = logs.find((it) => it.severityText === 'error')
  assert.is(defect?.attributes['exception.message'], '401 for ***')
  assert.is(defect?.traceId, traceId)

  const isSpan = (it: { readonly name: string }): boolean => it.name === 'break'
  const spans = await collector().traces((all) => all.filter(isTheirs).some(isSpan))
  const broken = spans.filter(isTheirs).find(isSpan)
  assert.is(broken?.status, 'error')
  assert.match(broken?.statusMessage ?? '', '401 for ***')
  const metrics = await collector().metrics((all) => all.some(isTheirs))
  const sent = JSON.stringify([logs, spans.filter(isTheirs), metrics.filter(isTheirs)])
  assert.not.match(`${sent}${stdout}${stderr}`, secret)
})

test('no log records arrive that were not asked for by name', async () => {
  const env = collector().env('http/protobuf')
  const quiet = await run(nested, 'logs', { text: 'not to be sent' }, env)
  await collector().traces((all) => all.some(quiet.isTheirs))
  const told = await run(nested, 'logs', { text: 'later' }, { ...env, OTEL_LOGS_EXPORTER: 'otlp' })
  const logs = await collector().logs((all) => all.some((it) => told.isTheirs(it)))
  assert.equal(logs.filter(quiet.isTheirs), [])
  const [record] = quiet.records.filter(({ msg }) => msg === 'not to be sent')
  assert.is(record?.trace_id, traceId)
})

test.run()
