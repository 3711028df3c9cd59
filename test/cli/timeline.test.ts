/** Speech in a recording, drawn. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { plain } from '../../src/cli/style.js'
import { clock, isTimeline, timeline } from '../../src/cli/timeline.js'

const test = suite('timeline')

test('draws the recording, then its segments', () => {
  const segments = [
    { start: 0, end: 1.5, text: ' one\n' },
    { start: 2, end: 4, text: 'two' },
  ]
  assert.is(
    timeline({ segments, duration: 4 }, plain, 32),
    [
      '00:00.000 ████·█████ 00:04.000',
      '',
      '  1  00:00.000 → 00:01.500    1.50 s  one',
      '  2  00:02.000 → 00:04.000    2.00 s  two',
      '',
      '2 segments, speech in 3.5 of 4.0 s (88 %)',
    ].join('\n'),
  )
})

test('shades a column with little speech, also of several segments', () => {
  const drawn = (...segments: { start: number; end: number }[]): string =>
    timeline({ segments, duration: 10 }, plain, 10).split('\n')[0] as string
  assert.match(drawn({ start: 4.1, end: 4.2 }), /·{4}▒·{5}/)
  assert.match(drawn({ start: 4.1, end: 4.4 }, { start: 4.6, end: 4.9 }), /·{4}█·{5}/)
  assert.match(drawn({ start: 9.9, end: 12 }, { start: -1, end: 0.1 }), /▒·{8}▒/)
})

test('tells of silence', () => {
  assert.is(
    timeline({ segments: [], duration: 2 }, plain, 32),
    '00:00.000 ·········· 00:02.000\n\n0 segments, speech in 0.0 of 2.0 s (0 %)',
  )
})

test('tells times with hours where the recording has them', () => {
  assert.is(clock(0), '00:00.000')
  assert.is(clock(61.2345), '01:01.235')
  assert.is(clock(59.9999), '01:00.000')
  assert.is(clock(61, 3600), '00:01:01.000')
  assert.is(clock(3661.5), '01:01:01.500')
})

test('knows a timeline from other results', () => {
  assert.ok(isTimeline({ segments: [{ start: 0, end: 1 }], duration: 1, language: 'en' }))
  assert.not(isTimeline({ segments: [{ start: 0 }], duration: 1 }))
  assert.not(isTimeline({ segments: [], duration: 0 }))
  assert.not(isTimeline({ segments: {}, duration: 1 }))
  assert.not(isTimeline(null))
  assert.not(isTimeline(3))
})

test.run()
