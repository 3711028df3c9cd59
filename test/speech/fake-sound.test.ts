import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RpcError } from '../../src/protocol/rpc-error.js'
import { listen } from '../../src/speech/fake-sound.js'
import { speechIn } from '../../src/speech/fake-voice.js'
import { tones, waveFile } from './wave.js'

const test = suite('sound of the fake engine')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-wave-'))
test.after(() => rmSync(folder, { recursive: true }))

const never = new AbortController().signal
const parts = [
  ['silence', 1],
  ['tone', 2],
  ['silence', 1.5],
  ['tone', 1],
] as const
const encoded = (file: Buffer) => ({ base64: file.toString('base64'), format: 'wav' })
const failed = async (file: Buffer): Promise<string> => {
  try {
    await listen(encoded(file), never)
    return 'nothing'
  } catch (error) {
    return `${(error as RpcError).kind}: ${(error as RpcError).message}`
  }
}
const noPad = { speechPadMs: 0 }
const spoken = [
  { start: 1, end: 3 },
  { start: 4.5, end: 5.5 },
]

test('is the same in a file, in its content, and in its samples', async () => {
  const samples = tones(parts)
  const path = join(folder, 'a.wav')
  writeFileSync(path, waveFile(samples))
  const all = await Promise.all(
    [
      { path },
      encoded(waveFile(samples)),
      { pcm16Base64: samples.toString('base64'), sampleRate: 16_000 },
    ].map((audio) => listen(audio, never)),
  )
  for (const sound of all) {
    assert.is(sound.duration, 5.5)
    assert.is(sound.levels.length, 275)
    assert.equal(speechIn(sound, noPad), spoken)
  }
})

test('may have two channels, another rate, and chunks before its data', async () => {
  const facts = { sampleRate: 44_100, channels: 2 }
  const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1')
  const sound = await listen(encoded(waveFile(tones(parts, facts), facts, list)), never)
  assert.is(sound.duration, 5.5)
  assert.equal(speechIn(sound, noPad), spoken)
})

test('is refused if it is no audio', async () => {
  assert.match(await failed(Buffer.alloc(0)), /^AudioInvalid: .* is empty/)
  assert.match(await failed(waveFile(Buffer.alloc(0)).subarray(0, 36)), /^AudioInvalid/)
  assert.match(await failed(waveFile(tones(parts)).subarray(0, 64_000)), /^AudioInvalid/)
  assert.match(await failed(waveFile(Buffer.alloc(64), { channels: 0 })), /^AudioInvalid/)
})

test('is not listened to when nobody waits for it any more', async () => {
  const gone = AbortSignal.abort()
  const error = await listen(encoded(waveFile(tones(parts))), gone).catch((it) => it)
  assert.is(error, gone.reason)
})

test('speech has room around it, and what is near is one', async () => {
  const sound = await listen(encoded(waveFile(tones(parts))), never)
  assert.equal(speechIn(sound), [
    { start: 0.9, end: 3.1 },
    { start: 4.4, end: 5.5 },
  ])
  assert.equal(speechIn(sound, { ...noPad, minSilenceMs: 1600 }), [{ start: 1, end: 5.5 }])
  assert.equal(speechIn(sound, { ...noPad, minSpeechMs: 1500 }), [{ start: 1, end: 3 }])
  assert.equal(speechIn(sound, { ...noPad, maxSpeechSec: 1.5 }).slice(0, 2), [
    { start: 1, end: 2 },
    { start: 2, end: 3 },
  ])
  assert.equal(speechIn(sound, { speechPadMs: 1000 }), [{ start: 0, end: 5.5 }])
  assert.equal(speechIn(sound, { threshold: 1 }), [])
})

test.run()
