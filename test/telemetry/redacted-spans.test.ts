import { type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stderrLogger } from '../../src/logging/stderr-logger.js'
import type { Logger } from '../../src/ports/logger.js'
import { withSdk } from './sdk-run.js'
import { toldLogger } from './told-logger.js'

const test = suite('redacted spans')

const secret = 'hunter2-and-more'
const message = `login failed: password=${secret} for me`

/** What the log of an engine hides, and nothing of what it would write. */
const redact = (() => {
  const log = stderrLogger('fatal')
  const redaction = { keys: [], patterns: ['tenant-\\d+'] }
  const settings = { level: 'fatal', modules: {}, redact: redaction, format: 'json' } as const
  log.configure({ ...settings, file: undefined }, ['the-known-secret'])
  return log.redact as NonNullable<Logger['redact']>
})()

/** A line of OTLP/JSON for what is done with a span, as two exporters are given it: the trace file's, and what is printed. */
const exported = async (
  work: (span: Span) => void,
  logger: Logger = { ...toldLogger().logger, redact },
): Promise<readonly [string, string]> => {
  const written: string[] = []
  const printed: string[] = []
  const traceFile = { write: (line: string) => written.push(line), flush() {}, dropped: 0 }
  await withSdk(
    { OTEL_TRACES_EXPORTER: 'console' },
    async ({ sdk }) => {
      const span = trace.getTracer('test').startSpan('db')
      work(span)
      span.end()
      assert.equal(await sdk.close(5000), { traces: 0, metrics: 0, logs: 0 })
    },
    { traceFile: traceFile as never, logger, print: (line) => printed.push(line) },
  )
  return [written.join(''), printed.join('\n')]
}
const spanIn = (line: string) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans[0]

test('the message of a status goes to all exporters without what the log would hide', async () => {
  const [file, printed] = await exported((span) =>
    span.setStatus({
      code: SpanStatusCode.ERROR,
      message: `${message} of tenant-17 with the-known-secret`,
    }),
  )
  assert.equal(spanIn(file).status, {
    code: SpanStatusCode.ERROR,
    message: 'login failed: password=*** for me of *** with ***',
  })
  assert.match(printed, 'password=***')
  for (const text of [file, printed]) {
    assert.not.match(text, secret)
    assert.not.match(text, 'tenant-17')
    assert.not.match(text, 'the-known-secret')
  }
})

test('so do exceptions that were recorded, with their stack, and other events as they are', async () => {
  const [file, printed] = await exported((span) => {
    span.addEvent('stage', { 'sidestream.stage': 'admit' })
    span.recordException(new RangeError(message))
  })
  const [stage, exception] = spanIn(file).events
  assert.equal(stage.attributes, [{ key: 'sidestream.stage', value: { stringValue: 'admit' } }])
  const attributes = Object.fromEntries(
    exception.attributes.map(({ key, value }: { key: string; value: { stringValue: string } }) => [
      key,
      value.stringValue,
    ]),
  )
  assert.is(attributes['exception.type'], 'RangeError')
  assert.is(attributes['exception.message'], 'login failed: password=*** for me')
  assert.match(
    attributes['exception.stacktrace'],
    /^RangeError: login failed: password=\*\*\*.*\n +at /s,
  )
  for (const text of [file, printed]) assert.not.match(text, secret)
})

test('what cannot be looked at is not shown', async () => {
  const broken = () => {
    throw new Error('no regular expression')
  }
  const [file] = await exported(
    (span) => {
      span.recordException(new Error(message))
      span.setStatus({ code: SpanStatusCode.ERROR, message })
    },
    { ...toldLogger().logger, redact: broken },
  )
  const { status, events } = spanIn(file)
  const instead = 'A record could not be redacted and is not shown'
  assert.is(status.message, instead)
  assert.equal(events[0].attributes, [
    { key: 'exception.message', value: { stringValue: instead } },
  ])
  assert.not.match(file, secret)
})

test('a span without such texts is not looked at', async () => {
  const looked: string[] = []
  const counting = (json: string): string => {
    looked.push(json)
    return json
  }
  const [file] = await exported(
    (span) => {
      span.addEvent('stage', { 'sidestream.stage': 'admit' })
      span.setStatus({ code: SpanStatusCode.ERROR })
    },
    { ...toldLogger().logger, redact: counting },
  )
  assert.equal(spanIn(file).status, { code: SpanStatusCode.ERROR })
  assert.equal(looked, [])
})

test('where the log hides nothing, spans do not either', async () => {
  const [file] = await exported(
    (span) => span.setStatus({ code: SpanStatusCode.ERROR, message }),
    toldLogger().logger,
  )
  assert.is(spanIn(file).status.message, message)
})

test.run()
