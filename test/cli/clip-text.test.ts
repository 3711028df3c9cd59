/** The part of a recording, as it is typed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readClip } from '../../src/cli/clip-text.js'

const test = suite('the text of a clip')

test('is in seconds, or has minutes and hours before them', () => {
  assert.equal(readClip('90-120.5'), { start: 90, end: 120.5 })
  assert.equal(readClip('1:30-2:00'), { start: 90, end: 120 })
  assert.equal(readClip('1:02:03 - 1:02:04.25'), { start: 3723, end: 3724.25 })
})

test('may leave out its start or its end', () => {
  assert.equal(readClip('90-'), { start: 90 })
  assert.equal(readClip('-1:30'), { end: 90 })
  assert.is(readClip(undefined), undefined)
})

test('is refused when it is anything else', () => {
  for (const wrong of [
    '',
    '-',
    '90',
    '2-1',
    '2-2',
    '1-2-3',
    'a-b',
    '1:2:3:4-',
    '1:-2:',
    '.-1',
    '-0',
  ])
    assert.throws(() => readClip(wrong), /--clip is a part such as/, wrong)
})

test.run()
