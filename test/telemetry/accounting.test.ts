import { ROOT_CONTEXT } from '@opentelemetry/api'
import { BatchSpanProcessor, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countedExporter, countedSpans, Tally } from '../../telemetry/accounting.js'

const test = suite('accounting')

type Done = (result: { code: number; error?: Error }) => void

/** Exports that nobody ends, and spans that wait, would keep this process alive for a minute. */
let finish: (() => Promise<void>) | undefined
test.after.each(() => finish?.())

/** Three spans may wait, and two are exported at once; what becomes of them the test says. */
const setUp = () => {
  const exports: { readonly names: string[]; readonly done: Done }[] = []
  const failures: unknown[] = []
  let isOver = false
  const tally = new Tally(3)
  const exporter = countedExporter<ReadableSpan[]>(
    {
      export: (spans, done) => {
        if (isOver) done({ code: 0 })
        else exports.push({ names: spans.map(({ name }) => name), done })
      },
      shutdown: async () => {},
    },
    tally,
    (spans) => spans.length,
    (error) => failures.push(error),
  )
  const batches = new BatchSpanProcessor({
    exporter,
    maxQueueSize: 3,
    maxExportBatchSize: 2,
    scheduledDelayMillis: 60_000,
  })
  const provider = new TracerProvider({ spanProcessors: [countedSpans(batches, tally)] })
  const tracer = provider.getTracer('test')
  const end = (...names: string[]) => {
    for (const name of names) tracer.startSpan(name, {}, ROOT_CONTEXT).end()
  }
  finish = async () => {
    isOver = true
    for (const { done } of exports) done({ code: 0 })
    await provider.shutdown()
  }
  return { exports, failures, tally, end, provider }
}

test('spans wait up to the limit beside those that are exported, and one more is dropped and counted', () => {
  const { exports, tally, end } = setUp()
  end('a', 'b', 'c', 'd', 'e', 'f', 'g')
  assert.equal(
    exports.map(({ names }) => names),
    [['a', 'b']],
  )
  assert.is(tally.dropped, 2)
  assert.is(tally.undelivered, 7)
})

test('what was exported makes room, and what was delivered is off the account', async () => {
  const { exports, tally, end, provider } = setUp()
  end('a', 'b', 'c', 'd', 'e')
  exports[0]?.done({ code: 0 })
  assert.is(tally.undelivered, 3)
  const flushed = provider.forceFlush()
  assert.equal(
    exports.map(({ names }) => names),
    [['a', 'b'], ['c', 'd'], ['e']],
  )
  for (const { done } of exports.slice(1)) done({ code: 0 })
  await flushed
  assert.is(tally.undelivered, 0)
  end('f', 'g', 'h')
  assert.is(tally.dropped, 0)
})

test('an export that fails is lost, told with its error, and does not fail who flushes', async () => {
  const { exports, failures, tally, end, provider } = setUp()
  end('a')
  const flushed = provider.forceFlush()
  const error = new Error('down')
  exports[0]?.done({ code: 1, error })
  await flushed
  assert.equal(failures, [error])
  assert.is(tally.dropped, 1)
  assert.is(tally.undelivered, 1)
})

test('an exporter that throws has failed', () => {
  const failures: unknown[] = []
  const tally = new Tally()
  const broken = {
    export: () => {
      throw new Error('bug')
    },
    shutdown: async () => {},
  }
  tally.accept()
  const codes: number[] = []
  countedExporter<null>(
    broken,
    tally,
    () => 1,
    (error) => failures.push(error),
  ).export(null, ({ code }) => codes.push(code))
  assert.equal(failures, [new Error('bug')])
  assert.equal(codes, [0])
  assert.is(tally.dropped, 1)
})

test('spans that are not sampled are no business of an exporter', () => {
  const tally = new Tally()
  const ended: string[] = []
  const batches = { onStart() {}, onEnd: ({ name }: ReadableSpan) => ended.push(name) }
  const processor = countedSpans(batches as never, tally)
  const span = (traceFlags: number) => ({
    name: `s${traceFlags}`,
    spanContext: () => ({ traceFlags }),
  })
  for (const flags of [0, 1]) processor.onEnd(span(flags) as never)
  assert.equal(ended, ['s1'])
  assert.is(tally.undelivered, 1)
})

test.run()
