import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wordsOf } from '../../../src/speech/sherpa/words.js'

const test = suite('words out of tokens')

const words = (tokens: readonly string[], timestamps?: readonly number[], durations?: number[]) =>
  wordsOf(
    {
      text: '',
      tokens,
      timestamps: timestamps ?? tokens.map((_, index) => (index + 1) / 10),
      ...(durations && { durations }),
    },
    100,
    102,
  )
const textOf = (tokens: readonly string[]) => words(tokens)?.map(({ word }) => word)

test('joins the parts that Whisper makes of a word, with its punctuation', () => {
  assert.equal(textOf([' Mr', '.', ' D', 'ash', 'wood', ',', ' co', 'ld', '-', 'he', 'arted']), [
    ' Mr.',
    ' Dashwood,',
    ' cold-hearted',
  ])
})

test('knows the beginnings of SentencePiece', () => {
  assert.equal(textOf(['▁he', '▁was', 'n', "'", 't']), [' he', " wasn't"])
})

test('knows the parts of Paraformer', () => {
  assert.equal(textOf(['hel@@', 'lo', 'wor@@', 'ld']), ['hello', 'world'])
})

test('takes each character of Chinese for a word', () => {
  assert.equal(textOf(['你', '好', '，', '世', '界', 'ok', '吗']), [
    '你',
    '好，',
    '世',
    '界',
    'ok',
    '吗',
  ])
})

test('counts from the beginning of the chunk, and not beyond its end', () => {
  assert.equal(words([' a', ' b', ' c'], [0, 0.5, 1.9], [0.2, 0.3, 0.5]), [
    { start: 100, end: 100.2, word: ' a' },
    { start: 100.5, end: 100.8, word: ' b' },
    { start: 101.9, end: 102, word: ' c' },
  ])
})

test('lets a word last until the next where nothing says how long it is', () => {
  assert.equal(
    words([' a', ' b'], [0, 0.5])?.map(({ end }) => end),
    [100.5, 102],
  )
})

test('never goes back', () => {
  assert.equal(
    words([' a', ' b', ' c'], [0.5, 0.3, 0.9])?.map(({ start }) => start),
    [100.5, 100.5, 100.9],
  )
})

test('has no words where the model gave no times', () => {
  assert.is(words([' a', ' b'], []), undefined)
  assert.is(words([' a', ' b'], [0, 0]), undefined)
  assert.equal(words([]), [])
})

test.run()
