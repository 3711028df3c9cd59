/** Silero VAD on a real voice. */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VadDetectRequest } from '../../../src/models/vad.js'
import { isRpcError } from '../../../src/protocol/rpc-error.js'
import { detectSpeech } from '../../../src/speech/sherpa/detect-speech.js'
import { waveFile } from '../../samples/wave-file.js'
import { recording } from './recording.js'

const test = suite('where somebody speaks')

/** Read by hand: samples/audio/README.md. */
const spoken = [
  { start: 0.2, end: 6.8 },
  { start: 9.35, end: 11.9 },
  { start: 14.35, end: 19.2 },
  { start: 21.65, end: 27.25 },
  { start: 29.65, end: 32.5 },
]

const detect = (
  options: Omit<VadDetectRequest, 'audio'> = {},
  audio: VadDetectRequest['audio'] = { path: recording },
  controller = new AbortController(),
) =>
  detectSpeech(
    { audio, ...options },
    { tell() {}, mark() {}, signal: controller.signal, folder: 'nowhere' },
  )

const samples = (): Float32Array => {
  const bytes = readFileSync(recording)
  return Float32Array.from({ length: (bytes.length - 44) / 2 }, (_, index) =>
    Math.max(-1, bytes.readInt16LE(44 + 2 * index) / 32_767),
  )
}
const inBase64 = (bytes: Buffer) => ({ base64: bytes.toString('base64'), format: 'wav' })

const assertSpoken = (segments: readonly { start: number; end: number }[], within: number) => {
  assert.is(segments.length, spoken.length)
  for (const [index, { start, end }] of spoken.entries()) {
    const found = segments[index] as { start: number; end: number }
    assert.ok(Math.abs(found.start - start) <= within, `starts at ${found.start}, not ${start}`)
    assert.ok(Math.abs(found.end - end) <= within, `ends at ${found.end}, not ${end}`)
  }
}

test('is found within 100 ms of what was read by hand', async () => {
  const { segments, duration, backend } = await detect({ speechPadMs: 0 })
  assertSpoken(segments, 0.1)
  assert.equal([duration, backend], [32.73, 'silero'])
})

test('is padded, within the audio', async () => {
  const { segments } = await detect({ speechPadMs: 600 })
  assert.equal([segments[0]?.start, segments.at(-1)?.end], [0, 32.73])
  assertSpoken(segments, 0.7)
})

test('is found at another rate, with two channels and 24 bits', async () => {
  const mono = samples()
  const bytes = Buffer.alloc(mono.length * 3 * 2 * 3)
  for (let index = 0; index < mono.length * 3; index += 1) {
    const sample = Math.round((mono[Math.floor(index / 3)] as number) * 8_388_607)
    bytes.writeIntLE(sample, index * 6, 3)
    bytes.writeIntLE(sample, index * 6 + 3, 3)
  }
  const settings = { sampleRate: 48_000, channels: 2, bitsPerSample: 24 }
  const { segments } = await detect({ speechPadMs: 0 }, inBase64(waveFile(bytes, settings)))
  assertSpoken(segments, 0.15)
})

test('is split where it is longer than asked for, and nowhere else', async () => {
  const { segments } = await detect({ maxSpeechSec: 3 })
  assert.ok(segments.length > 5)
  assert.ok(segments.every(({ start, end }) => end - start <= 3))
  assert.ok(segments.every(({ start }, index) => start >= (segments[index - 1]?.end ?? 0)))
})

test('is one segment, however long, where no pause is', async () => {
  const mono = samples()
  // The longest sentence, over and over.
  const sentence = mono.subarray(0.4 * 16_000, 6.4 * 16_000)
  const long = new Float32Array(sentence.length * 10)
  for (let index = 0; index < 10; index += 1) long.set(sentence, index * sentence.length)
  const { segments } = await detect({}, inBase64(waveFile(long)))
  assert.is(segments.length, 1)
  assert.ok((segments[0]?.end ?? 0) > 59)
})

test('is nowhere in silence', async () => {
  const { segments, duration } = await detect({}, inBase64(waveFile(new Float32Array(48_000))))
  assert.equal([segments, duration], [[], 3])
})

test('is what a threshold takes for it', async () => {
  const bytes = inBase64(waveFile(samples().map((sample) => sample / 50)))
  const lengths = async (threshold: number) => {
    const { segments } = await detect({ threshold }, bytes)
    return segments.reduce((sum, { start, end }) => sum + end - start, 0)
  }
  assert.ok((await lengths(0.1)) > (await lengths(0.95)))
})

test('is not looked for by a detector that is not there', async () => {
  try {
    await detect({ backend: 'fsmn' })
    assert.unreachable()
  } catch (error) {
    assert.ok(isRpcError(error) && error.kind === 'UnsupportedOption')
  }
})

test('is not looked for any more after a cancel', async () => {
  const controller = new AbortController()
  const detection = detect({}, undefined, controller)
  controller.abort()
  try {
    await detection
    assert.unreachable()
  } catch (error) {
    assert.ok(isRpcError(error) && error.kind === 'RequestCancelled')
  }
})

test.run()
