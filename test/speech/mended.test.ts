import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Mender } from '../../src/speech/mended.js'

const test = suite('mended times')
const mended = (spans: readonly (readonly [number, number])[], duration = 10) => {
  const mender = new Mender(duration)
  const times = spans.map(([start, end]) => {
    const segment = mender.mend({ start, end, text: 'Word' })
    return [segment.start, segment.end]
  })
  return { times, warnings: mender.warnings }
}

test('leaves times that can be as they are, to the millisecond', () => {
  const { times, warnings } = mended([
    [0, 1.23456],
    [1.23456, 3],
    [5, 10],
  ])
  assert.equal(times, [
    [0, 1.235],
    [1.235, 3],
    [5, 10],
  ])
  assert.equal(warnings, [])
})

test('brings times into the audio, and in order, and says so once', () => {
  const { times, warnings } = mended([
    [-1, 2],
    [1, 3],
    [5, 4],
    [Number.NaN, 6],
    [8, 30],
  ])
  assert.equal(times, [
    [0, 2],
    [2, 3],
    [5, 5.1],
    [5.1, 6],
    [8, 10],
  ])
  assert.equal(warnings.length, 1)
  assert.equal([warnings[0]?.kind, warnings[0]?.start], ['timestamps', 0])
  assert.match(warnings[0]?.message ?? '', /^5 segments/)
})

test('gives no segment a length of nothing while the audio has room', () => {
  assert.equal(
    mended([
      [0, 0],
      [0, 0],
    ]).times,
    [
      [0, 0.1],
      [0.1, 0.2],
    ],
  )
})

test('says nothing of what is as good as right', () => {
  const { times, warnings } = mended([
    [0, 2.04],
    [2, 10.03],
  ])
  assert.equal(times, [
    [0, 2.04],
    [2.04, 10],
  ])
  assert.equal(warnings, [])
})

test('keeps words within their segment, in order', () => {
  const word = (start: number, end: number) => ({ start, end, word: ' word' })
  const { words = [] } = new Mender(10).mend({
    ...{ start: 1, end: 3, text: ' four words ' },
    words: [
      word(0.5, 1.5),
      word(1.2, 2),
      word(Number.NaN, 2.5),
      word(2.6, 4),
      { ...word(4, 5), word: '' },
    ],
  })
  assert.equal(
    words.map(({ start, end }) => [start, end]),
    [
      [1, 1.5],
      [1.5, 2],
      [2, 2.5],
      [2.6, 3],
    ],
  )
})

test.run()
