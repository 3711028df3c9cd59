/** `sidestream trace show` as it is typed. */
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { traceIdOf, traceLine } from '../telemetry/trace-lines.js'
import { folderOf, sidestream, start } from './sidestream.js'

const test = suite('trace show')

const server = 2
const lines = [
  traceLine('math', { trace: 'old', id: 'o', name: 'oldest', start: -1000, end: -990 }),
  ...Array.from({ length: 6 }, (_, n) =>
    traceLine('math', {
      trace: `t${n}`,
      id: `s${n}`,
      name: `call.${n}`,
      kind: server,
      start: 100 * n,
      end: 100 * n + 10 * (6 - n),
      ...(n === 2 ? { error: 'no luck', attributes: { 'rpc.status_code': '-32000' } } : {}),
    }),
  ),
]
const folder = folderOf({
  'traces.jsonl.1': `${lines[0]}\n`,
  'traces.jsonl': `${lines.slice(1).join('\n')}\n`,
})
const file = join(folder, 'traces.jsonl')

/** The first word of each trace. */
const names = (stdout: string): readonly string[] =>
  stdout
    .split('\n')
    .filter((line) => /^\S/.test(line))
    .map((line) => line.split(' ')[0] ?? '')
const show = (...args: readonly string[]) => sidestream(['trace', 'show', ...args])

test('draws the last five traces, the latest at the end, and tells that there are more', async () => {
  const { code, stdout, stderr } = await show(file)
  assert.is(code, 0)
  assert.equal(names(stdout), ['call.1', 'call.2', 'call.3', 'call.4', 'call.5'])
  assert.is(stderr, 'sidestream trace: These are 5 of 7 traces. --last N shows more\n')
  assert.ok(
    stdout.endsWith(
      [
        '',
        '',
        'call.5  10 ms  1 span  2026-11-27 15:04:05.500  74350000…',
        '    SERVER call.5 ▕██████████████████████████████████████████████████████▏ 10 ms',
        '',
      ].join('\n'),
    ),
    stdout,
  )
})

test('shows as many as it is told, also of files that were put aside', async () => {
  assert.equal(names((await show(file, '--last', '2')).stdout), ['call.4', 'call.5'])
  const all = await show(folder, '--last=100')
  assert.is(names(all.stdout)[0], 'oldest')
  assert.is(names(all.stdout).length, 7)
  assert.is(all.stderr, '')
})

test('shows those that are asked for', async () => {
  const { stdout } = await show(file, '--errors')
  assert.equal(names(stdout), ['call.2'])
  assert.match(stdout, /✗ SERVER call\.2 .*-32000 no luck\n/)

  assert.equal(names((await show(file, '--id', traceIdOf('t3').slice(0, 4))).stdout), ['call.3'])
  assert.equal(names((await show(file, '--id', '74330000…')).stdout), ['call.3'])
  assert.equal(names((await show(file, '--slow', '--last', '2')).stdout), ['call.0', 'call.1'])
  assert.equal(names((await show(file, '--min', '45ms')).stdout), ['call.0', 'call.1'])
})

test('prints an object for each trace', async () => {
  const { stdout } = await show(file, '--errors', '--json')
  assert.equal(JSON.parse(stdout), {
    traceId: traceIdOf('t2'),
    name: 'call.2',
    startedAt: '2026-11-27T15:04:05.200Z',
    durationMs: 40,
    errors: 1,
    spans: [
      {
        spanId: '7332000000000000',
        service: 'math',
        name: 'call.2',
        kind: 'SERVER',
        startMs: 0,
        durationMs: 40,
        attributes: { 'rpc.status_code': '-32000' },
        events: [],
        links: [],
        status: { code: 'ERROR', message: 'no luck' },
      },
    ],
  })
  assert.is((await show(file, '--json')).stdout.trimEnd().split('\n').length, 5)
})

