import {
  existsSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LogFolder } from './file-folder.js'

const test = suite('file rotation')
let log: LogFolder
test.before.each(() => {
  log = new LogFolder()
})
test.after.each(() => log.remove())

const lock = (): string => `${log.path}.lock`
const age = (path: string, byMs: number): void => {
  const at = (Date.now() - byMs) / 1000
  utimesSync(path, at, at)
}

test('a line that would make the file too large begins a new one', () => {
  const sink = log.sink({ maxBytes: 8 })
  for (const line of ['abc\n', 'def\n', 'ghi\n', 'jkl\n', 'm\n']) sink.write(line)
  assert.equal(log.files(), ['abc\ndef\n', 'ghi\njkl\n', 'm\n'])
  assert.equal(log.names(), ['engine.log', 'engine.log.1', 'engine.log.2'])
})

test('a line that is longer than a file is a file of its own', () => {
  const sink = log.sink({ maxBytes: 4 })
  for (const line of ['a\n', 'much longer\n', 'b\n']) sink.write(line)
  assert.equal(log.files(), ['a\n', 'much longer\n', 'b\n'])
})

test('the oldest file is removed when there are enough', () => {
  const sink = log.sink({ maxBytes: 1, keep: 2 })
  for (const line of ['1\n', '2\n', '3\n', '4\n', '5\n']) sink.write(line)
  assert.equal(log.files(), ['3\n', '4\n', '5\n'])
})

test('where no rotated file is kept, the old lines are gone', () => {
  const sink = log.sink({ maxBytes: 1, keep: 0 })
  for (const line of ['1\n', '2\n', '3\n']) sink.write(line)
  assert.equal(log.names(), ['engine.log'])
  assert.is(log.text(), '3\n')
})

test('files that earlier runs have left count, also when they kept more; other files are left alone', () => {
  const others = [
    'engine.log.20240101',
    'engine.log.09',
    'engine.log.1.gz',
    'engine.log-1',
    'xengine.log.9',
  ]
  for (const name of others) writeFileSync(join(log.folder, name), '')
  for (let number = 1; number <= 5; number++) writeFileSync(`${log.path}.${number}`, `${-number}\n`)
  writeFileSync(`${log.path}.77`, '')
  writeFileSync(log.path, '0\n')
  log.sink({ maxBytes: 2, keep: 2 }).write('1\n')
  assert.equal(log.problems, [])
  assert.equal(log.names(), ['engine.log', 'engine.log.1', 'engine.log.2', ...others].sort())
  assert.equal(
    [log.text(), log.text('engine.log.1'), log.text('engine.log.2')],
    ['1\n', '0\n', '-1\n'],
  )
})

test('a rotation that was killed half way is finished by the next one, and nothing is lost', () => {
  writeFileSync(`${log.path}.1`, '-1\n')
  writeFileSync(`${log.path}.3`, '-2\n') // had moved from 2
  writeFileSync(log.path, '0\n')
  log.sink({ maxBytes: 2, keep: 4 }).write('1\n')
  assert.equal(log.files(), ['-2\n', '-1\n', '0\n', '1\n'])
})

test('a file is rotated when it was begun long enough ago', () => {
  const sink = log.sink({ maxAgeMs: 1000 })
  sink.write('1\n')
  log.aheadMs += 600
  sink.write('2\n')
  log.aheadMs += 600
  sink.write('3\n')
  sink.write('4\n')
  assert.equal(log.files(), ['1\n2\n', '3\n4\n'])
})

test('the age of a file goes on counting in the next run', () => {
  log.sink({ maxAgeMs: 3_600_000 }).write('1\n')
  log.aheadMs += 3_000_000
  log.sink({ maxAgeMs: 3_600_000 }).write('2\n')
  log.aheadMs += 700_000
  log.sink({ maxAgeMs: 3_600_000 }).write('3\n')
  assert.equal(log.files(), ['1\n2\n', '3\n'])
})

test('an empty file is as old as its first line', () => {
  const sink = log.sink({ maxAgeMs: 1000 })
  sink.write('1\n')
  truncateSync(log.path)
  log.aheadMs += 5000
  sink.write('2\n')
  sink.write('3\n')
  assert.equal(log.files(), ['2\n3\n'])
})

test('behind a symbolic link the file is rotated, not the link', () => {
  const real = join(log.folder, 'real')
  mkdirSync(real)
  symlinkSync(join(real, 'engine.log'), log.path)
  const sink = log.sink({ maxBytes: 1 })
  for (const line of ['1\n', '2\n']) sink.write(line)
  assert.equal(log.names(), ['engine.log', 'real'])
  assert.is(readlinkSync(log.path), join(real, 'engine.log'))
  assert.equal([log.text('real/engine.log.1'), log.text('real/engine.log')], ['1\n', '2\n'])
  assert.is(realpathSync(log.path), realpathSync(join(real, 'engine.log')))
})

test('while another process rotates, lines go on into the file', () => {
  const sink = log.sink({ maxBytes: 2 })
  sink.write('1\n')
  writeFileSync(lock(), '')
  sink.write('2\n')
  assert.equal(log.files(), ['1\n2\n'])
  rmSync(lock())
  sink.write('3\n')
  assert.equal(log.files(), ['1\n2\n', '3\n'])
  assert.equal(log.problems, [])
})

test('a process that was killed while it rotated does not hold up the others for ever', () => {
  const sink = log.sink({ maxBytes: 2 })
  sink.write('1\n')
  writeFileSync(lock(), '')
  age(lock(), 9000)
  sink.write('2\n')
  assert.ok(existsSync(lock()))
  age(lock(), 11_000)
  sink.write('3\n')
  sink.write('4\n')
  assert.equal(log.files(), ['1\n2\n3\n', '4\n'])
  assert.not(existsSync(lock()))
})

test('what another process has begun is continued, and rotated when it is full, too', () => {
  const [one, other] = [log.sink({ maxBytes: 4 }), log.sink({ maxBytes: 4 })]
  one.write('1\n')
  other.write('2\n')
  one.write('3\n')
  other.write('4\n')
  one.write('5\n')
  one.write('6\n')
  other.write('7\n')
  assert.equal(log.files(), ['1\n2\n', '3\n4\n', '5\n6\n', '7\n'])
})

test('a rotation that is refused loses no line, is reported and tried again', () => {
  mkdirSync(lock()) // cannot be removed as a stale lock can
  age(lock(), 60_000)
  const sink = log.sink({ maxBytes: 2 })
  for (const line of ['1\n', '2\n', '3\n']) sink.write(line)
  assert.equal(log.files(), ['1\n2\n3\n'])
  assert.is(sink.dropped, 0)
  const [problem, ...others] = log.problems
  assert.equal([problem?.failed, problem?.dropped, others], ['rotation', 0, []])
  rmdirSync(lock())
  sink.write('4\n') // not tried again so soon
  log.aheadMs += 1500
  sink.write('5\n')
  assert.equal(log.files(), ['1\n2\n3\n4\n', '5\n'])
})

test('so does one whose file cannot have another name', () => {
  const path = join(log.folder, `${'x'.repeat(251)}.log`)
  const sink = log.sink({ path, maxBytes: 2 })
  for (const line of ['1\n', '2\n', '3\n']) {
    sink.write(line)
    log.aheadMs += 1500
  }
  assert.equal(log.files(), ['1\n2\n3\n'])
  assert.equal(log.problems, [{ path, failed: 'rotation', code: 'ENAMETOOLONG', dropped: 0 }])
})

test.run()
