/** What models make up, and what only looks so. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Segment } from '../../src/models/segment.js'
import { TranscribeWarning } from '../../src/models/transcribe-result.js'
import { type Guarded, guard, lookBack } from '../../src/subtitles/guards.js'
import { repeatsItself, repetitionOf } from '../../src/subtitles/repetition.js'
import { runs, segments } from './arbitrary.js'
import { segment } from './segments.js'

const test = suite('guards')

/** One second each. */
const said = (...texts: readonly string[]): readonly Segment[] =>
  texts.map((text, id) => segment(text, id, id + 1, { id }))
const texts = ({ segments }: Guarded): readonly string[] => segments.map(({ text }) => text)

test('the same three times in a row is said once, with a warning', () => {
  const given = said('Hello.', 'Thank you.', ' thank you', 'ＴＨＡＮＫ ＹＯＵ！', 'Bye.')
  const guarded = guard(given)
  assert.equal(texts(guarded), ['Hello.', 'Thank you.', 'Bye.'])
  assert.equal(
    guarded.segments.map(({ id }) => id),
    [0, 1, 2],
  )
  assert.equal(guarded.warnings, [
    { kind: 'repetition', message: 'the same as before, 2 times in a row: left out', start: 2 },
  ])
})

test('or stays, with a warning; or nobody looks', () => {
  const given = said('Oh.', 'Oh.', 'Oh.')
  const flagged = guard(given, { repetition: 'flag' })
  assert.is(flagged.segments, given)
  assert.equal(flagged.warnings, [
    { kind: 'repetition', message: 'the same as before, 2 times in a row: kept', start: 1 },
  ])
  assert.equal(guard(given, { repetition: 'off' }), { segments: given, warnings: [] })
})

test('three times round in a circle of some segments is said once', () => {
  const given = said('Hi.', 'One.', 'Two.', 'One.', 'Two.', 'One.', 'Two.', 'One.', 'Bye.')
  const guarded = guard(given)
  assert.equal(texts(guarded), ['Hi.', 'One.', 'Two.', 'Bye.'])
  const message = 'the same 2 segments as before, 5 more in a row: left out'
  assert.equal(guarded.warnings, [{ kind: 'repetition', message, start: 3 }])
  assert.equal(texts(guard(said(...'abcabcabc'))), ['a', 'b', 'c'])
  assert.equal(texts(guard(said(...'aaaaabababab'))), ['a', 'b'], 'circles that meet')
})

test('twice round is no accident, and neither is a larger circle', () => {
  for (const heard of ['ababa', 'abcabcab', 'abcdabcdabcd'])
    assert.equal(texts(guard(said(...heard))), [...heard])
})

test('the last segment is judged by the last nine as by all', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }),
      (heard) => {
        const all = said(...heard)
        const isKept = (segments: readonly Segment[]) =>
          guard(segments).segments.at(-1)?.end === all.at(-1)?.end
        assert.is(isKept(all.slice(-lookBack)), isKept(all))
      },
    ),
    { numRuns: 2000 },
  )
})

test('twice is no accident, and neither is it when others say the same', () => {
  const twice = said('Yes.', 'Yes.', 'No.', 'Yes.', 'Yes.')
  assert.equal(guard(twice), { segments: twice, warnings: [] })
  const others = said('Yes.', 'Yes.', 'Yes.').map((it, at) => ({ ...it, speaker: `${at % 2}` }))
  assert.equal(guard(others), { segments: others, warnings: [] })
})

test('notes and dots are the same, too, and other notes are not', () => {
  assert.equal(texts(guard(said('♪', '♪', '♪', '...', '…'))), ['♪', '...', '…'])
})

const loops = [
  'so I went home, thank you, thank you, thank you, thank you, thank you, thank you',
  'la la la la la la la la la la la la la la la la la la la la la la',
  'ご視聴ありがとうございました。ご視聴ありがとうございました。ご視聴ありがとうございました。',
  '谢谢大家'.repeat(12),
  '你'.repeat(40),
]
const texts3 = [
  'He said that he was sure that he would, and that he had been sure that he would all along.',
  'no, no, no, no, no!',
  'It is what it is. What it was, it was; and what it will be, it will be, whatever we do about it.',
  '昨日、東京駅の近くにある新しいレストランで友達と一緒に晩ご飯を食べました。',
  '一二三四五六七八九十，十一十二十三十四十五十六十七十八十九二十',
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen',
]
for (const text of loops) {
  test(`a loop: ${text.slice(0, 40)}`, () => {
    assert.ok(repeatsItself(text), `${repetitionOf(text)}`)
    const guarded = guard(said('Hello.', text))
    assert.equal(texts(guarded), ['Hello.'])
    assert.equal(guarded.warnings, [
      { kind: 'repetition', message: 'text that repeats itself: left out', start: 1 },
    ])
  })
}
for (const text of texts3) {
  test(`no loop: ${text.slice(0, 40)}`, () => {
    assert.not.ok(repeatsItself(text), `${repetitionOf(text)}`)
    assert.not.ok(repeatsItself(text, 2.3))
  })
}

