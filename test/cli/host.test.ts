/** `sidestream host` with real engines. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli, folderOf, packageUrl, sidestream, start, tester } from './sidestream.js'
import { hasTerminals, onTerminal } from './terminal.js'

const test = suite('host')
const home = folderOf({})
const env = { XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home }

type Line = Readonly<Record<string, unknown>>

const hosted = (...args: readonly string[]) => {
  const running = start(['host', ...args], { env })
  let text = ''
  running.child.stdout.on('data', (chunk: string) => {
    text += chunk
  })
  const lines = (): readonly Line[] =>
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  /** Resolves with the pid. */
  const ready = async (key: string, epoch = 1): Promise<number> => {
    await running.printed(`"key":"${key}","epoch":${epoch},"pid"`)
    const line = lines().find((it) => it['type'] === 'ready' && it['key'] === key)
    return line?.['pid'] as number
  }
  const told = (key: string): readonly unknown[] =>
    lines()
      .filter((it) => it['key'] === key && it['type'] !== 'black-box') // written beside the rest
      .map(({ type }) => type)
  return { ...running, lines, ready, told }
}

let configs = 0
const configOf = (text: string): string => {
  configs += 1
  const file = join(home, `engines-${configs}.json`)
  writeFileSync(file, text)
  return file
}
const configText = (host: unknown): string => JSON.stringify({ host })

test('keeps engines running, and tells each change as a line of JSON', async () => {
  const { child, ran, lines, ready, told } = hosted(`first=${tester}`, tester)
  await ready('tester')
  process.kill(await ready('first'), 'SIGKILL')
  await ready('first', 2)
  child.kill('SIGTERM')
  const { code, stderr } = await ran
  assert.is(code, 0)
  assert.is(stderr, '')
  assert.equal(told('first'), [
    'starting',
    'ready',
    'ended',
    'restarting',
    'starting',
    'ready',
    'ended',
  ])
  assert.equal(told('tester'), ['starting', 'ready', 'ended'])
  assert.equal(
    lines()
      .filter(({ type }) => type === 'ended')
      .map(({ reason }) => reason)
      .sort(),
    ['signal', 'stopped', 'stopped'],
  )
  assert.ok(lines().every(({ time }) => new Date(`${time}`).toISOString() === time))
  const [first] = lines()
    .filter(({ type }) => type === 'state')
    .map(({ engines }) => (engines as readonly Line[])[0])
    .filter((it) => it?.['readyAt'] !== undefined)
    .slice(-1)
  assert.is(first?.['restarts'], 1)
  assert.match(`${first?.['readyAt']}`, /^20.*Z$/)
  assert.equal(
    lines()
      .slice(-1)
      .map(({ type }) => type),
    ['stopped'],
  )
})

test('passes on what engines log, and stops them at Ctrl-C, the last one first', async () => {
  const module = `import { engine } from '${packageUrl}'
    console.error('hello')
    export default engine({ name: 'chatty', version: '1.0.0', methods: {} })`
  const chatty = join(folderOf({ 'chatty.js': module }), 'chatty.js')
  const { child, ran, lines, ready } = hosted(
    tester,
    chatty,
    '--strategy=rest_for_one',
    '--pool=chatty=2',
  )
  const pid = await ready('chatty#1')
  await ready('chatty#2')
  child.kill('SIGINT')
  const { code, stderr } = await ran
  assert.is(code, 0)
  const logged = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { level, engine, msg } = logged.find((it) => it.pid === pid)
  assert.equal([level, engine, msg], [50, 'chatty', 'hello'])
  assert.is(logged.length, 2)
  const ends = lines()
    .filter(({ type }) => type === 'ended')
    .map(({ engine }) => engine)
  assert.equal(ends, ['chatty', 'chatty', 'tester'])
  assert.is(lines().find(({ type }) => type === 'stopping')?.['signal'], 'SIGINT')
})

test('kills them at the second Ctrl-C', async () => {
  const { child, printed, ran, ready } = hosted(tester)
  process.kill(await ready('tester'), 'SIGSTOP')
  child.kill('SIGINT')
  await printed('"stopping"')
  const killedAt = performance.now()
  child.kill('SIGINT')
  assert.is((await ran).code, 130)
  assert.ok(performance.now() - killedAt < 4000) // step by step it would take longer
})

test('ends when an engine comes to nothing before any was ready, and tells why', async () => {
  const startFailures = { most: 1, within: '1m' }
  const restart = { backoff: { base: 1 }, startFailures }
  const broken = join(folderOf({ 'broken.js': "throw new Error('boom')" }), 'broken.js')
  const engines = { broken: { command: process.execPath, args: [cli, 'run', broken], restart } }
  const { code, stdout, stderr } = await sidestream(
    ['host', '--config', configOf(configText({ engines }))],
    {
      env,
    },
  )
  assert.is(code, 70)
  assert.match(stdout, '"type":"quarantined"')
  assert.match(
    stderr,
    'The engine broken was started 2 times, and is not started again. It ended with exit code 70.\n',
  )
  assert.match(stderr, /What it printed last:\n(?: {2}.*\n)* {2}Error: boom\n/)
  assert.match(stderr, `See how it does alone: sidestream health ${broken}\n`)
  const nothing = await sidestream(
    [
      'host',
      tester,
      '--config',
      configOf(configText({ engines: { gone: { command: './nothing' } } })),
    ],
    { env },
  )
  assert.is(nothing.code, 70)
  assert.match(
    nothing.stderr,
    'The engine gone was started, and is not started again. It could not be started: there is no command ./nothing.\n',
  )
  assert.match(nothing.stderr, 'alone: ./nothing\n')
})

