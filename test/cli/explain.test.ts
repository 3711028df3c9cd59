/** `sidestream explain` of black boxes that real faults have left. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filter, firstValueFrom, map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { explainText } from '../../src/cli/explain-text.js'
import { plain } from '../../src/cli/style.js'
import { type BlackBoxFile, supervise } from '../../src/host/index.js'
import { cli, folderOf, sidestream, tester } from './sidestream.js'

const test = suite('explain')
const home = folderOf({})
const env = { XDG_STATE_HOME: home }
const folder = join(home, 'sidestream', 'black-boxes')
const echo = fileURLToPath(new URL('../../samples/echo.ts', import.meta.url))

const once = { restart: { type: 'temporary' } } as const
const run = (path: string) => ({ command: process.execPath, args: [cli, 'run', path], ...once })
const eager = { every: '200ms', timeout: '200ms', misses: 2, blockedFor: '1s' } as const
const group = supervise({
  engines: {
    killed: { ...run(echo), liveness: { every: '50ms', timeout: '5s' } },
    exited: run(tester),
    hung: { ...run(echo), liveness: eager },
    frozen: { ...run(echo), liveness: eager },
    missing: { command: join(home, 'nothing') },
    late: { command: 'sleep', args: ['60'], startup: '200ms', ...once },
  },
  blackBoxes: { folder },
  runFolder: home,
})
/** Of each engine. */
const files = new Map<string, Promise<string>>()
for (const name of ['killed', 'exited', 'hung', 'frozen', 'missing', 'late']) {
  const written$ = group.events$.pipe(
    filter((event) => event.type === 'black-box' && event.engine === name),
    map((event) => (event.type === 'black-box' ? event.file : '')),
  )
  files.set(name, firstValueFrom(written$))
}

test.before(async () => {
  const pidOf = async (name: 'killed' | 'hung' | 'frozen'): Promise<number> => {
    await group.engine(name).request('echo')
    return group.status.find(({ key }) => key === name)?.pid as number
  }
  const lost = (call: Promise<unknown>): Promise<void> =>
    call.then(
      () => assert.unreachable(),
      () => {},
    )
  const killed = await pidOf('killed')
  const calls = [
    lost(group.engine('killed').request('hang', { text: 'x'.repeat(2000) })),
    lost(group.engine('exited').request('die')),
  ]
  await group.engine('killed').request('echo', { text: 'the last' })
  process.kill(killed, 'SIGKILL')
  process.kill(await pidOf('frozen'), 'SIGSTOP')
  await pidOf('hung')
  calls.push(lost(group.engine('hung').request('block', { ms: 60_000 })))
  await Promise.all([...calls, ...files.values()])
  await group.stop()
})

const explained = async (name: string): Promise<string> => {
  const { code, stdout, stderr } = await sidestream(
    ['explain', (await files.get(name)) as string],
    { env },
  )
  assert.is(code, 0)
  assert.is(stderr, '')
  return stdout
}

