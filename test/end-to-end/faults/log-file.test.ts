/** T18 to T22: the log of an engine in a file, when the process is ended and when the disk is full. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, type LogRecord } from '../engine-process.js'

const test = suite('the log file of an engine')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-log-'))
test.after.each(endAll)
test.after(() => rmSync(folder, { recursive: true }))

const engineFile = new URL('./engines/logging.js', import.meta.url).pathname
const repeat = Number(process.env['REPEAT'] ?? 1)

let files = 0
const started = (options: ConstructorParameters<typeof EngineProcess>[1] = {}, file?: string) => {
  files += 1
  const path = file ?? join(folder, `${files}.log`)
  const engine = new EngineProcess(engineFile, {
    ...options,
    args: ['--set', `log.file.path=${path}`],
  })
  let id = 0
  const call = async (method: string, params?: unknown) => {
    id += 1
    engine.send({ id, method, params })
    return (await engine.reply(id)).result
  }
  const records = (): readonly LogRecord[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  const numbers = () =>
    records()
      .filter(({ msg }) => msg === 'a line')
      .map(({ n }) => n)
  return { engine, call, records, numbers, path }
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

for (let round = 1; round <= repeat; round += 1) {
  test(`T18: SIGTERM loses no line, round ${round}`, async () => {
    const { engine, call, numbers, records } = started()
    await call('log', { from: 0, to: 5000 })
    engine.kill('SIGTERM')
    assert.equal(await engine.exit, { code: 0, signal: null })
    assert.equal(numbers(), upTo(5000))
    assert.is(records().at(-1)?.['msg'], 'engine stopped')
  })

  test(`T18: of an unread stderr, all is in the file, round ${round}`, async () => {
    const { engine, call, numbers } = started({ unread: ['stderr'] })
    for (let from = 0; from < 5000; from += 500) await call('log', { from, to: from + 500 })
    engine.end()
    engine.read('stderr')
    await engine.exit
    assert.equal(numbers(), upTo(5000))
  })

  test(`T19: kill -9 loses no line that an answer came after, round ${round}`, async () => {
    const { engine, call, numbers, records } = started()
    await call('log', { from: 0, to: 200 })
    await engine.record('a line') // by then the log is open; what waits for it is as old as a start
    await call('log', { from: 200, to: 2000 })
    engine.kill('SIGKILL')
    assert.is((await engine.exit).signal, 'SIGKILL')
    assert.equal(numbers(), upTo(2000))
    assert.is(records()[0]?.['msg'], 'engine ready')
  })
}

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status === 0

/** On a disk of its own, which only the engine can see. */
const onSmallDisk = () => {
  const disk = mkdtempSync(join(folder, 'disk-'))
  const before = `mount -t tmpfs -o size=256k tmpfs ${disk}`
  const path = join(disk, 'engine.log')
  // What the shell is to do first, it does where it redirects something.
  return { ...started({ before, redirect: '2>&2' }, path), ballast: join(disk, 'ballast') }
}

if (canMount) {
  test('T20, T22: a full disk is told of once on stderr, calls are answered, and lines come again with space', async () => {
    const { engine, call, ballast, path } = onSmallDisk()
    await call('log', { from: 0, to: 10 })
    assert.is(await call('fill', { file: ballast }), true)
    assert.is(await call('log', { from: 10, to: 1000 }), 1000)
    const { level, failed, code } = await engine.record('The log file does not take lines')
    assert.equal([level, failed, code], [40, 'write', 'ENOSPC'])
    assert.is(await call('log', { from: 1000, to: 1100 }), 1100)
    await call('free', { file: ballast })
    await call('log', { from: 1100, to: 1101 })
    const inside = `/proc/${engine.pid}/root${path}`
    const lines = readFileSync(inside, 'utf8').trimEnd().split('\n')
    const read = lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as LogRecord]
      } catch {
        return [] // at most the one that filled the disk
      }
    })
    assert.ok(lines.length - read.length <= 1)
    const dropped = read.find((record) => 'dropped' in record)
    assert.is(read.length - 1 + Number(dropped?.['dropped']), 1102) // 'engine ready' and the lines
    assert.is(read.filter(({ n }) => n === 1100).length, 1)
    const warnings = engine.records.filter(({ msg }) => msg === 'The log file does not take lines')
    assert.is(warnings.length, 1)
    engine.end()
    assert.equal(await engine.exit, { code: 0, signal: null })
  })

  test('T21: a full disk delays no end', async () => {
    const { engine, call, ballast } = onSmallDisk()
    assert.is(await call('fill', { file: ballast }), true)
    await call('log', { from: 0, to: 1000 })
    const at = performance.now()
    engine.end()
    assert.equal(await engine.exit, { code: 0, signal: null })
    assert.ok(performance.now() - at < 5000) // the drain deadline
  })
}

test.run()
