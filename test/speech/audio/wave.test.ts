import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isRpcError } from '../../../src/protocol/rpc-error.js'
import { memoryBytes } from '../../../src/speech/audio/bytes.js'
import { openWave } from '../../../src/speech/audio/wave.js'
import {
  chunk,
  extensibleBody,
  formatBody,
  tone,
  type WaveSettings,
  waveFile,
} from '../../samples/wave-file.js'

const test = suite('wave files')

const read = (bytes: Buffer) => {
  const wave = openWave(memoryBytes('a.wav', bytes))
  const blocks = [...(wave.blocks() as Iterable<Float32Array>)]
  return { ...wave, samples: blocks.flatMap((block) => [...block]), blocks: blocks.length }
}
const rounded = (samples: readonly number[]) => samples.map((it) => Math.round(it * 1000) / 1000)

const reasonOf = (bytes: Buffer) => {
  try {
    openWave(memoryBytes('a.wav', bytes))
  } catch (error) {
    if (isRpcError(error)) return error.facts.reason
    throw error
  }
  throw new Error('it was opened')
}

const encoded = (
  samples: readonly number[],
  size: number,
  write: (bytes: Buffer, sample: number, at: number) => void,
): Buffer => {
  const bytes = Buffer.alloc(samples.length * size)
  for (const [index, sample] of samples.entries()) write(bytes, sample, index * size)
  return bytes
}
const some = [0, 0.5, -0.5, -1]

const types: readonly (readonly [string, WaveSettings, Buffer])[] = [
  [
    '8-bit',
    { bitsPerSample: 8 },
    encoded(some, 1, (bytes, it, at) => bytes.writeUInt8(128 + it * 128, at)),
  ],
  [
    '16-bit',
    { bitsPerSample: 16 },
    encoded(some, 2, (bytes, it, at) => bytes.writeInt16LE(it * 32_768, at)),
  ],
  [
    '24-bit',
    { bitsPerSample: 24 },
    encoded(some, 3, (bytes, it, at) => bytes.writeIntLE(it * 8_388_608, at, 3)),
  ],
  [
    '32-bit',
    { bitsPerSample: 32 },
    encoded(some, 4, (bytes, it, at) => bytes.writeInt32LE(it * 2_147_483_648, at)),
  ],
  [
    'float',
    { bitsPerSample: 32, formatTag: 3 },
    encoded(some, 4, (bytes, it, at) => bytes.writeFloatLE(it, at)),
  ],
  [
    'double',
    { bitsPerSample: 64, formatTag: 3 },
    encoded(some, 8, (bytes, it, at) => bytes.writeDoubleLE(it, at)),
  ],
]
for (const [name, settings, bytes] of types)
  test(`are read in ${name}`, () => {
    assert.equal(rounded(read(waveFile(bytes, settings)).samples), some)
  })

test('are read in the extensible format', () => {
  const format = extensibleBody({ subformat: 3, bitsPerSample: 32, channels: 2 })
  const bytes = encoded([0.5, 0.25], 4, (buffer, it, at) => buffer.writeFloatLE(it, at))
  assert.equal(read(waveFile(bytes, { format })).samples, [0.375])
})

test('are read a second at a time, of any rate and number of channels', () => {
  const settings = { sampleRate: 96_000, channels: 6 }
  const wave = read(waveFile(tone(440, 2.5, 96_000, 6), settings))
  assert.equal([wave.blocks, wave.samples.length, wave.duration], [3, 240_000, 2.5])
})

test('have no numbers that would spoil what comes after', () => {
  const bytes = encoded([Number.NaN, Number.POSITIVE_INFINITY, 7], 4, (buffer, it, at) =>
    buffer.writeFloatLE(it, at),
  )
  assert.equal(read(waveFile(bytes, { bitsPerSample: 32, formatTag: 3 })).samples, [0, 0, 1])
})

test('may have chunks before the data and behind them', () => {
  const before = [chunk('LIST', Buffer.from('INFOabc'))]
  const after = [chunk('id3 ', Buffer.alloc(100, 1))]
  assert.is(read(waveFile([0.1, 0.2, 0.3], { before, after })).samples.length, 3)
})

for (const dataLength of [0xffffffff, 0x7fffffff, 0x80000000, 0x7ffff000])
  test(`are read to the end where a stream's writer left 0x${dataLength.toString(16)}`, () => {
    const bytes = waveFile([0.1, 0.2, 0.3], { dataLength, riffLength: 0xffffffff })
    assert.is(read(bytes).samples.length, 3)
  })

test('are read to the end where their writer never came back to the header', () => {
  assert.is(read(waveFile([0.1, 0.2], { dataLength: 0, riffLength: 0 })).samples.length, 2)
})

test('are refused with a reason', () => {
  const header = (settings: WaveSettings) => waveFile(Buffer.alloc(96), settings)
  assert.is(reasonOf(Buffer.alloc(0)), 'empty')
  assert.is(reasonOf(Buffer.from('RIFF')), 'truncated')
  assert.is(reasonOf(waveFile([0.1]).subarray(0, 30)), 'truncated')
  assert.is(reasonOf(waveFile([0.1], { dataLength: 100 })), 'truncated')
  assert.is(reasonOf(Buffer.from('Dear diary, today')), 'not-wave')
  assert.is(reasonOf(waveFile([0.1], { format: Buffer.alloc(4) })), 'not-wave')
  assert.is(reasonOf(header({ formatTag: 7, bitsPerSample: 8 })), 'unsupported')
  assert.is(reasonOf(header({ bitsPerSample: 12 })), 'unsupported')
  assert.is(reasonOf(header({ sampleRate: 10 })), 'unsupported')
  const contradiction = formatBody({ channels: 2 })
  contradiction.writeUInt16LE(2, 12)
  assert.is(reasonOf(header({ format: contradiction })), 'not-wave')
})

test.run()
