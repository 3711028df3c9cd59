/** FunASR's AutoModel by torch: text, where somebody speaks, and a Paraformer, through a host and the engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from 'sidestream/host'
import { VadDetectResult } from 'sidestream/models'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fitting, told } from '../../contract/told.js'
import { recordings, sampleRate, samplesOf, writeWave } from '../speech/recordings.js'
import { errorRate, joinedRecordings } from './joined-recordings.js'
import { startedEngine } from './torch-engine.js'

const test = suite('funasr by torch')

const folder = mkdtempSync(join(tmpdir(), 'sidestream-torch-'))
const sample = fileURLToPath(new URL('../../../samples/audio/librivox.wav', import.meta.url))
let engine: Client
test.before(async () => {
  engine = await startedEngine('funasr')
})
test.after(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

const transcribe = (audio: string, model: string, more: object = {}) =>
  told(engine, 'transcription.transcribe', {
    ...{ audio: { path: audio }, model, task: 'transcribe' },
    ...more,
  })

test('hears what is said, by Whisper', async () => {
  const { result } = await transcribe(joinedRecordings(), 'whisper-tiny.en', { language: 'en' })
  const rate = errorRate(result.text)
  const { loadMs, rtf } = result.timings
  console.log(
    `figures: Whisper by torch: ${(rate * 100).toFixed(1)} % of the words wrong, loaded in ${loadMs} ms, RTF ${rtf}`,
  )
  assert.ok(rate <= 0.1, result.text)
  assert.is(result.language, 'en')
})

test('finds where somebody speaks, by FSMN-VAD', async () => {
  const silence = Buffer.alloc(2 * 2 * sampleRate)
  const spoken: { start: number; end: number }[] = []
  const parts: Buffer[] = []
  let seconds = 0
  for (const { path } of recordings()) {
    const samples = samplesOf(path)
    const length = samples.length / 2 / sampleRate
    spoken.push({ start: seconds + 2, end: seconds + 2 + length })
    parts.push(silence, samples)
    seconds += 2 + length
  }
  const path = join(folder, 'apart.wav')
  writeWave(path, [...parts, silence])
  const answer = await engine.request('vad.detect', { audio: { path }, backend: 'fsmn' })
  const { segments } = fitting(VadDetectResult, answer)
  assert.is(segments.length, spoken.length)
  for (const [index, { start, end }] of spoken.entries()) {
    const found = segments[index] as (typeof segments)[number]
    const off = Math.max(Math.abs(found.start - start), Math.abs(found.end - end))
    assert.ok(off <= 0.3, `${found.start}–${found.end} for ${start}–${end}`)
  }
})

test('has times of words that can be, and none where a model gives others, by a Paraformer', async () => {
  const engineOptions = { generateOptions: { pred_timestamp: true } }
  const { result } = await transcribe(sample, 'tiny-paraformer', {
    ...{ wordTimestamps: true, engineOptions },
  })
  const withWords = result.segments.filter(({ words }) => words !== undefined)
  assert.ok(withWords.length > 0)
  for (const { start, end, text, words = [] } of withWords) {
    assert.is(words.length, text.split(' ').length)
    let latest = start
    for (const word of words) {
      assert.ok(latest <= word.start && word.start <= word.end && word.end <= end)
      latest = word.end
    }
  }
  const isWhole = withWords.length === result.segments.length
  assert.is(result.timestampSource, isWhole ? 'model' : 'vad')
  assert.is(
    result.warnings.some(({ kind }) => kind === 'no_word_times'),
    !isWhole,
  )
})

test.run()
