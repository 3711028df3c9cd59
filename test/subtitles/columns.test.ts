/** How long texts are to the eye, and how much of a text fits. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SubtitleShaping } from '../../src/models/subtitles.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'
import { clustersOf, columnsOf } from '../../src/subtitles/columns.js'
import { limitsOf } from '../../src/subtitles/limits.js'

const test = suite('columns and limits')

const lengths: readonly (readonly [string, number])[] = [
  ['', 0],
  ['plain text', 10],
  ['Übergröße', 9],
  ['e\u0301te\u0301', 3],
  ['नमस्ते', 3],
  ['שָׁלוֹם', 4],
  ['مُحَمَّد', 4],
  ['日本語', 6],
  ['ｶﾅ', 2],
  ['한국어', 6],
  ['。「」', 6],
  ['ＡＢ', 4],
  ['𠀀', 2],
  ['🎤', 2],
  ['👨‍👩‍👧‍👦', 2],
  ['👍🏽', 2],
  ['🇩🇪', 2],
  ['1️⃣', 2],
  ['☺', 1],
  ['☺\ufe0f', 2],
  ['\u200f\u200b', 0],
]
for (const [text, columns] of lengths) {
  test(`${JSON.stringify(text)} takes ${columns}`, () => {
    assert.is(columnsOf(text), columns)
    assert.is(clustersOf(text).join(''), text)
  })
}

test('a family is one character', () => {
  assert.equal(clustersOf('a👨‍👩‍👧‍👦e\u0301'), ['a', '👨‍👩‍👧‍👦', 'e\u0301'])
})

test('what shaping leaves out is as its codec says', () => {
  const { properties } = toJsonSchema(SubtitleShaping) as {
    properties: Record<string, { default?: number }>
  }
  const told = (name: string) => properties[name]?.default
  assert.equal(limitsOf(), {
    columns: told('maxCharsPerLine'),
    lines: told('maxLines'),
    speed: told('maxCps'),
    minMs: told('minDurationMs'),
    maxMs: told('maxDurationMs'),
    gapMs: told('minGapMs'),
    padMs: told('padMs'),
    breakOn: ['speaker', 'punctuation', 'pause'],
  })
})

test('of two durations the one that is left out gives way', () => {
  const { minMs, maxMs } = limitsOf({ maxDurationMs: 500 })
  assert.equal([minMs, maxMs], [500, 500])
  assert.is(limitsOf({ minDurationMs: 9000 }).maxMs, 9000)
  assert.is(limitsOf({ minDurationMs: 0, maxDurationMs: 0 }).maxMs, 1)
})

test('limits are whole milliseconds within those that are wanted', () => {
  const wanted = { minDurationMs: 0.4, maxDurationMs: 99.6, minGapMs: 82.5, padMs: 199.5 }
  const { minMs, maxMs, gapMs, padMs } = limitsOf(wanted)
  assert.equal([minMs, maxMs, gapMs, padMs], [1, 99, 83, 200])
})

test.run()
