/** `sidestream transcribe` when something ends it, or its engine, or there is no room. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cli } from './sidestream.js'
import { hasTerminals, onTerminal } from './terminal.js'
import { events, helloSrt, listener, type Studio, studio } from './transcribing.js'

const test = suite('transcribe, faults')
/** One that has ended and that nobody has asked for does not count. */
const isAlive = (pid: number): boolean => {
  if (process.platform === 'linux') return existsSync(`/proc/${pid}/exe`)
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
/** Resolves when it has ended. */
const gone = async (pid: number): Promise<void> => {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}
const pidOf = (place: Studio): number => Number(place.read('pid'))
/** A place whose second of three files takes for ever. */
const atWork = (): { readonly place: Studio; readonly files: readonly string[] } => {
  const place = studio()
  place.record('a.mp3')
  place.record('b.mp3', { does: 'wait', pid: place.path('pid') })
  place.record('c.mp3')
  return { place, files: ['a.mp3', 'b.mp3', 'c.mp3'].map(place.path) }
}
const atB = (files: readonly string[]): string => `"type":"progress","file":"${files[1]}"`

test('Ctrl-C cancels, leaves no engine and no half file, and the same again goes on', async () => {
  const { place, files } = atWork()
  const { child, printed, ran } = place.start(...files, '--json')
  await printed(atB(files))
  child.kill('SIGINT')
  const { code, stdout, stderr } = await ran
  assert.is(code, 130)
  assert.is(stderr, '')
  assert.not(isAlive(pidOf(place)))
  const told = events(stdout)
  assert.is(
    told.find(({ type }) => type === 'stopping')?.['why'],
    'Stopping. Ctrl-C once more kills the engine.',
  )
  const { time: _, ...end } = told.at(-1) ?? {}
  assert.equal(end, { type: 'end', done: 1, skipped: 0, failed: 0, left: 2 })
  assert.equal(
    readdirSync(place.folder).filter((name) => /srt|tmp/.test(name)),
    ['a.srt'],
  )
  place.record('b.mp3')
  const again = await place.start(...files).ran
  assert.is(again.code, 0)
  assert.match(again.stderr, '2 transcribed, 1 done before\n')
})

test('SIGTERM ends it as well, with its own exit code', async () => {
  const { place, files } = atWork()
  const { child, printed, ran } = place.start(...files, '--json')
  await printed(atB(files))
  child.kill('SIGTERM')
  assert.is((await ran).code, 143)
  assert.not(isAlive(pidOf(place)))
})

test('the second Ctrl-C kills an engine that hears of nothing', async () => {
  const { place, files } = atWork()
  const { child, printed, ran } = place.start(...files, '--json')
  await printed(atB(files))
  process.kill(pidOf(place), 'SIGSTOP')
  child.kill('SIGINT')
  await printed('"Stopping.')
  child.kill('SIGINT')
  const { code, stdout } = await ran
  assert.is(code, 130)
  assert.match(stdout, '"Killing the engine."')
  assert.not(isAlive(pidOf(place)))
})

test('a killed run leaves no engine, and the same again goes on', async () => {
  const { place, files } = atWork()
  const { child, printed, ran } = place.start(...files, '--json')
  await printed(atB(files))
  child.kill('SIGKILL')
  await ran
  await gone(pidOf(place))
  assert.is(place.read('a.srt'), helloSrt)
  place.record('b.mp3')
  const again = await place.start(...files).ran
  assert.is(again.code, 0)
  assert.match(again.stderr, '2 transcribed, 1 done before\n')
})

test('half a line in the journal costs that line only', async () => {
  const place = studio()
  const journal = 'state/sidestream/transcripts.jsonl'
  for (const name of ['a.mp3', 'b.mp3']) place.record(name)
  await place.start(place.path('a.mp3')).ran
  writeFileSync(place.path(journal), `${place.read(journal)}{"path":"/x","wri`)
  await place.start(place.path('b.mp3')).ran
  const { stdout } = await place.start(place.path('a.mp3'), place.path('b.mp3'), '--json').ran
  assert.equal(
    events(stdout).map(({ type }) => type),
    ['skipped', 'skipped', 'end'],
  )
})

test('an engine that goes away under a file gets it once more', async () => {
  const place = studio()
  place.record('a.mp3', { does: 'die once' })
  place.record('b.mp3')
  const { code, stderr } = await place.start(place.path('a.mp3'), place.path('b.mp3')).ran
  assert.is(code, 0, stderr)
  assert.match(stderr, /\n! .*a\.mp3 is begun once more: The engine was killed by SIGKILL: /)
  assert.match(stderr, '2 transcribed\n')
  assert.is(place.read('a.srt'), helloSrt)
})

test('files that bring the engine down cost only themselves, however many', async () => {
  const place = studio()
  const deadly = ['1', '2', '3', '4', '5', '6'].map((name) => `${name}.mp3`)
  for (const name of deadly) place.record(name, { does: 'die' })
  place.record('good.mp3')
  const files = [...deadly, 'good.mp3'].map(place.path)
  const { code, stderr } = await place.start(...files).ran
  assert.is(code, 1)
  assert.match(stderr, /✗ .*6\.mp3: The engine was killed by SIGKILL: .* \(EngineGone\)\n/)
  assert.match(stderr, '1 transcribed, 6 failed\n')
  assert.is(place.read('good.srt'), helloSrt)
})

test('ends quietly when nobody reads its output any more, and leaves no engine', async () => {
  const { place, files } = atWork()
  const { child, printed, ran } = place.start(...files, '--json')
  await printed('"type":"engine"')
  child.stdout.destroy()
  const { code, stderr } = await ran
  assert.is(stderr, '')
  assert.is(code, 74, 'not all is done')
  assert.not(existsSync(place.path('pid')) && isAlive(pidOf(place)))
})

test('an output folder that cannot be written to is told before anything is begun', async () => {
  const place = studio()
  place.record('a.mp3')
  const { code, stdout } = await place.start(
    place.path('a.mp3'),
    '--json',
    '--output=/proc/nowhere',
  ).ran
  assert.is(code, 74)
  const [failed] = events(stdout)
  assert.is(failed?.['kind'], 'OutputFailed')
  assert.match(`${failed?.['message']}`, '/proc/nowhere/a.srt could not be written: ')
})

for (const [what, ...args] of [
  ['a transcript', '--output=-'],
  ['events', '--json'],
] as const) {
  test(`${what} for a stdout that takes nothing: code 74`, () => {
    if (!existsSync('/dev/full')) return
    const place = studio()
    place.record('a.mp3')
    const words = ['transcribe', '--engine', listener, place.path('a.mp3'), ...args]
    const line = [process.execPath, cli, ...words, '>/dev/full'].join(' ')
    const { status, stderr } = spawnSync('sh', ['-c', line], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...place.env },
    })
    assert.is(status, 74)
    assert.match(stderr, 'sidestream: The output could not be written: ENOSPC')
  })
}

