import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { segmentsOf } from '../../../src/speech/sherpa/segments.js'

const test = suite('segments of a chunk')

const chunk = { start: 10, end: 20 }
const sentences = {
  text: ' One. Two.',
  segment_texts: [' One.', ' Two.'],
  segment_timestamps: [0, 3],
  segment_durations: [2.5, 100],
}
const spans = (heard: Parameters<typeof segmentsOf>[0]) =>
  segmentsOf(heard, chunk, false).map(({ start, end, text }) => [start, end, text])

test('are the sentences of Whisper, within the chunk', () => {
  assert.equal(spans(sentences), [
    [10, 12.5, 'One.'],
    [13, 20, 'Two.'],
  ])
})

test('are the chunk as a whole where their times make no sense', () => {
  const whole = [[10, 20, 'One. Two.']]
  assert.equal(spans({ ...sentences, segment_timestamps: [0, 1] }), whole)
  assert.equal(spans({ ...sentences, segment_durations: [0, 1] }), whole)
  assert.equal(spans({ ...sentences, segment_timestamps: [0, 12] }), whole)
})

test('leave out no text that is in no sentence', () => {
  assert.equal(spans({ ...sentences, text: ' One. Two. Three.' }), [[10, 20, 'One. Two. Three.']])
})

test('are none where nothing was heard', () => {
  assert.equal(spans({ text: ' ' }), [])
})

test('tell how well a text compresses', () => {
  const [segment] = segmentsOf({ text: 'la '.repeat(100) }, chunk, false)
  assert.ok((segment?.compressionRatio ?? 0) > 2.4)
})

test.run()
