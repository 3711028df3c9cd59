/** Names that were mistyped. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { distance, nearest } from '../../src/protocol/nearest.js'

const test = suite('nearest')

test('counts letters inserted, left out, replaced and swapped', () => {
  assert.is(distance('call', 'call'), 0)
  assert.is(distance('cal', 'call'), 1)
  assert.is(distance('calll', 'call'), 1)
  assert.is(distance('cell', 'call'), 1)
  assert.is(distance('clal', 'call'), 1)
  assert.is(distance('kitten', 'sitting'), 3)
  assert.is(distance('', 'call'), 4)
})

test('finds the closest name, and none when all are far', () => {
  const names = ['run', 'call', 'describe', 'health']
  assert.is(nearest('CALL', names), 'call')
  assert.is(nearest('cal', names), 'call')
  assert.is(nearest('describ', names), 'describe')
  assert.is(nearest('helath', names), 'health')
  assert.is(nearest('frobnicate', names), undefined)
  assert.is(nearest('x', names), undefined)
  assert.is(nearest('', names), undefined)
})

test.run()
