/** What telemetry costs a process that has none, and how a process ends whose collector hangs. */
import { fileURLToPath } from 'node:url'
import { filter, firstValueFrom } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { connect, type HostEvent, type Logger, supervise } from '../../src/host/index.js'
import { noLogger } from '../../src/ports/logger.js'
import { cli, type Running, sidestream, start, tester } from '../cli/sidestream.js'
import { engineFile, line } from '../end-to-end/engine-process.js'
import { type Collector, silentCollector } from './collector.js'

const test = suite('processes with and without telemetry')

const add = line({ id: 1, method: 'add', params: { a: 1, b: 2 } })
const three = '{"jsonrpc":"2.0","id":1,"result":3}\n'
/** What the machine may add to an end that is to be at once, or in time. */
const slackMs = 3000
const lost = /Telemetry was not delivered: \d/

let collector: Collector
test.before.each(async () => {
  collector ??= await silentCollector()
})
test.after(() => collector.close())

let engine: Running | undefined
/** Ended when a test fails before it has. */
const started = (...args: Parameters<typeof start>): Running => {
  engine = start(...args)
  return engine
}
test.after.each(() => void engine?.child.kill('SIGKILL'))

const modules = fileURLToPath(new URL('engines/modules.js', import.meta.url))

/** Files loaded by an engine with this environment: those of OpenTelemetry, and all. */
const loadedWith = async (env: Readonly<Record<string, string>>): Promise<readonly number[]> => {
  const stdin = line({ id: 1, method: 'opentelemetry' }) + line({ id: 2, method: 'all' })
  const args = ['run', modules, '--set', 'telemetry.flush=1ms']
  const { stdout } = await sidestream(args, { stdin, env })
  return stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text).result)
}

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
const none = {
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
}

for (const [name, env] of [
  ['is asked for nothing', {}],
  ['has OTEL_SDK_DISABLED=true and an endpoint', { ...endpoint, OTEL_SDK_DISABLED: 'true' }],
  ['has no exporters, and an endpoint', { ...endpoint, ...none }],
  ['has variables that ask for nothing', { OTEL_PROPAGATORS: 'b3', OTEL_LOG_LEVEL: 'all' }],
] as const) {
  test(`an engine that ${name} loads nothing of OpenTelemetry`, async () => {
    const [ofOpenTelemetry, all = 0] = await loadedWith(env)
    assert.is(ofOpenTelemetry, 0)
    assert.ok(all > 0, 'it looks in the right place')
  })
}

test('and one that is asked for something does', async () => {
  const [ofOpenTelemetry = 0] = await loadedWith(endpoint)
  assert.ok(ofOpenTelemetry > 50, `${ofOpenTelemetry} files`)
})

test('SIGTERM ends an engine at once that delivers its telemetry, and tells what is lost', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const { child, printed, ran } = started(['run', tester, '--set', 'telemetry.flush=60s'], {
    stdin: add,
    env,
  })
  await printed('engine stopped')
  const killedAt = performance.now()
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await ran
  const tookMs = performance.now() - killedAt
  assert.ok(tookMs < slackMs, `took ${tookMs} ms`)
  assert.is(code, 0)
  assert.is(stdout, three)
  assert.match(stderr, lost)
})

test('one that is told twice to end does not wait for its collector', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  const { child, printed, ran } = started(['run', tester, '--set', 'telemetry.flush=60s'], { env })
  child.stdin.write(line({ id: 1, method: 'wait', params: { _meta: { progressToken: 1 } } }))
  await printed('still waiting')
  child.kill('SIGTERM')
  await printed('engine draining')
  const killedAt = performance.now()
  child.kill('SIGTERM')
  const { code, stderr } = await ran
  const tookMs = performance.now() - killedAt
  assert.ok(tookMs < slackMs, `took ${tookMs} ms`)
  assert.is(code, 143)
  assert.match(stderr, lost)
})

/** A log that keeps its texts, and those of the engines of a host. */
const keptLog = (): { readonly log: Logger; readonly texts: readonly string[] } => {
  const texts: string[] = []
  const warn = (_: object, text: string): void => void texts.push(text)
  const log: Logger = { ...noLogger, warn, child: () => log }
  return { log, texts }
}

const flushMs = 1500

test('a host that closes an engine waits for its telemetry, and does not kill it', async () => {
  const { log, texts } = keptLog()
  const client = await connect({
    command: process.execPath,
    args: [cli, 'run', tester],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    log,
  })
  assert.is(await client.request('add', { a: 1, b: 2 }), 3)
  const closedAt = performance.now()
  assert.equal(await client.close(), { how: 'exited', exitCode: 0 })
  const tookMs = performance.now() - closedAt
  assert.ok(tookMs > flushMs - 50, `took only ${tookMs} ms`)
  assert.ok(tookMs < flushMs + slackMs, `took ${tookMs} ms`)
  assert.match(texts.join('\n'), lost)
})

test('nor does one that supervises it', async () => {
  const { log, texts } = keptLog()
  const supervisor = supervise({
    engines: {
      it: {
        command: process.execPath,
        args: [cli, 'run', tester],
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      },
    },
    blackBoxes: false,
    log,
  })
  const ends: unknown[] = []
  supervisor.events$.subscribe((event) => {
    if (event.type === 'ended') ends.push(event.reason)
  })
  await supervisor.ready()
  await supervisor.engine('it').request('add', { a: 1, b: 2 })
  const stoppedAt = performance.now()
  await supervisor.stop()
  const tookMs = performance.now() - stoppedAt
  assert.equal(ends, ['stopped'])
  assert.ok(tookMs < flushMs + slackMs, `took ${tookMs} ms`)
  assert.match(texts.join('\n'), lost)
})

test('one that fails is known by its exit code, and not for a process that hangs', async () => {
  const { log, texts } = keptLog()
  const supervisor = supervise({
    engines: {
      it: {
        command: process.execPath,
        args: [cli, 'run', engineFile('failing-start.js')],
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      },
    },
    blackBoxes: false,
    log,
  })
  const ended = firstValueFrom(supervisor.events$.pipe(filter(({ type }) => type === 'ended')))
  const { reason, message } = (await ended) as Extract<HostEvent, { type: 'ended' }>
  await supervisor.stop()
  assert.is(reason, 'exit', message)
  assert.match(message, 'exit code 70')
  assert.match(texts.join('\n'), lost)
})

test.run()