test('draws as wide as it is told', async () => {
  const { stdout } = await show(file, '--last', '1', '--width', '50')
  assert.is(stdout.split('\n')[1], '    SERVER call.5 ▕████████████████████████▏ 10 ms')
})

test('reads stdin', async () => {
  const { code, stdout } = await sidestream(['trace', 'show', '-'], { stdin: lines.join('\n') })
  assert.is(code, 0)
  assert.equal(names(stdout), ['call.1', 'call.2', 'call.3', 'call.4', 'call.5'])
})

test('names linked spans of other traces', async () => {
  const links = [{ trace: 'one', id: 'a' }]
  const stdin = [
    traceLine('s', { trace: 'one', id: 'a', name: 'first try' }),
    traceLine('s', { trace: 'two', id: 'b', name: 'second try', start: 5, links }),
  ].join('\n')
  const { stdout } = await sidestream(['trace', 'show', '-'], { stdin })
  assert.match(stdout, '↪ linked to first try (trace 6f6e6500…)')
})

test('tells of lines that it could not read, and of finding nothing', async () => {
  const stdin = `{"resourceMetrics":[]}\n${lines[1]}\n${lines[2]?.slice(0, 99)}`
  const some = await sidestream(['trace', 'show', '-'], { stdin })
  assert.equal(names(some.stdout), ['call.0'])
  assert.is(
    some.stderr,
    'sidestream trace: 2 lines were skipped, as no traces or cut off: the first is stdin:1\n',
  )
  const none = await sidestream(['trace', 'show', '-'], { stdin: 'x' })
  assert.equal(none, {
    code: 0,
    stdout: '',
    stderr:
      'sidestream trace: 1 line was skipped, as no traces or cut off: stdin:1\nsidestream trace: No trace was found\n',
  })
})

test('says how to record traces when there are none', async () => {
  const unnamed = await sidestream(['trace', 'show'], { env: { XDG_STATE_HOME: folderOf({}) } })
  assert.is(unnamed.code, 64)
  assert.match(
    unnamed.stderr,
    'There are no traces yet. To record one: sidestream call ENGINE METHOD --trace',
  )
  const missing = await show(join(folder, 'none.jsonl'))
  assert.is(missing.code, 64)
  assert.match(
    missing.stderr,
    /none\.jsonl: there is no such file\. To record one: .*telemetry\.file\.path/,
  )
  assert.match((await show('4bf92f35')).stderr, 'Did you mean --id 4bf92f35?')
  assert.is((await show(folderOf({}))).code, 64)
})

test('says what is wrong with options', async () => {
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await show(file, ...args)
    assert.is(code, 64)
    return stderr
  }
  assert.match(
    await refused('--id', 'abc'),
    '--id is the beginning of a trace id, 4 to 32 hex digits, and not abc',
  )
  assert.match(await refused('--last', '0'), '--last is a number from 1 to 999999, and not 0')
  assert.match(await refused('--min', '5'), '--min is a time such as 200ms, 1.5s or 5m, and not 5')
  assert.match(await refused('--width', 'wide'), '--width is a number')
  assert.match(await refused('--slwo'), 'Did you mean --slow?')
  const { code, stderr } = await sidestream(['trace', 'shwo'])
  assert.is(code, 64)
  assert.match(
    (await sidestream(['trace'])).stderr,
    'What of traces? Such as: sidestream trace show',
  )
  assert.match(stderr, 'There is no verb trace shwo. Did you mean show?')
})

test('says why a file cannot be read', async () => {
  const { code, stdout, stderr } = await show('x'.repeat(300))
  assert.is(code, 70)
  assert.is(stdout, '')
  assert.match(stderr, 'sidestream trace: The traces cannot be read: ENAMETOOLONG')
})

test('ends quietly when its output is read no further', async () => {
  const { child, ran } = start(['trace', 'show', file], { stdin: '' })
  child.stdout.destroy()
  const { code, stderr } = await ran
  assert.is(code, 0)
  assert.not.match(stderr, 'EPIPE')
})

test.run()
