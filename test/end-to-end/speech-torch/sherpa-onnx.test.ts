/** Whisper without Python, through a host and the engine. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { told } from '../../contract/told.js'
import { wordsOf } from '../speech/word-errors.js'
import { errorRate, joinedRecordings } from './joined-recordings.js'
import { startedEngine } from './torch-engine.js'

const test = suite('sherpa-onnx')

/** The first word of each recording, with its time in all of them, as samples/audio/README.md has it for each. */
const beginnings = [
  ['and', 0.2],
  ['he', 7.35],
  ['unless', 10.35],
  ['had', 15.65],
  ['he', 21.65],
] as const

test('hears what is said, and when', async () => {
  const engine = await startedEngine('sherpa-onnx')
  try {
    const request = {
      audio: { path: joinedRecordings() },
      ...{ model: 'whisper-tiny.en', task: 'transcribe' },
    }
    for (const wordTimestamps of [false, true]) {
      const params = { ...request, wordTimestamps }
      const { result } = await told(engine, 'transcription.transcribe', params)
      const { loadMs, rtf } = result.timings
      const rate = errorRate(result.text)
      const what = wordTimestamps ? ' with times of words' : ''
      console.log(
        `figures: Whisper by sherpa-onnx${what}: ${(rate * 100).toFixed(1)} % of the words wrong, loaded in ${loadMs} ms, RTF ${rtf}`,
      )
      assert.ok(rate <= 0.1, result.text)
      assert.is(result.timestampSource, wordTimestamps ? 'vad' : 'model')
      if (!wordTimestamps) continue
      const words = result.segments.flatMap((it) => it.words ?? [])
      assert.equal(
        words.flatMap((it) => wordsOf(it.word)),
        wordsOf(result.text),
      )
      for (const [word, start] of beginnings) {
        const isThere = words.some(
          (it) => wordsOf(it.word)[0] === word && Math.abs(it.start - start) <= 0.3,
        )
        assert.ok(isThere, `${word} at ${start}: ${JSON.stringify(words)}`)
      }
    }
  } finally {
    await engine.close()
  }
})

test.run()
