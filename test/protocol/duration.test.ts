import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Duration, toMs } from '../../src/protocol/duration.js'

const test = suite('duration')

test('a number is milliseconds, a text has a unit', () => {
  assert.is(toMs(1500), 1500)
  assert.is(toMs('250ms'), 250)
  assert.is(toMs('1.5s'), 1500)
  assert.is(toMs('5m'), 300_000)
  assert.is(toMs('1h'), 3_600_000)
})

const none = ['', '5', 's', '-5s', '1 s', '1.2.3s', '1d', '5S', 0, -1, Number.NaN, null, undefined]

for (const wrong of none) {
  test(`${JSON.stringify(wrong)} is no duration`, () => {
    assert.throws(() => toMs(wrong as Duration), /^Not a duration: .*\. Write 30_000, '500ms'/)
  })
}

test('an endless one is a number like others', () => {
  assert.is(toMs(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
})

test.run()
