import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chunker, longestChunk, quietest } from '../../../src/speech/sherpa/chunks.js'
import { heardAudio } from '../../../src/speech/sherpa/heard-audio.js'
import { sampleRate } from '../../../src/speech/sherpa/sound.js'

const test = suite('chunks')

/** A tone with pauses at these seconds, each of 0.2 s. */
const audioWith = (seconds: number, pauses: readonly number[]) => {
  const audio = heardAudio()
  for (let second = 0; second < seconds; second += 1)
    audio.add(
      Float32Array.from({ length: sampleRate }, (_, index) => {
        const at = second + index / sampleRate
        const isPause = pauses.some((pause) => at >= pause && at < pause + 0.2)
        return isPause ? 0 : Math.sin(index / 5)
      }),
    )
  return audio
}
const part = (start: number, end: number) => ({ start: start * sampleRate, end: end * sampleRate })
const seconds = ({ start, end }: { start: number; end: number }) => [
  start / sampleRate,
  end / sampleRate,
]

test('are the parts, where there are pauses between them', () => {
  const chunks = chunker(audioWith(10, []))
  assert.equal(chunks.add(part(1, 3)), [])
  assert.equal(chunks.add(part(4, 6)).map(seconds), [[1, 3]])
  assert.equal(chunks.end().map(seconds), [[4, 6]])
  assert.equal(chunks.end(), [])
})

test('are complete as soon as nothing can follow', () => {
  const chunks = chunker(audioWith(10, []))
  chunks.add(part(1, 3))
  assert.equal(chunks.advance(3 * sampleRate), [])
  assert.equal(chunks.advance(3.5 * sampleRate).map(seconds), [[1, 3]])
})

test('join parts that a detector had to cut', () => {
  const chunks = chunker(audioWith(10, []))
  chunks.add(part(1, 3))
  chunks.add(part(3, 6))
  assert.is(chunks.begins, sampleRate)
  assert.equal(chunks.end().map(seconds), [[1, 6]])
})

test('are cut at the pause where speech goes on for longer than a model can take', () => {
  const chunks = chunker(audioWith(70, [10, 20, 45, 60]))
  const all = [...chunks.add(part(0, 30)), ...chunks.add(part(30, 70)), ...chunks.end()]
  const cuts = all.map(seconds)
  assert.is(cuts.length, 3)
  for (const [start = 0, end = 0] of cuts) assert.ok(end - start <= longestChunk / sampleRate)
  assert.ok(Math.abs((cuts[0]?.[1] ?? 0) - 20.1) < 0.1)
  assert.ok(Math.abs((cuts[1]?.[1] ?? 0) - 45.1) < 0.1)
  assert.equal(cuts[2]?.[1], 70)
  assert.equal(
    cuts.slice(1).map(([start]) => start),
    cuts.slice(0, -1).map(([, end]) => end),
  )
})

test('take in silence all that a model can take', () => {
  const audio = heardAudio()
  audio.add(new Float32Array(30 * sampleRate))
  assert.ok(quietest(audio, 18 * sampleRate, 28 * sampleRate) > 27.9 * sampleRate)
})

test('keep only the audio that is still needed', () => {
  const audio = audioWith(4, [])
  audio.forget(2.5 * sampleRate)
  assert.is(audio.slice(0, 4 * sampleRate).length, 2 * sampleRate)
  assert.is(audio.slice(2.5 * sampleRate, 3 * sampleRate).length, sampleRate / 2)
  assert.is(audio.length, 4 * sampleRate)
})

test.run()
