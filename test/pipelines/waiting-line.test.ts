import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WaitingLine } from '../../pipelines/waiting-line.js'

const test = suite('WaitingLine')

const drained = (line: WaitingLine<string>): string => {
  let text = ''
  for (let next = line.shift(); next !== undefined; next = line.shift()) text += next
  return text
}

test('first come, first served', () => {
  const line = new WaitingLine<string>()
  for (const letter of 'abc') line.add(letter)
  assert.is(line.shift(), 'a')
  line.add('d')
  assert.is(drained(line), 'bcd')
})

test('who leaves is skipped, and is last when it comes again', () => {
  const line = new WaitingLine<string>()
  for (const letter of 'abc') line.add(letter)
  assert.ok(line.delete('a'))
  assert.not(line.delete('a'))
  line.add('a')
  assert.is(line.size, 3)
  assert.is(drained(line), 'bca')
})

test('goes on after it was empty', () => {
  const line = new WaitingLine<string>()
  assert.is(line.shift(), undefined)
  line.add('a')
  assert.is(drained(line), 'a')
  line.add('b')
  line.add('c')
  assert.is(drained(line), 'bc')
  assert.is(line.size, 0)
})

test.run()
