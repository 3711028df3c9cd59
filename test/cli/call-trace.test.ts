/** `sidestream call --trace` with real engines. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf, sidestream, tester } from './sidestream.js'

const test = suite('call --trace')

/** Names of the lines of a waterfall. */
const namesIn = (stderr: string): string[] =>
  stderr
    .split('\n')
    .filter((line) => line.includes('▕'))
    .map((line) => line.slice(0, line.indexOf('▕')).trim().replace(/\s+/g, ' '))

test('shows where the time went, with the start of the engine, beside the result', async () => {
  const state = folderOf({})
  const env = { XDG_STATE_HOME: state }
  const params = '{"a": 1, "b": 2}'
  const traced = ['call', tester, 'add', params, '--trace']
  const { code, stdout, stderr } = await sidestream(traced, { env })
  assert.is(code, 0)
  assert.is(stdout, '3\n')
  for (const name of ['sidestream call', 'start', 'CLIENT add', 'SERVER add'])
    assert.is(namesIn(stderr).filter((it) => it.endsWith(name)).length, 1, `${name}: ${stderr}`)

  const file = join(state, 'sidestream', 'traces.jsonl')
  assert.is(statSync(file).mode & 0o777, 0o600)
  await sidestream(traced, { env })
  const all = await sidestream(['trace', 'show', '--json'], { env })
  const traces = all.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(
    traces.map(({ name, spans }) => [name, spans.length]),
    [
      ['sidestream call', 4],
      ['sidestream call', 4],
    ],
  )
})

test('shows the trace of a call that failed, and ends as without it', async () => {
  const env = { XDG_STATE_HOME: folderOf({}) }
  const plain = await sidestream(['call', tester, 'nothing'], { env })
  const { code, stdout, stderr } = await sidestream(['call', tester, 'nothing', '--trace'], { env })
  assert.is(code, plain.code)
  assert.is(stdout, plain.stdout)
  assert.ok(stderr.startsWith(plain.stderr), stderr)
  assert.ok(
    namesIn(stderr).some((name) => name.endsWith('✗ CLIENT nothing')),
    stderr,
  )
  assert.ok(stderr.includes('-32601'), stderr)
})

test('says so when nothing was kept', async () => {
  const env = { XDG_STATE_HOME: folderOf({}), OTEL_SDK_DISABLED: 'true' }
  const { code, stderr } = await sidestream(['call', tester, 'echo', '{"a": 1}', '--trace'], {
    env,
  })
  assert.is(code, 0)
  assert.is(stderr, 'sidestream: No trace was kept, as OTEL_SDK_DISABLED asks for\n')
})

test('keeps all of the trace, whatever the variables ask for otherwise', async () => {
  const sampler = { OTEL_TRACES_SAMPLER: 'always_off', OTEL_PROPAGATORS: 'none' }
  const env = { XDG_STATE_HOME: folderOf({}), ...sampler }
  const { stderr } = await sidestream(['call', tester, 'echo', '{"a": 1}', '--trace'], { env })
  assert.ok(
    namesIn(stderr).some((name) => name.endsWith('SERVER echo')),
    stderr,
  )
})

test('draws from the file that traces go to anyway', async () => {
  const folder = folderOf({})
  const file = join(folder, 'mine.jsonl')
  const state = join(folder, 'state')
  const set = ['--set', `telemetry.file.path=${file}`]
  const { stderr } = await sidestream(['call', tester, 'echo', '{"a": 1}', '--trace', ...set], {
    env: { XDG_STATE_HOME: state },
  })
  assert.ok(
    namesIn(stderr).some((name) => name.endsWith('SERVER echo')),
    stderr,
  )
  assert.ok(readFileSync(file, 'utf8').includes('"echo"'))
  assert.not.ok(existsSync(state))
})

test('says which file could not be written', async () => {
  const env = { XDG_STATE_HOME: '/dev/null/state' }
  const { code, stdout, stderr } = await sidestream(
    ['call', tester, 'echo', '{"a": 1}', '--trace'],
    { env },
  )
  assert.is(code, 0)
  assert.is(stdout, '{ "a": 1 }\n')
  const file = '/dev/null/state/sidestream/traces.jsonl'
  assert.match(stderr, `sidestream: The trace is not in ${file}, which could not be written\n`)
})

/** A port that refuses, and one that never answers. */
const silent = createServer(() => {})
test.before(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)))
test.after(() => {
  silent.closeAllConnections()
  silent.close()
})

for (const [what, port] of [
  ['refuses', () => 1],
  ['is silent', () => (silent.address() as AddressInfo).port],
] as const)
  test(`a collector that ${what} does not keep the command`, async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port()}` }
    const beganAt = performance.now()
    const { code, stdout, stderr } = await sidestream(['call', tester, 'echo', '{"a": 1}'], { env })
    const tookMs = performance.now() - beganAt
    assert.is(code, 0)
    assert.is(stdout, '{ "a": 1 }\n')
    assert.match(stderr, /sidestream: Telemetry was not delivered/)
    assert.ok(tookMs < 8000, `${tookMs} ms`) // OpenTelemetry by itself would go on for ten seconds
  })

test('says what is wrong with what was typed before anything is watched', async () => {
  const state = folderOf({})
  const env = { XDG_STATE_HOME: state }
  const { code, stderr } = await sidestream(['call', './none.js', 'add', '--trace'], { env })
  assert.is(code, 64)
  assert.match(stderr, /^sidestream call: There is no engine at/)
  assert.not.ok(existsSync(join(state, 'sidestream')))
})

test('without it and without OTEL variables, nothing is written', async () => {
  const state = folderOf({})
  await sidestream(['call', tester, 'echo'], { env: { XDG_STATE_HOME: state } })
  assert.not.ok(existsSync(join(state, 'sidestream')))
})

test.run()
