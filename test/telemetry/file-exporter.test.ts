import { trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withSdk } from './sdk-run.js'

const test = suite('trace file')

/** A file that may be full. */
class MemoryFile {
  readonly lines: string[] = []
  dropped = 0
  flushes = 0
  isFull = false
  private onLine = () => {}
  private readonly alive = setInterval(() => {}, 1000) // the SDK's timers do not keep the process
  readonly written = new Promise<void>((resolve) => {
    this.onLine = resolve
  }).finally(() => clearInterval(this.alive))

  write(line: string): void {
    if (this.isFull) this.dropped += 1
    else this.lines.push(line)
    this.onLine()
  }
  flush(): void {
    this.flushes += 1
  }
}

const spansIn = (line = ''): string[] =>
  JSON.parse(line).resourceSpans[0].scopeSpans[0].spans.map(({ name }: { name: string }) => name)
const end = (...names: string[]) => {
  for (const name of names) trace.getTracer('test').startSpan(name).end()
}

test('a batch is a line of OTLP/JSON, which is written soon, without an end and without any variable', async () => {
  const file = new MemoryFile()
  await withSdk(
    { OTEL_BSP_SCHEDULE_DELAY: '60000' },
    async ({ sdk }) => {
      assert.equal(sdk.signals, { traces: true, metrics: false, logs: false })
      const endedAt = performance.now()
      end('add', 'echo')
      await file.written
      assert.ok(performance.now() - endedAt < 1000)
      assert.is(file.lines.length, 1)
      assert.match(file.lines[0] ?? '', /^\{[^\n]*\}\n$/)
      assert.equal(spansIn(file.lines[0]), ['add', 'echo'])
    },
    { traceFile: file },
  )
})

test('the rest is written at the end, before the file is flushed', async () => {
  const file = new MemoryFile()
  await withSdk(
    {},
    async ({ sdk }) => {
      end('last')
      assert.equal(await sdk.close(1000), { traces: 0, metrics: 0, logs: 0 })
      assert.equal(file.lines.map(spansIn), [['last']])
      assert.is(file.flushes, 1)
    },
    { traceFile: file },
  )
})

test('spans that the file did not take are counted and told', async () => {
  const file = new MemoryFile()
  file.isFull = true
  await withSdk(
    {},
    async ({ sdk, told }) => {
      end('a', 'b')
      await file.written
      assert.equal(sdk.dropped(), { traces: 2, metrics: 0, logs: 0 })
      assert.equal(
        told.map(({ message }) => message),
        ['Spans were not delivered by the trace file: the file did not take them'],
      )
    },
    { traceFile: file },
  )
})

test.run()
