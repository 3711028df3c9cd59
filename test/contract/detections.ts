/** Which language is spoken, and where somebody speaks. */
import { DetectLanguageResult, VadDetectResult } from 'sidestream/models'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { fitting } from './told.js'
import type { Running } from './transcription.js'

export const detections = (
  test: Test,
  { client, capabilities, model, audio, speech }: Running,
): void => {
  const path = { audio: { path: audio } }
  const detect = async (more: object = {}) =>
    fitting(VadDetectResult, await client().request('vad.detect', { ...path, ...more }))

  test('tells which language is spoken', async () => {
    if (capabilities().languageDetection !== true) return
    const params = { ...path, model }
    const answer = await client().request('transcription.detectLanguage', params)
    const { language, languageProbability, model: used } = fitting(DetectLanguageResult, answer)
    assert.is(language, 'en')
    assert.ok(languageProbability > 0.5)
    assert.is(used, model)
  })

  test('finds speech where a listener has marked it', async () => {
    if (capabilities().vad !== true || speech === undefined) return
    const { segments } = await detect({ speechPadMs: 0 })
    assert.is(segments.length, speech.marked.length)
    for (const [index, [start, end]] of speech.marked.entries()) {
      const found = segments[index] as (typeof segments)[number]
      const off = Math.max(Math.abs(found.start - start), Math.abs(found.end - end))
      assert.ok(off <= speech.offBy, `${found.start}–${found.end} for ${start}–${end}`)
    }
  })

  test('finds no speech in silence', async () => {
    if (capabilities().vad !== true) return
    const pcm16Base64 = Buffer.alloc(32_000).toString('base64')
    const { segments, duration } = await detect({ audio: { pcm16Base64, sampleRate: 16_000 } })
    assert.equal([segments, duration], [[], 1])
  })

  test('splits speech that is longer than wanted', async () => {
    if (capabilities().vad !== true) return
    const { segments, duration } = await detect({ maxSpeechSec: 2 })
    assert.ok(segments.length > 2)
    assert.ok(segments.every(({ start, end }) => end - start <= 2.5 && end <= duration))
  })
}
