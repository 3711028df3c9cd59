/** Who is at work. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pidNamespace, startTimeOf } from '../../../src/platform/process-table.js'
import { takeLock } from '../../../src/speech/setup/lock.js'
import { somePlaces } from './some-places.js'

const test = suite('lock')

const someFile = (): string => join(somePlaces().data, 'engines/x/lock')
const hold = (file: string, holder: object): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ pidNamespace: pidNamespace(), ...holder }))
}
const refusal = (file: string): string => {
  const lock = takeLock(file, 'x')
  return E.isLeft(lock) ? lock.left.message : 'taken'
}

test('is held by one at a time, and given back', () => {
  const file = someFile()
  const lock = takeLock(file, 'x')
  if (E.isLeft(lock)) return assert.unreachable()
  assert.match(refusal(file), `Another process (${process.pid}) is at work on x.`)
  lock.right()
  assert.not(existsSync(file))
  assert.is(refusal(file), 'taken')
})

test('of a process that has ended counts for nothing', () => {
  const file = someFile()
  hold(file, { pid: 2 ** 22 + 1, startTime: 'x' })
  assert.is(refusal(file), 'taken')
  const another = someFile() // whose pid is a stranger's now
  hold(another, { pid: process.ppid, startTime: `not ${startTimeOf(process.ppid)}` })
  assert.is(refusal(another), 'taken')
  const half = someFile()
  mkdirSync(dirname(half), { recursive: true })
  writeFileSync(half, '{"pid":')
  assert.is(refusal(half), 'taken')
})

test('of one that lives is heeded, and of one in another container, as nobody can tell', () => {
  const file = someFile()
  hold(file, { pid: process.ppid, startTime: startTimeOf(process.ppid) })
  assert.match(refusal(file), `Another process (${process.ppid})`)
  hold(file, { pid: 2 ** 22 + 1, startTime: 'x', pidNamespace: 'pid:[1]' })
  assert.match(refusal(file), `if that container is gone, remove ${file}`)
})

test('is not taken by two that find a dead holder', () => {
  const file = someFile()
  hold(file, { pid: 2 ** 22 + 1, startTime: 'x' })
  mkdirSync(`${file}.taking`)
  assert.match(refusal(file), 'Another process is at work')
  utimesSync(`${file}.taking`, 1, 1) // who took it died over it
  assert.is(refusal(file), 'taken')
})

test.run()
