import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { metrics, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Api, unreached } from '../../telemetry/api-copies.js'
import { startDemo, unregistered, withSdk } from './sdk-run.js'

const test = suite('api copies')
const require = createRequire(import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'api-copies-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** Another copy of the package, which says that it is of another version. */
const copyOf = (version: string): Api & typeof import('@opentelemetry/api') => {
  const original = dirname(require.resolve('@opentelemetry/api'))
  const copy = join(folder, version)
  cpSync(original, copy, { recursive: true })
  const file = join(copy, 'version.js')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/VERSION = '[\d.]+'/, `VERSION = '${version}'`))
  return require(copy)
}
const console = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'console' }

test('a newer copy than that of the SDK does not reach it', () =>
  withSdk(console, async ({ told }) => {
    const newer = copyOf('1.99.0')
    assert.not(newer.trace.getTracer('test').startSpan('lost').isRecording())
    for (const part of ['trace', 'metrics'] as const)
      assert.match(unreached(newer, [part]) ?? '', /several versions, one of them 1\.\d+\.\d+/)
    assert.equal(told, [], 'the SDK was started by the copy that the tests have')
  }))

test('an older copy reaches the SDK, and so does the same one', () =>
  withSdk(console, async () => {
    const older = copyOf('1.9.0')
    assert.ok(older.trace.getTracer('test').startSpan('kept').isRecording())
    for (const api of [older, { trace, metrics }])
      assert.is(unreached(api, ['trace', 'metrics']), undefined)
  }))

for (const signal of ['traces', 'metrics'] as const) {
  test(`where a newer copy has registered something before, ${signal} are lost, and that is told once`, () =>
    unregistered(async () => {
      copyOf('1.99.0').diag.setLogger(silent)
      const asked = { traces: [], metrics: [], logs: [], [signal]: ['console'] }
      const { sdk, told } = await startDemo({ asked })
      await sdk.close(0)
      const lost = told.filter(({ message }) => message.startsWith('No telemetry is recorded'))
      assert.equal(
        lost.map(({ level, message }) => [level, /one of them (\d+\.\d+\.\d+)/.exec(message)?.[1]]),
        [['warn', '1.99.0']],
      )
    }))
}

const ignore = () => {}
const silent = { error: ignore, warn: ignore, info: ignore, debug: ignore, verbose: ignore }

test.run()
