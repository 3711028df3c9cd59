import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { finished, type SpanRules } from '../../../src/speech/sherpa/spans.js'

const test = suite('spans of speech')

const rules: SpanRules = {
  minSilenceSec: 0.5,
  padSec: 0,
  maxSpeechSec: Number.POSITIVE_INFINITY,
  within: { start: 0, end: 60 },
}
const span = (start: number, end: number) => ({ start, end })

test('joins what no pause separates', () => {
  const found = [span(1, 20), span(20, 25), span(25.4, 27), span(27.6, 28)]
  assert.equal(finished(found, rules), [span(1, 27), span(27.6, 28)])
})

test('joins nothing to more than the longest', () => {
  const found = [span(1, 4), span(4, 6), span(6, 8)]
  assert.equal(finished(found, { ...rules, maxSpeechSec: 5 }), [span(1, 6), span(6, 8)])
})

test('pads up to the middle of a pause, and not beyond the audio', () => {
  const found = [span(0.1, 2), span(2.6, 3), span(10, 59.9)]
  const padded = finished(found, { ...rules, padSec: 0.5 })
  assert.equal(
    padded.map(({ start, end }) => [start, Math.round(end * 1000) / 1000]),
    [
      [0, 2.3],
      [2.3, 3.5],
      [9.5, 60],
    ],
  )
})

test('lets none reach into another', () => {
  assert.equal(finished([span(1, 4), span(3.9, 9)], { ...rules, maxSpeechSec: 5 }), [
    span(1, 4),
    span(4, 9),
  ])
})

test.run()
