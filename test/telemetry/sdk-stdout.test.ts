/** A process of its own: stdout carries frames and nothing else, whatever the environment says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { closedCollector, openCollector } from './collector.js'

const test = suite('SDK and stdout')
const program = fileURLToPath(new URL('./engines/telling.ts', import.meta.url))

const run = async (env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await ended
  return { stdout, stderr, code }
}

test('nothing is on stdout when OpenTelemetry tells all it can, with a collector that is up', async () => {
  const collector = await openCollector()
  const { stdout, stderr, code } = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_LOGS_EXPORTER: 'otlp,console',
    OTEL_TRACES_EXPORTER: 'otlp,console',
    OTEL_METRICS_EXPORTER: 'otlp,console',
    OTEL_LOG_LEVEL: 'all',
  })
  await collector.close()
  assert.is(stdout, '')
  assert.match(stderr, /^debug .*Registered a global for trace/m)
  for (const start of ['{"span":"told"', '{"metric":"told"', '{"log":"told"'])
    assert.match(stderr, start)
  assert.ok(collector.received.length >= 3)
  assert.is(code, 0)
})

test('nor with one that is down', async () => {
  const collector = await closedCollector()
  const { stdout, code } = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    OTEL_LOG_LEVEL: 'info',
  })
  assert.is(stdout, '')
  assert.is(code, 0)
})

test('a process that is asked for nothing loads nothing of OpenTelemetry', async () => {
  const { stderr } = await run({})
  assert.is(stderr, 'modules of OpenTelemetry: 0\n')
})

test.run()