test('a loop that is said again is left out with both warnings, each once', () => {
  const loop = 'thank you so much, thank you so much, thank you so much'
  const guarded = guard(said(loop, loop, loop))
  assert.equal(texts(guarded), [])
  assert.equal(
    guarded.warnings.map(({ start, message }) => `${start} ${message}`),
    ['0 text that repeats itself: left out', '1 the same as before, 2 times in a row: left out'],
  )
})

test('the ratio of an engine counts where the text repeats itself somewhat', () => {
  const twice = 'and then he went to the market, and then he went to the market'
  assert.not.ok(repeatsItself(twice))
  assert.ok(repeatsItself(twice, 2.5))
  assert.not.ok(repeatsItself('When I was young, my father told me that the sea had no end.', 9))
  assert.equal(texts(guard([segment(twice, 0, 4, { compressionRatio: 2.5 })])), [])
})

test('a text four times has about four times its parts', () => {
  assert.ok(
    Math.abs(repetitionOf('All work and no play makes Jack a dull boy. '.repeat(4)) - 4) < 0.5,
  )
  assert.is(repetitionOf('abc'), 1)
})

test('a guess where likely nobody speaks is left out', () => {
  const you = segment(' You', 0, 2, { noSpeechProb: 0.95, avgLogprob: -1.2 })
  assert.equal(guard([you]), {
    segments: [],
    warnings: [
      {
        kind: 'silence',
        message: 'text that is a guess, where likely nobody speaks: left out',
        start: 0,
      },
    ],
  })
  const heardInSilence = { ...you, noSpeechProb: 0.944, avgLogprob: -0.943 } // by tiny.en
  assert.equal(guard([heardInSilence]).segments, [])
  assert.equal(guard([you], { silence: 'off' }).warnings, [])
  const flagged = guard([you], { silence: 'flag' })
  assert.equal(flagged.segments, [you])
  assert.match(flagged.warnings[0]?.message ?? '', /: kept$/)
  for (const sure of [
    { ...you, avgLogprob: -0.4 },
    { ...you, noSpeechProb: 0.8, avgLogprob: -0.9 },
    { ...you, noSpeechProb: 0.5 },
    segment('You', 0, 2),
  ]) {
    assert.equal(guard([sure]), { segments: [sure], warnings: [] })
  }
})

test('text where nobody speaks is left out, by its words where it has some', () => {
  const speech = [
    { start: 1, end: 2 },
    { start: 5, end: 6 },
  ]
  const words = [{ start: 5.5, end: 5.9, word: 'late' }]
  const given = [
    segment('early', 0, 0.7),
    segment('near', 0, 0.8, { id: 1 }),
    segment('in', 1.2, 1.4, { id: 2 }),
    segment('after', 2.3, 4.7, { id: 3 }),
    segment('around', 2.3, 8, { id: 4 }),
    segment('late', 3, 4, { id: 5, words }),
    segment('last', 6.2, 7, { id: 6 }),
    segment('far', 6.3, 7, { id: 7 }),
  ]
  const guarded = guard(given, { speech })
  assert.equal(texts(guarded), ['near', 'in', 'around', 'late', 'last'])
  assert.equal(
    guarded.warnings.map(({ kind, message, start }) => `${start} ${kind}: ${message}`),
    [
      '0 silence: text where nobody speaks: left out',
      '2.3 silence: text where nobody speaks: left out',
      '6.3 silence: text where nobody speaks: left out',
    ],
  )
  assert.equal(texts(guard(given, { speech: [] })), [])
  const quiet = [{ start: 3, end: 3.5, word: 'quiet' }]
  assert.equal(texts(guard([segment('quiet', 1.5, 4, { words: quiet })], { speech })), [])
})

test('what is left out as silence is between no two that say the same', () => {
  const quiet = { noSpeechProb: 0.9, avgLogprob: -2 }
  const given = said('Yes.', 'Yes.', 'Hm?', 'Yes.').map((it, at) =>
    at === 2 ? { ...it, ...quiet } : it,
  )
  const guarded = guard(given)
  assert.equal(texts(guarded), ['Yes.'])
  assert.equal(
    guarded.warnings.map(({ kind, start }) => `${kind} ${start}`),
    ['repetition 1', 'silence 2'],
  )
})

test('what is left is as it was, and each warning is one of the codec', () => {
  fc.assert(
    fc.property(segments, fc.constantFrom('drop', 'flag', 'off'), (given, guarding) => {
      const { segments, warnings } = guard(given, { repetition: guarding, silence: guarding })
      const ids = new Set(segments.map(({ id }) => id))
      assert.equal(
        [...ids],
        segments.map((_, at) => at),
      )
      const left = given.filter((it) => segments.some(({ start }) => start === it.start))
      assert.equal(
        segments.map(({ text }) => text),
        left.map(({ text }) => text),
      )
      assert.ok(warnings.every((it) => TranscribeWarning.is(it)))
      assert.is(segments.length < given.length, guarding === 'drop' && warnings.length > 0)
    }),
    runs,
  )
})

test.run()
