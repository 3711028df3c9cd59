/** Where sentences and clauses end. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { endingOf, goesOn, hasStops } from '../../src/subtitles/endings.js'
import type { Unit } from '../../src/subtitles/units.js'

const test = suite('endings')
const unit = (text: string) => ({ text }) as Unit

const sentences = [
  'end.',
  'end!',
  'end?”',
  'end…',
  'です。',
  '吗？」',
  'end.)',
  'نهاية؟',
  'है।',
  'it.',
  'I.',
  'no.',
  '네.',
]
const clauses = ['end,', 'end:', '“end;”', 'ので、', '书，', 'word –']
const none = ['end', 'e.g', '3.5', 'コンピューター', 'a.m']
const titles = ['Mr.', 'dr.', '“Dr.', 'J.', '(Ö.', 'ca.', 'vgl.']
const bound = [
  'the',
  'THE',
  '“The',
  '(and',
  'und',
  'daß',
  'zur',
  '¿que',
  'à',
  'perché',
  'van',
  'where,',
  'that:',
]
for (const text of sentences) {
  test(`${text} ends a sentence`, () => assert.is(endingOf(unit(text), unit('Next')), 'sentence'))
}
for (const text of clauses) {
  test(`${text} ends a clause`, () => assert.is(endingOf(unit(text), unit('Next')), 'clause'))
}
for (const text of none) {
  test(`${text} ends nothing`, () => assert.is(endingOf(unit(text), unit('Next')), 'none'))
}

for (const text of [...titles, ...bound]) {
  test(`${text} needs what follows`, () => assert.is(endingOf(unit(text), unit('Next')), 'bound'))
}

test('a phrase ends before a word that begins a clause, if no mark is there', () => {
  for (const next of ['because', '“Because', 'que', 'weil', 'he']) {
    assert.is(endingOf(unit('end'), unit(next)), 'phrase', next)
  }
  assert.is(endingOf(unit('end,'), unit('because')), 'clause')
  assert.is(endingOf(unit('and'), unit('because')), 'bound')
})

test('No. is a word, and a number only before digits', () => {
  assert.is(endingOf(unit('No.'), unit('5')), 'bound')
  assert.is(endingOf(unit('No.'), unit('Five')), 'sentence')
})

test('a point before a small letter ends no sentence, and other marks do', () => {
  assert.is(endingOf(unit('approx.'), unit('ten')), 'none')
  assert.is(endingOf(unit('what?'), unit('he')), 'sentence')
})

const said = (text: string, start: number, end: number, speaker?: string): Unit =>
  ({ text, start, end, source: { speaker } }) as Unit

test('a sentence goes on where no mark, no pause, and no other speaker is', () => {
  const than = said('than', 0, 1000)
  assert.ok(goesOn(than, said('he', 1299, 2000)))
  assert.not.ok(goesOn(than, said('he', 1300, 2000)))
  assert.not.ok(goesOn(than, said('he', 1000, 2000, 'B')))
  assert.ok(goesOn(said('than,', 0, 1000), said('he', 1000, 2000)))
  assert.not.ok(goesOn(said('than!', 0, 1000), said('he', 1000, 2000)))
})

test('a text has full stops where one is written every sixty words', () => {
  const words = (count: number, ...more: readonly string[]) =>
    [...Array<string>(count).fill('word'), ...more].map(unit)
  assert.ok(hasStops(words(59, 'end.')))
  assert.ok(hasStops(words(59, 'です。」')))
  assert.not.ok(hasStops(words(60, 'end.')))
  assert.not.ok(hasStops(words(9, 'end?', 'Dr.', 'Who')))
})

test.run()
