import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { boundedNames } from '../../telemetry/bounded-names.js'

const test = suite('bounded names')

test('the first names pass, also later; all others are one', () => {
  const bounded = boundedNames<string>(2)
  const names = ['a', 'b', 'c', 'a', 'd', 'b', 'c']
  assert.equal(names.map(bounded), ['a', 'b', '_OTHER', 'a', '_OTHER', 'b', '_OTHER'])
})

test.run()