test('a kill: what it may have been, and the calls that it took along', async () => {
  const text = await explained('killed')
  assert.match(text, /^✗ killed ended: it was killed by SIGKILL \(signal\)\nOut of memory, likely/)
  assert.match(text, /\nprocess \d+, start 1, .*node\n/)
  assert.match(text, /\nCalls that were open\n {2}hang #\d+, for \d+ m?s\n/)
  assert.match(text, / → echo #(\d+)\n.* ← echo #\1 is answered\n/)
  assert.match(text, /-\d\.\d{3} s · state: gone\n/)
  assert.not.match(text, 'pong') // one that was open at the end is told
})

test('an exit code, with what was printed before', async () => {
  const text = await explained('exited')
  assert.match(text, /^✗ exited ended: it ended with exit code 3 \(exit\)\nIt ended by itself/)
  assert.match(text, /\nWhat it printed last\n(?: {2}.*\n)* {2}the disk is on fire\n/)
})

test('a blocked event loop, with the place', async () => {
  const text = await explained('hung')
  assert.match(
    text,
    /^✗ hung ended: its event loop was blocked for more than 1000 ms: it is in .* \(hang\)/,
  )
  assert.match(text, /\nWhere it was\n(?:.+\n)*.*echo\.ts:\d+/)
  assert.match(text, /Calls that were open\n {2}block #/)
})

test('a stopped process', async () => {
  const text = await explained('frozen')
  assert.match(
    text,
    /^✗ frozen ended: its process was stopped.*\(unresponsive\)\nNot even its watching/,
  )
  assert.match(text, /→ health\.check #\d+\n/) // it was not answered
})

test('an engine that never came to be', async () => {
  assert.match(
    await explained('missing'),
    /^✗ missing ended: it could not be started: there is no command .*\n\nno process, /s,
  )
  assert.match(
    await explained('late'),
    /^✗ late ended: it was not ready within 200 ms \(start_timeout\)/,
  )
})

test('the newest one, when none is named, and as JSON for programs', async () => {
  const names = await Promise.all(files.values())
  const newest = names.sort().at(-1) as string
  const { stdout } = await sidestream(['explain'], { stdin: '', env })
  assert.ok(stdout.endsWith(`\n\n${newest}\n`))
  assert.is((await sidestream(['explain', folder])).stdout, stdout)
  const json = await sidestream(['explain', '--json'], { stdin: '', env })
  const { explanation, ...box } = JSON.parse(json.stdout)
  assert.equal(box, JSON.parse(readFileSync(newest, 'utf8')))
  assert.match(explanation, `${box.key} ended after `)
})

test('says what is wrong with a file', async () => {
  const box = JSON.parse(readFileSync((await files.get('late')) as string, 'utf8'))
  const bad = folderOf({
    'list.json': '[]',
    'text.json': 'no',
    'newer.json': JSON.stringify({ ...box, version: 2 }),
    'part.json': JSON.stringify({ ...box, entries: [{ at: 'noon', kind: 'tick', text: '' }] }),
  })
  const refused = async (name: string): Promise<readonly [number | null, string]> => {
    const { code, stdout, stderr } = await sidestream(['explain', join(bad, name)])
    assert.is(stdout, '')
    return [code, stderr]
  }
  const [code, list] = await refused('list.json')
  assert.is(code, 64)
  assert.match(list, 'list.json is no black box: it: expected')
  assert.match((await refused('text.json'))[1], 'text.json is no black box: it is no JSON\n')
  assert.match((await refused('part.json'))[1], 'no black box: /entries/0/at: expected a time')
  assert.match((await refused('none.json'))[1], 'There is no file ')
  const [newer, text] = await refused('newer.json')
  assert.is(newer, 70)
  assert.match(text, 'newer.json was written by a newer Sidestream')
  mkdirSync(join(bad, 'empty'))
  assert.match((await refused('empty'))[1], 'There is no black box in ')
  assert.is((await sidestream(['explain'], { env: { XDG_STATE_HOME: bad } })).code, 64)
})

const second = (n: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, n)).toISOString()
const box: BlackBoxFile = {
  version: 1,
  engine: 'asr',
  key: 'asr#2',
  epoch: 3,
  pid: 4711,
  command: 'python3',
  startedAt: second(0),
  endedAt: second(59),
  reason: 'memory',
  message: 'It used 900 MiB of memory',
  end: { how: 'killed', signal: 'SIGKILL' },
  entries: [],
  stderr: '',
}
const linesOf = (facts: Partial<BlackBoxFile>): readonly string[] =>
  explainText({ ...box, ...facts }, plain, 80).split('\n')

test('shortens messages to what they are about', () => {
  const entry = (kind: '<' | '>', value: object, n: number) =>
    ({ at: second(n), kind, text: JSON.stringify(value) }) as const
  const long = `{"jsonrpc":"2.0","id":"a","method":"transcribe","params":{"method":"no","audio":"xxx… (9 characters)`
  const lines = linesOf({
    entries: [
      { at: second(1), kind: '>', text: long },
      entry('<', { method: '$/progress', params: { token: 'a' } }, 2),
      entry('<', { method: '$/progress', params: { token: 'a' } }, 3),
      entry('<', { id: 1, method: 'host.name' }, 4),
      entry('>', { id: 1, result: 'me' }, 5),
      entry('>', { id: 1, method: 'add' }, 6),
      entry('<', { id: 1, error: { code: -32603, message: 'no\nluck' } }, 7),
      entry('>', { id: 2, method: 'health.check' }, 8),
      entry('<', { id: 2, result: { status: 'ok' } }, 9),
      {
        at: second(9),
        kind: 'tick',
        text: '{"status":"degraded","inFlight":1,"eventLoop":{"p99Ms":12.6,"blockedMs":40},"memory":{"rssBytes":58000000,"heap',
      },
    ],
  })
  const start = lines.indexOf('The last of its time')
  assert.equal(lines.slice(start + 1), [
    ' -58.000 s → transcribe #"a"',
    ' -56.000 s ← $/progress (2 times)',
    ' -55.000 s ← host.name #1',
    ' -54.000 s → host.name #1 is answered',
    ' -53.000 s → add #1',
    ' -52.000 s ← add #1 failed: no\\nluck',
    ' -50.000 s ♥ degraded, 1 open, 58 MB, event loop p99 13 ms, longest 40 ms',
  ])
  assert.ok(lines.includes('  transcribe #"a", for 58.0 s'))
  assert.ok(lines.includes('asr, process 4711, start 3, python3'))
})

test('shows the last lines of stderr as they are read best', () => {
  const lines = linesOf({
    stderr: [
      ...Array.from({ length: 20 }, (_, n) => `early ${n}`),
      '{"level":40,"time":1769860800000,"pid":1,"msg":"low on memory","left":3}',
      '{"level":"error","msg":"no time"}',
      '\x1b[31mred\x1b[0m \x07bell',
    ].join('\n'),
  })
  assert.equal(lines.slice(-3), [
    '  12:00:00.000 WARN  low on memory left=3',
    '  ERROR no time',
    '  red  bell',
  ])
  assert.not.ok(lines.includes('  early 1'))
})

test('has words for every reason, and keeps within the width', () => {
  const reasons = [
    'exit',
    'signal',
    'failed_to_start',
    'start_timeout',
    'stdout_eof',
    'stdin_closed',
    'unreadable',
    'unresponsive',
    'hang',
    'silent',
    'memory',
    'stopped',
  ] as const
  const texts = reasons.map((reason) => linesOf({ reason }))
  for (const lines of texts)
    assert.ok(
      lines.every(({ length }) => length <= 80),
      lines.join('\n'),
    )
  assert.is(new Set(texts.map((lines) => lines[1])).size, reasons.length)
})

test.run()
