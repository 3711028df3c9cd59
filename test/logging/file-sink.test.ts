import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFolder } from './file-folder.js'

const test = suite('file sink')
let log: LogFolder
test.before.each(() => {
  log = new LogFolder()
})
test.after.each(() => log.remove())

/** Longer than failures are held against a path. */
const laterMs = 1500
const records = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('a line is in the file when write returns', () => {
  const sink = log.sink()
  sink.write('one\n')
  assert.is(log.text(), 'one\n')
  sink.write('zwei: ü\n')
  assert.is(log.text(), 'one\nzwei: ü\n')
  sink.flush()
  sink.close()
  assert.equal(log.names(), ['engine.log'])
  assert.is(sink.dropped, 0)
})

test('nothing is opened before the first line, and a closed file is opened again by the next', () => {
  const sink = log.sink()
  sink.flush()
  sink.close()
  assert.equal(log.names(), [])
  sink.write('one\n')
  sink.close()
  sink.write('two\n')
  assert.is(log.text(), 'one\ntwo\n')
})

test('a file is for its owner only, whatever the umask, and so is the folder made for it', () => {
  const before = process.umask(0)
  const inner = join(log.folder, 'inner')
  try {
    log.sink({ path: join(inner, 'engine.log') }).write('one\n')
    process.umask(0o277)
    log.sink().write('one\n')
  } finally {
    process.umask(before)
  }
  assert.is(statSync(inner).mode & 0o777, 0o700)
  for (const path of [log.path, join(inner, 'engine.log')]) {
    assert.is(statSync(path).mode & 0o777, 0o600)
  }
})

test('a file that is there is continued and keeps its mode', () => {
  writeFileSync(log.path, 'zero\n', { mode: 0o640 })
  log.sink().write('one\n')
  assert.is(log.text(), 'zero\none\n')
  assert.is(statSync(log.path).mode & 0o777, 0o640)
})

test('a line that an earlier run could not end is ended', () => {
  writeFileSync(log.path, 'zero\nhal')
  const sink = log.sink()
  sink.write('one\n')
  sink.write('two\n')
  assert.is(log.text(), 'zero\nhal\none\ntwo\n')
})

test('a relative path is that of the folder where the sink was made', () => {
  const before = process.cwd()
  process.chdir(log.folder)
  const sink = log.sink({ path: 'engine.log' })
  process.chdir(before)
  sink.write('one\n')
  assert.is(log.text(), 'one\n')
})

test('a file that was moved is not written to for longer than a second', () => {
  const sink = log.sink()
  sink.write('one\n')
  renameSync(log.path, `${log.path}-moved`)
  sink.write('two\n')
  log.aheadMs += laterMs
  sink.write('three\n')
  assert.is(log.text('engine.log-moved'), 'one\ntwo\n')
  assert.is(log.text(), 'three\n')
})

test('a file that was deleted, with its folder or without, is made anew for the next line', () => {
  const path = join(log.folder, 'inner', 'engine.log')
  const sink = log.sink({ path })
  sink.write('one\n')
  rmSync(path)
  sink.write('two\n')
  assert.is(readFileSync(path, 'utf8'), 'two\n')
  rmSync(join(path, '..'), { recursive: true })
  sink.write('three\n')
  assert.is(readFileSync(path, 'utf8'), 'three\n')
  assert.is(sink.dropped, 0)
})

test('a file that was moved, and cannot be made anew, is written to', () => {
  const path = join(log.folder, 'inner', 'engine.log')
  const sink = log.sink({ path })
  sink.write('one\n')
  renameSync(join(path, '..'), join(log.folder, 'moved'))
  writeFileSync(join(path, '..'), 'no folder')
  log.aheadMs += laterMs
  sink.write('two\n')
  sink.write('three\n')
  assert.is(log.text('moved/engine.log'), 'one\ntwo\nthree\n')
  rmSync(join(path, '..'))
  log.aheadMs += laterMs
  sink.write('four\n')
  assert.is(readFileSync(path, 'utf8'), 'four\n')
  assert.is(sink.dropped, 0)
})

test('a file that was emptied, as logrotate can, is continued', () => {
  const sink = log.sink()
  sink.write('one\n')
  writeFileSync(log.path, '')
  sink.write('two\n')
  assert.is(log.text(), 'two\n')
})