test('ends well when all engines have ended for good', async () => {
  const done = { command: process.execPath, args: ['-e', ''], restart: { type: 'transient' } }
  const { code, stdout, stderr } = await sidestream(
    [
      'host',
      '--config',
      configOf(configText({ engines: { done, doneInPool: { ...done, pool: 2 } } })),
    ],
    { env },
  )
  assert.is(code, 0)
  assert.is(stderr, '')
  assert.is(stdout.match(/"type":"ended"/g)?.length, 3)
})

test('takes no config that it does not understand, and names the place', async () => {
  const refused = async (config: string): Promise<string> => {
    const { code, stdout, stderr } = await sidestream(['host', '--config', configOf(config)], {
      env,
    })
    assert.is(code, 78)
    assert.is(stdout, '')
    return stderr
  }
  assert.match(
    await refused('{\n"host": {}\n"log": 1}'),
    /^sidestream host: .*engines-\d\.json:3:1: /,
  )
  const faults = {
    stratgy: 'one_for_one',
    engines: {
      a: { comand: 'x', restart: { backof: {}, backoff: { bas: 1 } } },
      b: { command: 'x', startup: 'soon', pool: { mim: 1 }, restart: { type: 'always' } },
    },
  }
  const told = await refused(configText(faults))
  for (const line of [
    '.json:1:10: host.stratgy: there is no such setting. Did you mean host.strategy?\n',
    ' host.engines.a.command: it has to be set: in the config file',
    ' host.engines.a.comand: there is no such setting. Did you mean host.engines.a.command?\n',
    ' host.engines.a.restart.backof: there is no such setting. Did you mean host.engines.a.restart.backoff?\n',
    ' host.engines.a.restart.backoff.bas: there is no such setting. Did you mean host.engines.a.restart.backoff.base?\n',
    ' host.engines.b.startup: expected a duration such as 500ms, 30s, 5m or 1h, found "soon"\n',
    ' host.engines.b.pool.mim: there is no such setting. Did you mean host.engines.b.pool.min?\n',
    ' host.engines.b.restart.type: expected "permanent" | "transient" | "temporary", found "always"\n',
  ])
    assert.ok(told.includes(line), `${line} is not in ${told}`)
  assert.match(
    await refused(configText({ engines: { a: { command: 'x', pool: 0 } } })),
    'json: host: The engine a: pool wants a number',
  )
  const { code, stderr } = await sidestream(['host', '--config', './nowhere.json'], { env })
  assert.is(code, 78)
  assert.match(stderr, 'sidestream host: nowhere.json: there is no such file')
})

test('refuses what cannot be started, before anything is', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sidestream(['host', ...args], { env })
    assert.is(code, 64)
    assert.is(stdout, '')
    return stderr
  }
  assert.match(await refused(), 'Which engines?')
  assert.match(await refused(tester, './nowhere.js'), 'There is no engine at ./nowhere.js')
  assert.match(await refused(`a=${tester}`, `a=${tester}`), 'There are two engines named a.')
  assert.match(await refused(tester, '--strategy', 'one_for_al'), 'Did you mean one_for_all?')
  assert.match(await refused(tester, '--pool', '0'), '--pool is a number')
  assert.match(await refused(tester, '--pool', 'teste=2'), 'no engine teste. Did you mean tester?')
})

test('ends quietly when nobody reads its output any more', async () => {
  const { child, ran, ready } = hosted(tester)
  const pid = await ready('tester')
  child.stdout.destroy()
  process.kill(pid, 'SIGKILL') // for something to tell
  const { code, stderr } = await ran
  assert.is(stderr, '')
  assert.is(code, 0)
})

test('draws a table on a terminal, with what happens above it', async () => {
  if (!hasTerminals) return
  const { child, ran, printed } = onTerminal(['host', `one=${tester}`], env)
  const [, pid] = await printed(/\none {5}<32>ready<39> {2} *(\d+) {2}\d+s {9}0 /)
  process.kill(Number(pid), 'SIGKILL')
  await printed(/WARN .*<0> was killed by SIGKILL\n/)
  await printed(/ └ was killed by SIGKILL/)
  await printed(/\none {5}<32>ready<39> {2} *\d+ {2}\d+s {9}1 /)
  child.stdin.write('\x03')
  const { code, stdout } = await ran
  assert.is(code, 0)
  assert.match(stdout, /has stopped\nAll engines have stopped\.\n[^\n]*$/)
})

test.run()