const folder = mkdtempSync(join(tmpdir(), 'sidestream-disk-'))
test.after(() => rmSync(folder, { recursive: true }))
const mount = `mount -t tmpfs -o size=64k tmpfs ${folder}`
const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', mount]).status === 0
if (!canMount) console.error('Not run here: a full disk, which needs `unshare -rm` and a tmpfs')

if (canMount) {
  test('a full disk is told of, leaves no half file, and ends the run', () => {
    const place = studio()
    const text = 'word '.repeat(20_000)
    place.record('a.mp3', { segments: [{ start: 0, end: 4, text }] })
    place.record('b.mp3')
    const files = [place.path('a.mp3'), place.path('b.mp3')]
    const args = [
      'transcribe',
      '--engine',
      listener,
      '--output',
      folder,
      '--format',
      'txt',
      ...files,
    ]
    const line = `${mount} && ${[process.execPath, cli, ...args].join(' ')}; code=$?; ls -A ${folder}; exit $code`
    const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', line], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...place.env },
    })
    assert.is(status, 74)
    assert.match(
      stderr,
      /✗ .*a\.mp3: .*a\.txt could not be written: the disk is full \(OutputFailed\)\n {2}Make room/,
    )
    assert.match(stderr, '0 transcribed, 1 failed, 1 left')
    assert.is(stdout, '')
  })
}

if (hasTerminals) {
  test('draws a bar for each file on a terminal, with lines above it', async () => {
    const place = studio()
    place.record('good.mp3')
    for (const name of ['a.mp3', 'b.mp3']) place.record(name, { does: 'wait' })
    const files = ['good.mp3', 'a.mp3', 'b.mp3'].map(place.path)
    const args = ['transcribe', '--engine', listener, '--jobs=2', ...files]
    const { child, ran, printed } = onTerminal(args, place.env)
    await printed(/<32>✓<39> .*good\.mp3 → .*good\.srt/)
    const row = (name: string): string =>
      `\n\\S*${name} {2}<36>━+<39><2>─+<22> {2}62 % {2}<2>\\d+(\\.\\d+)?× {2}0s left<22>`
    const hint = '\n<2>1 of 3 done · Ctrl-C stops, the same again goes on<22>\n'
    await printed(new RegExp(`${row('a.mp3')}${row('b.mp3')}${hint}`))
    child.stdin.write('\x03')
    const { code, stdout } = await ran
    assert.is(code, 130)
    assert.match(stdout, /\n1 transcribed, 2 left: the same again goes on with them\n[^\n]*$/)
  })
}

test.run()