test('a descriptor that became useless is replaced', () => {
  if (!existsSync('/proc/self/fd')) return
  const sink = log.sink()
  sink.write('one\n')
  const { ino } = statSync(log.path)
  for (const fd of readdirSync('/proc/self/fd').map(Number)) if (inodeOf(fd) === ino) closeSync(fd)
  sink.write('two\n')
  assert.is(log.text(), 'one\ntwo\n')
})
const inodeOf = (fd: number): number | undefined => {
  try {
    return fstatSync(fd).ino
  } catch {
    return undefined
  }
}

test('lines that a folder in place of the file refuses are counted, reported once and noted', () => {
  mkdirSync(log.path)
  const sink = log.sink()
  for (const text of ['one', 'two', 'three']) sink.write(`{"msg":"${text}"}\n`)
  assert.is(sink.dropped, 3)
  assert.equal(log.problems, [{ path: log.path, failed: 'write', code: 'EISDIR', dropped: 1 }])
  rmdirSync(log.path)
  log.aheadMs += laterMs
  sink.write('{"msg":"four"}\n')
  sink.write('{"msg":"five"}\n')
  assert.equal(records(log.text()), [{ msg: 'four' }, { dropped: 3 }, { msg: 'five' }])
  assert.is(sink.dropped, 3)
})

test('what is refused is reported again after a minute, with what was dropped meanwhile', () => {
  mkdirSync(log.path)
  const sink = log.sink()
  sink.write('one\n')
  log.aheadMs += 30_000
  sink.write('two\n')
  assert.is(log.problems.length, 1)
  log.aheadMs += 30_000
  sink.write('three\n')
  assert.equal(
    log.problems.map(({ dropped }) => dropped),
    [1, 2],
  )
})

test('flush reports what no report has told yet', () => {
  mkdirSync(log.path)
  const sink = log.sink()
  sink.write('one\n')
  sink.flush()
  assert.is(log.problems.length, 1)
  sink.write('two\n')
  sink.flush()
  assert.equal(
    log.problems.map(({ dropped }) => dropped),
    [1, 1],
  )
  rmdirSync(log.path)
  log.aheadMs += laterMs
  sink.flush()
  assert.is(log.problems.length, 2)
  assert.is(records(log.text())[0].dropped, 2)
})

test('a path that was refused is not tried again for a second', () => {
  mkdirSync(log.path)
  const sink = log.sink()
  sink.write('one\n')
  rmdirSync(log.path)
  sink.write('two\n')
  assert.is(sink.dropped, 2)
  assert.equal(log.names(), [])
})

test('neither is one that a clock which was set back has refused later', () => {
  mkdirSync(log.path)
  const sink = log.sink()
  sink.write('one\n')
  rmdirSync(log.path)
  log.aheadMs -= 86_400_000
  sink.write('two\n')
  assert.is(sink.dropped, 1)
})

test('a file below a file is refused', () => {
  writeFileSync(log.path, '')
  const sink = log.sink({ path: join(log.path, 'engine.log') })
  sink.write('one\n')
  assert.is(sink.dropped, 1)
  assert.equal(
    log.problems.map(({ code }) => code),
    ['ENOTDIR'],
  )
})

test('a full device drops lines and is never moved away', () => {
  if (!existsSync('/dev/full')) return
  symlinkSync('/dev/full', log.path)
  const sink = log.sink({ maxBytes: 1, maxAgeMs: 1 })
  sink.write('one\n')
  sink.write('two\n')
  assert.is(sink.dropped, 2)
  assert.equal(
    log.problems.map(({ code }) => code),
    ['ENOSPC'],
  )
  assert.equal(log.names(), ['engine.log'])
  rmSync(log.path)
  log.aheadMs += laterMs
  sink.write('{"msg":"three"}\n')
  assert.ok(existsSync('/dev/full'))
  assert.equal(log.files().length, 2) // the line, and the record of what was dropped
})

test('a named pipe that nobody reads holds up nobody', () => {
  if (spawnSync('mkfifo', [log.path]).status !== 0) return
  const sink = log.sink({ maxBytes: 1, maxAgeMs: 1 })
  for (let i = 0; i < 200; i++) sink.write(`${'x'.repeat(999)}\n`)
  assert.ok(sink.dropped > 0)
  assert.equal(
    log.problems.map(({ code }) => code),
    ['EAGAIN'],
  )
  assert.equal(log.names(), ['engine.log'])
})

test.run()
