/** Lines that nobody has room for. What is read is tested with `lines`. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LineSplitter } from '../../src/host/line-splitter.js'

const test = suite('LineSplitter')

const splitting = () => {
  const splitter = new LineSplitter()
  const told: string[] = []
  const push = (text: string, room: number) =>
    splitter.push(Buffer.from(text), room, (line) => told.push(line))
  const end = (room: number) => splitter.end(room, (line) => told.push(line))
  return { told, push, end }
}

test('leaves out a line that began while there was room', () => {
  const { told, push } = splitting()
  assert.is(push('on', 1), 0)
  assert.is(push('e', 0), 1)
  assert.is(push(' more', 0), 0)
  assert.is(push(' of it\ntwo\n', 9), 0)
  assert.is(push('thr', 9), 0)
  assert.is(push('\nfour', 0), 2)
  assert.equal(told, ['two'])
})

test('leaves out the last line, too', () => {
  const { told, push, end } = splitting()
  assert.is(push('one', 1), 0)
  assert.is(end(0), 1)
  assert.is(end(1), 0)
  assert.equal(told, [])
})

test('leaves out what is left of a line that was cut', () => {
  const { told, push } = splitting()
  assert.is(push(`${'x'.repeat(8191)}é and more`, 1), 1)
  assert.is(push(' and more\nnext\n', 1), 0)
  assert.equal(told, ['x'.repeat(8191), 'next'])
})

test.run()
