/** The table of `sidestream host`, at every width. */
import { stripVTControlCharacters } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { statusTable } from '../../src/cli/status-table.js'
import { coloured, plain } from '../../src/cli/style.js'
import type { MemberStatus } from '../../src/host/status.js'

const test = suite('status table')

const member = (key: string, facts: Partial<MemberStatus>): MemberStatus => ({
  key,
  engine: key,
  state: 'ready',
  pid: undefined,
  readyAt: undefined,
  startsAt: undefined,
  restarts: 0,
  inFlight: 0,
  p99Ms: undefined,
  rssBytes: undefined,
  lastEnd: undefined,
  ...facts,
})
const killed = { reason: 'signal', message: 'It was killed by SIGKILL', stderr: [] } as const
const now = 1_000_000
const members = [
  member('asr', { pid: 4711, readyAt: now - 3_725_000, inFlight: 3, p99Ms: 12.4, rssBytes: 58e6 }),
  member('vad', { state: 'backoff', startsAt: now + 1234, restarts: 12, lastEnd: killed }),
]
const table = (columns: number, rows = 24): readonly string[] =>
  statusTable(members, now, { columns, rows }, plain)

test('shows all there is, with the last error beside where there is room', () => {
  assert.equal(table(120), [
    'engine  state           pid     up  restarts  calls    p99  memory  last error',
    'asr     ready          4711  1h02m         0      3  12 ms   58 MB',
    'vad     backoff 1.2 s     -      -        12      0      -       -  was killed by SIGKILL',
  ])
})

test('puts the last error below, and leaves out what matters least, where there is not', () => {
  assert.equal(table(80), [
    'engine  state           pid     up  restarts  calls    p99  memory',
    'asr     ready          4711  1h02m         0      3  12 ms   58 MB',
    'vad     backoff 1.2 s     -      -        12      0      -       -',
    '  └ was killed by SIGKILL',
  ])
  assert.equal(table(50), [
    'engine  state           pid     up  restarts',
    'asr     ready          4711  1h02m         0',
    'vad     backoff 1.2 s     -      -        12',
    '  └ was killed by SIGKILL',
  ])
})

test('never fills a line, whatever the width and the texts', () => {
  const message = 'It said \x1b[31mred\n and more '.repeat(9)
  const many = [...members, member('x'.repeat(200), { lastEnd: { ...killed, message } })]
  for (let columns = 20; columns < 250; columns += 1) {
    for (const line of statusTable(many, now, { columns, rows: 24 }, coloured)) {
      const shown = stripVTControlCharacters(line)
      assert.ok(shown.length < columns, `${columns}: ${shown}`)
      assert.not.match(shown, '\n')
    }
  }
})

test('says how many rows there is no room for', () => {
  const many = Array.from({ length: 9 }, (_, n) => member(`e${n}`, {}))
  const lines = statusTable(many, now, { columns: 80, rows: 5 }, plain)
  assert.is(lines.length, 5)
  assert.is(lines.at(-1), 'and 6 more')
  assert.is(statusTable(many, now, { columns: 80, rows: 10 }, plain).length, 10)
})

test('colours states', () => {
  const states = ['ready', 'busy', 'quarantined', 'stopped'] as const
  const lines = statusTable(
    states.map((state) => member(state, { state })),
    now,
    { columns: 80, rows: 24 },
    coloured,
  )
  assert.match(lines[1] as string, '\x1b[32mready')
  assert.match(lines[2] as string, '\x1b[33mbusy')
  assert.match(lines[3] as string, '\x1b[31mquarantined')
  assert.match(lines[4] as string, '\x1b[2mstopped')
})

test.run()
