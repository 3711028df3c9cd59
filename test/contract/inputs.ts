/** Audio by its path, as the content of a file, as samples, and in part. */
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { told } from './told.js'
import type { Running } from './transcription.js'

/** Of a wave file as ours, where samples begin. */
export const headBytes = 44

export const inputs = (test: Test, running: Running): void => {
  const { client, model, audio, start } = running
  const transcribe = async (input: object, more: object = {}, its = client()) => {
    const params = { audio: input, model, task: 'transcribe', ...more }
    return (await told(its, 'transcription.transcribe', params)).result
  }
  const bytes = readFileSync(audio)
  const sampleRate = bytes.readUInt32LE(24)
  const samples = (content: Buffer) => ({ pcm16Base64: content.toString('base64'), sampleRate })

  test('hears the same in a file and in its content', async () => {
    const { text } = await transcribe({ path: audio })
    const encoded = { base64: bytes.toString('base64'), format: 'wav' }
    assert.is((await transcribe(encoded)).text, text)
    assert.is((await transcribe(samples(bytes.subarray(headBytes)))).text, text)
  })

  test('takes a path from its own working directory', async () => {
    const there = await start(dirname(audio))
    try {
      const { text } = await transcribe({ path: basename(audio) }, {}, there)
      assert.is(text, (await transcribe({ path: audio })).text)
    } finally {
      await there.close()
    }
  })

  test('hears nothing in silence, and says so', async () => {
    const silence = samples(Buffer.alloc(2 * 2 * sampleRate))
    const { text, segments, emptyReason, duration } = await transcribe(silence)
    assert.equal([text, segments, emptyReason, duration], ['', [], 'no_speech', 2])
  })

  test('hears nothing where there are no samples', async () => {
    const head = Buffer.from(bytes.subarray(0, headBytes))
    head.writeUInt32LE(0, 40)
    const empty = { base64: head.toString('base64'), format: 'wav' }
    const { text, emptyReason, duration } = await transcribe(empty)
    assert.equal([text, emptyReason, duration], ['', 'no_speech', 0])
  })

  test('hears a part of the audio, with times from its beginning', async () => {
    const whole = await transcribe({ path: audio })
    const clip = { start: whole.duration / 2, end: (whole.duration * 3) / 4 }
    const { segments, text } = await transcribe({ path: audio }, { clip })
    assert.ok(text.length > 0 && text.length < whole.text.length)
    assert.ok(segments.every(({ start, end }) => start >= clip.start - 1 && end <= clip.end + 1))
  })
}
