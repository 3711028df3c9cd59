/** Files that are transcribed, as lines. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { plain } from '../../src/cli/style.js'
import { rows } from '../../src/cli/transcribe-rows.js'

const test = suite('transcribe, rows')
const told = { at: 3000, processed: 60, duration: 120, ratio: 0.5 }

test('names stand below each other, wide characters too, and keep their ends', () => {
  const files = [
    { file: '会议.wav', startedAt: 0, told },
    { file: `recordings/${'of-a-day/'.repeat(4)}d.wav` },
    { file: 'a\n\x1b[31m.wav', startedAt: 1000 },
  ]
  assert.equal(rows(files, 80, 3000, plain), [
    `会议.wav${' '.repeat(24)}  ${'━'.repeat(11)}${'─'.repeat(11)}  50 %  20.0×  3s left`,
    '…f-a-day/of-a-day/of-a-day/d.wav  waits for the model',
    `a [31m.wav${' '.repeat(22)}  ${'─'.repeat(30)}   0 %`,
  ])
})

test('a narrow terminal has shorter bars, or none', () => {
  const file = { file: 'a.wav', startedAt: 0, told }
  assert.equal(rows([file], 40, 3000, plain), ['a.wav  ━━━━━────  50 %  20.0×  3s left'])
  assert.equal(rows([file], 20, 3000, plain), ['a.wav    50 %  20.0×  3s left'])
})

test.run()
