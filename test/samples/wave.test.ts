/** The reader of wave files: what it takes, and the words it has for each that it does not take. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Failure, isFailure } from '../../samples/vad/failure.js'
import { openWave } from '../../samples/vad/wave.js'
import { valueSuite } from './value-suite.js'
import { chunk, extensibleBody, formatBody, pcm16, tone, waveFile } from './wave-file.js'

const test = valueSuite('wave')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-wave-'))
test.after(() => rmSync(folder, { recursive: true }))

const saved = (bytes: Buffer): string => {
  const path = join(folder, 'test.wav')
  writeFileSync(path, bytes)
  return path
}

const read = (path: string) => {
  const wave = openWave(path)
  try {
    const blocks = [...wave.blocks()]
    const samples = blocks.flatMap((block) => [...block])
    return { ...wave, samples, blockCount: blocks.length }
  } finally {
    wave.close()
  }
}

const failureOf = (path: string): Failure => {
  try {
    openWave(path).close()
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
  throw new Error('it was opened')
}

const assertInvalid = (bytes: Buffer, reason: string, words: RegExp) => {
  const path = saved(bytes)
  const { kind, message, facts } = failureOf(path)
  assert.is(kind, 'AudioInvalid')
  assert.is(facts.reason, reason)
  assert.is(facts.path, path)
  assert.match(message, words)
  return facts
}

for (const sampleRate of [8_000, 11_025, 16_000, 44_100, 48_000])
  for (const channels of [1, 2])
    test(`reads ${sampleRate} Hz with ${channels} channel(s), about a second at a time`, () => {
      const path = saved(waveFile(tone(440, 2.5, sampleRate, channels), { sampleRate, channels }))
      const wave = read(path)
      const expected = tone(440, 2.5, sampleRate)
      assert.is(wave.sampleRate, sampleRate)
      assert.ok(Math.abs(wave.durationSec - 2.5) < 1 / sampleRate)
      assert.is(wave.samples.length, expected.length)
      assert.is(wave.blockCount, 3)
      assert.ok(wave.samples.every((sample, i) => Math.abs(sample - Number(expected[i])) < 1e-4))
    })

test('mixes stereo down to the mean of both channels', () => {
  const { samples } = read(saved(waveFile([0.5, -0.5, 0.5, 0, -1, -0.5], { channels: 2 })))
  const rounded = samples.map((sample) => Math.round(sample * 1000) / 1000)
  assert.equal(rounded, [0, 0.25, -0.75])
})

test('does not overflow where both channels are at full scale', () => {
  const { samples } = read(saved(waveFile(pcm16([-1, -1, 1, 1]), { channels: 2 })))
  assert.ok(Number(samples[0]) < -0.99 && Number(samples[1]) > 0.99)
})

test('skips chunks before the data, those of odd length with their pad byte', () => {
  const before = [chunk('LIST', Buffer.from('INFOabc')), chunk('bext', Buffer.alloc(602))]
  assert.is(read(saved(waveFile([0.1, 0.2, 0.3], { before }))).samples.length, 3)
})

test('reads only the data where chunks follow it', () => {
  const after = [chunk('id3 ', Buffer.alloc(100, 1))]
  assert.is(read(saved(waveFile([0.1, 0.2, 0.3], { after }))).samples.length, 3)
})

test('reads 16-bit PCM in WAVE_FORMAT_EXTENSIBLE', () => {
  const format = extensibleBody({ subformat: 1, channels: 2, sampleRate: 48_000 })
  const wave = read(saved(waveFile([0.1, 0.2, 0.3, 0.4], { format })))
  assert.is(wave.sampleRate, 48_000)
  assert.is(wave.samples.length, 2)
})

for (const dataLength of [0xffffffff, 0x7fffffff, 0x80000000, 0x7ffff000])
  test(`reads to the end where a stream's writer left 0x${dataLength.toString(16)}`, () => {
    const bytes = waveFile([0.1, 0.2, 0.3], { dataLength, riffLength: 0xffffffff })
    assert.is(read(saved(bytes)).samples.length, 3)
  })

for (const riffLength of [0, 36, 0xffffffff])
  test(`reads to the end where lengths stayed at 0 and ${riffLength}`, () => {
    const bytes = waveFile([0.1, 0.2, 0.3], { dataLength: 0, riffLength })
    assert.is(read(saved(bytes)).samples.length, 3)
  })

test('leaves out half a frame at the end', () => {
  const bytes = waveFile(Buffer.alloc(4 * 10 + 3), { channels: 2 })
  assert.is(read(saved(bytes)).samples.length, 10)
})

test('finds a missing file missing', () => {
  const { kind, message, facts } = failureOf(join(folder, 'none.wav'))
  assert.is(kind, 'AudioNotFound')
  assert.match(message, /There is no file at .*none\.wav\. Check the path/)
  assert.equal(facts, { path: join(folder, 'none.wav'), reason: 'missing' })
})

test('names the whole path where a relative one is missing', () => {
  assert.is(failureOf('none.wav').facts.path, join(process.cwd(), 'none.wav'))
})

test('takes a file in the place of a folder for a missing one', () => {
  const path = join(saved(waveFile([0.1])), 'inside.wav')
  assert.is(failureOf(path).facts.reason, 'missing')
})

test('says why a path cannot be read', () => {
  const { kind, message, facts } = failureOf(`bad\0name.wav`)
  assert.is(kind, 'AudioNotFound')
  assert.is(facts.reason, 'unreadable')
  assert.is(facts.errorCode, 'ERR_INVALID_ARG_VALUE')
  assert.match(message, /cannot be read: .*null bytes/)
})

test('refuses a directory', () => {
  mkdirSync(join(folder, 'sub'))
  const { kind, message, facts } = failureOf(join(folder, 'sub'))
  assert.is(kind, 'AudioNotFound')
  assert.is(facts.reason, 'not-a-file')
  // Windows does not open directories at all
  assert.match(message, process.platform === 'win32' ? /./ : /it is a directory/)
})

if (process.platform !== 'win32')
  test('refuses a named pipe without waiting for its writer', () => {
    const path = join(folder, 'fifo.wav')
    execFileSync('mkfifo', [path])
    const { kind, facts } = failureOf(path)
    assert.is(kind, 'AudioNotFound')
    assert.is(facts.reason, 'not-a-file')
  })

test('refuses an empty file', () => {
  assertInvalid(Buffer.alloc(0), 'empty', /is an empty file/)
})

test('refuses a wave file without samples', () => {
  assertInvalid(waveFile([]), 'empty', /holds no samples/)
  assertInvalid(waveFile([], { after: [chunk('LIST', Buffer.alloc(50))] }), 'empty', /no samples/)
})

test('refuses a file that ends early, at each of its bytes', () => {
  const whole = waveFile([0.1, 0.2, 0.3])
  for (let length = 1; length < whole.length; length += 1)
    assertInvalid(whole.subarray(0, length), 'truncated', /is truncated: /)
})

test('says how much of a truncated file is there', () => {
  const facts = assertInvalid(
    waveFile([0.1, 0.2, 0.3]).subarray(0, 46),
    'truncated',
    /promises 6 bytes of samples, 2 are there/,
  )
  assert.is(facts.promisedBytes, 6)
  assert.is(facts.presentBytes, 2)
})

test('refuses absurd lengths', () => {
  const dataLength = 0xfffffff0
  assertInvalid(waveFile([0.1], { dataLength }), 'truncated', /promises 4294967280 bytes/)
  const before = [chunk('LIST', Buffer.alloc(4), 0xffffffff)]
  assertInvalid(waveFile([0.1], { before }), 'truncated', /ends before its samples/)
})

test('notices a file that becomes shorter while it is read', () => {
  const path = saved(waveFile(tone(440, 3, 8_000), { sampleRate: 8_000 }))
  const wave = openWave(path)
  const blocks = wave.blocks()
  blocks.next()
  truncateSync(path, 20_000)
  try {
    assert.throws(
      () => blocks.next(),
      (error: unknown) => isFailure(error) && error.facts.reason === 'truncated',
    )
  } finally {
    wave.close()
  }
})

const strangers: readonly (readonly [string, string | undefined])[] = [
  ['fLaC\0\0\0\x22aaaa', 'FLAC'],
  ['OggS\0\x02aaaaaa', 'Ogg'],
  ['ID3\x04aaaaaaaa', 'MP3'],
  ['\xff\xfb\x90\x64aaaaaaaa', 'MP3'],
  ['\0\0\0\x20ftypM4A ', 'MP4'],
  ['\x1a\x45\xdf\xa3aaaaaaaa', 'WebM or Matroska'],
  ['RF64\xff\xff\xff\xffWAVE', 'RF64, a wave file of more than 4 GiB'],
  ['RIFFaaaaAVI ', undefined],
  ['hello, this is text', undefined],
  ['hi', undefined],
]
for (const [bytes, format] of strangers)
  test(`refuses ${JSON.stringify(bytes)}, ${format ?? 'unknown'}, and says how to convert it`, () => {
    const facts = assertInvalid(Buffer.from(bytes, 'latin1'), 'not-wave', /not a wave file.*ffmpeg/)
    assert.is(facts.format, format)
  })

test('refuses data without a format before it, and formats that make no sense', () => {
  const data = chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('data', Buffer.alloc(8))]))
  assertInvalid(data, 'not-wave', /no format chunk/)
  assertInvalid(waveFile([0.1], { format: Buffer.alloc(10) }), 'not-wave', /broken format chunk/)
  const format = formatBody()
  format.writeUInt16LE(7, 12)
  assertInvalid(waveFile([0.1], { format }), 'not-wave', /contradicts itself/)
})

test('gives up on a file of nothing but empty chunks', () => {
  const before = Array.from({ length: 2_000 }, () => chunk('junk', Buffer.alloc(0)))
  assertInvalid(waveFile([0.1], { before }), 'truncated', /ends before its samples/)
})

test('names what it does not support, as a sentence and as facts', () => {
  const facts = assertInvalid(
    waveFile(Buffer.alloc(96), { bitsPerSample: 24, sampleRate: 44_100 }),
    'unsupported',
    /has 24-bit samples, but only 16-bit PCM is read\. Convert it.*ffmpeg/,
  )
  const { encoding, bitsPerSample, channels, sampleRate } = facts
  assert.equal(
    { encoding, bitsPerSample, channels, sampleRate },
    { encoding: 'PCM', bitsPerSample: 24, channels: 1, sampleRate: 44_100 },
  )
})

const silence = Buffer.alloc(96)
for (const [words, bytes] of [
  [/8-bit samples/, waveFile(silence, { bitsPerSample: 8 })],
  [/32-bit samples/, waveFile(silence, { bitsPerSample: 32 })],
  [/6 channels/, waveFile(silence, { channels: 6 })],
  [/0 channels/, waveFile(silence, { channels: 0 })],
  [/sample rate of 7999 Hz/, waveFile(silence, { sampleRate: 7_999 })],
  [/sample rate of 48001 Hz/, waveFile(silence, { sampleRate: 48_001 })],
  [/sample rate of 0 Hz/, waveFile(silence, { sampleRate: 0 })],
  [/floating point/, waveFile(silence, { formatTag: 3, bitsPerSample: 32 })],
  [/in µ-law/, waveFile(silence, { formatTag: 7, bitsPerSample: 8 })],
  [/in format 999/, waveFile(silence, { formatTag: 999 })],
  [/floating point/, waveFile(silence, { format: extensibleBody({ subformat: 3 }) })],
] as const)
  test(`does not support ${words.source}`, () => {
    assertInvalid(bytes, 'unsupported', words)
  })

test('does not support more than a day', () => {
  const path = saved(waveFile([], { sampleRate: 8_000, dataLength: 0xffffffff }))
  truncateSync(path, 44 + 25 * 3600 * 16_000) // a sparse file
  const { facts } = failureOf(path)
  assert.is(facts.reason, 'unsupported')
  assert.is(facts.durationSec, 25 * 3600)
})

/** The lowest one that is free: it rises when something stays open. */
const freeDescriptor = (): number => {
  const fd = openSync(folder, 'r')
  closeSync(fd)
  return fd
}

if (process.platform !== 'win32')
  test('closes what it opened, and what it refused', () => {
    const before = freeDescriptor()
    read(saved(waveFile([0.1])))
    failureOf(saved(waveFile([])))
    failureOf(folder)
    assert.is(freeDescriptor(), before)
  })

test.run()
