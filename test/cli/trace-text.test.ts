/** Text and times as a terminal shows them. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  cellsOf,
  cutToCells,
  durationText,
  harmless,
  padToCells,
  timeText,
} from '../../src/cli/trace-text.js'

const test = suite('trace text')

test('knows how many cells a text takes', () => {
  assert.is(cellsOf('vad.detect'), 10)
  assert.is(cellsOf('é…▕█'), 4)
  assert.is(cellsOf('e\u0301'), 1) // an accent of its own
  assert.is(cellsOf('识别'), 4)
  assert.is(cellsOf('かな한국'), 8)
  assert.is(cellsOf('ｶﾅ'), 2) // half-width
  assert.is(cellsOf('🎤'), 2)
  assert.is(cellsOf('🇩🇪'), 2) // two letters make a flag
  assert.is(cellsOf('𠀀'), 2)
})

test('cuts and fills to cells', () => {
  assert.is(cutToCells('abcdef', 6), 'abcdef')
  assert.is(cutToCells('abcdef', 5), 'abcd…')
  assert.is(cutToCells('识别语音', 8), '识别语音')
  assert.is(cutToCells('识别语音', 7), '识别语…')
  assert.is(cutToCells('识别语音', 6), '识别…')
  assert.is(cutToCells('abc', 1), '…')
  assert.is(cutToCells('abc', 0), '')
  assert.is(padToCells('识别', 6), '识别  ')
  assert.is(padToCells('abc', 2), 'abc')
})

test('takes from a text what would move the cursor or turn it around', () => {
  assert.is(harmless('\x1b[2Ja\x1b]0;title\x07b\tc\r\nd\x9b1me'), 'ab c de')
  assert.is(harmless('a\u202eb\u200bc\u2028d'), 'abc d')
  assert.is(harmless(' \x00 '), '')
})

test('tells durations with three digits at most', () => {
  const told = (ms: number): string => durationText(ms)
  assert.is(told(0), '0 µs')
  assert.is(told(0.0003), '0.3 µs')
  assert.is(told(0.00996), '10 µs')
  assert.is(told(0.8504), '850 µs')
  assert.is(told(0.9996), '1 ms')
  assert.is(told(4.254), '4.25 ms')
  assert.is(told(9.996), '10 ms')
  assert.is(told(99.96), '100 ms')
  assert.is(told(411.6), '412 ms')
  assert.is(told(999.6), '1 s')
  assert.is(told(1254), '1.25 s')
  assert.is(told(9996), '9.9 s')
  assert.is(told(245_000), '4 min 5 s')
})

test('tells times that there are', () => {
  assert.is(timeText(1_700_000_000_123_456_789n), '2023-11-14T22:13:20.123Z')
  assert.is(timeText(10n ** 26n), 'at no time')
})

test.run()
