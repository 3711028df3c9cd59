/** Where sentences and clauses end. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { endingOf } from '../../src/subtitles/endings.js'
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
]
const clauses = ['end,', 'end:', '“end;”', 'ので、', '书，', 'word –']
const none = ['end', 'e.g', '3.5', 'コンピューター', 'Mr.', 'dr.', '“Dr.', 'J.', 'ca.', 'vgl.']
for (const text of sentences) {
  test(`${text} ends a sentence`, () => assert.is(endingOf(unit(text), unit('Next')), 'sentence'))
}
for (const text of clauses) {
  test(`${text} ends a clause`, () => assert.is(endingOf(unit(text), unit('Next')), 'clause'))
}
for (const text of none) {
  test(`${text} ends nothing`, () => assert.is(endingOf(unit(text), unit('Next')), 'none'))
}

test('a point before a small letter ends no sentence, and other marks do', () => {
  assert.is(endingOf(unit('approx.'), unit('ten')), 'none')
  assert.is(endingOf(unit('what?'), unit('he')), 'sentence')
})

test.run()
