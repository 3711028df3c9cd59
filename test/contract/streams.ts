/** Audio that comes in chunks. */
import { readFileSync } from 'node:fs'
import { StreamOpenResult } from 'sidestream/models'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { headBytes } from './inputs.js'
import { failure, fitting, told } from './told.js'
import type { Running } from './transcription.js'

export const streams = (test: Test, { client, capabilities, model, audio }: Running): void => {
  const bytes = readFileSync(audio)
  const sampleRate = bytes.readUInt32LE(24)
  const request = (method: string, params: object) => client().request(method, params)
  const open = async (): Promise<string> => {
    const outputs = ['text', 'srt']
    const answer = await request('stream.open', { model, task: 'transcribe', outputs })
    return fitting(StreamOpenResult, answer).stream
  }
  /** The chunk of this number, half a second long. */
  const chunk = (stream: string, seq: number, rate = sampleRate) => {
    const from = headBytes + seq * sampleRate
    const pcm16Base64 = bytes.subarray(from, from + sampleRate).toString('base64')
    return { stream, seq, audio: { pcm16Base64, sampleRate: rate } }
  }
  const isAble = (): boolean => capabilities().streaming === true

  test('hears in chunks what it hears in a file', async () => {
    if (!isAble()) return
    const stream = await open()
    const chunks = Math.floor((bytes.length - headBytes) / sampleRate)
    await Promise.all(
      Array.from({ length: chunks }, (_, seq) => request('stream.push', chunk(stream, seq))),
    )
    const { result, progress } = await told(client(), 'stream.finish', { stream })
    assert.is(progress[0]?.kind, 'started')
    assert.is(result.duration, chunks / 2)
    assert.ok(result.text.length > 10)
    assert.equal(Object.keys(result.outputs ?? {}), ['text', 'srt'])
    assert.is((await failure(request('stream.finish', { stream }))).kind, 'InvalidParams')
  })

  test('refuses a chunk that does not follow the one before', async () => {
    if (!isAble()) return
    const stream = await open()
    await request('stream.push', chunk(stream, 0))
    for (const wrong of [chunk(stream, 0), chunk(stream, 2), chunk(stream, 1, sampleRate * 2)]) {
      assert.is((await failure(request('stream.push', wrong))).kind, 'InvalidParams')
    }
    await request('stream.push', chunk(stream, 1))
    await request('stream.close', { stream })
    assert.is((await failure(request('stream.push', chunk(stream, 2)))).kind, 'InvalidParams')
  })

  test('hears nothing in a stream without chunks', async () => {
    if (!isAble()) return
    const { result } = await told(client(), 'stream.finish', { stream: await open() })
    assert.equal([result.text, result.emptyReason], ['', 'no_speech'])
  })
}
