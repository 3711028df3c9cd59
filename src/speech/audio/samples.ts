/** Samples of wave files as numbers from -1 to 1, mixed down to one channel. */

export type SampleType = 'int8' | 'int16' | 'int24' | 'int32' | 'float32' | 'float64'

export const sampleBytes: Readonly<Record<SampleType, number>> = {
  int8: 1,
  int16: 2,
  int24: 3,
  int32: 4,
  float32: 4,
  float64: 8,
}

/** Wave files have 8-bit samples without a sign, and all others with one. */
const readers: Readonly<Record<SampleType, (bytes: DataView, at: number) => number>> = {
  int8: (bytes, at) => (bytes.getUint8(at) - 128) / 128,
  int16: (bytes, at) => bytes.getInt16(at, true) / 32_768,
  int24: (bytes, at) => (bytes.getUint16(at, true) + bytes.getInt8(at + 2) * 65_536) / 8_388_608,
  int32: (bytes, at) => bytes.getInt32(at, true) / 2_147_483_648,
  float32: (bytes, at) => finite(bytes.getFloat32(at, true)),
  float64: (bytes, at) => finite(bytes.getFloat64(at, true)),
}

/** One NaN in a file would make all that a model hears from there on NaN. */
const finite = (sample: number): number =>
  Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0

/** @param bytes - whole frames, interleaved */
export const toMono = (bytes: Buffer, type: SampleType, channels: number): Float32Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = sampleBytes[type]
  const read = readers[type]
  const mono = new Float32Array(Math.floor(bytes.length / (size * channels)))
  for (let frame = 0, at = 0; frame < mono.length; frame += 1) {
    let sum = 0
    for (let channel = 0; channel < channels; channel += 1, at += size) sum += read(view, at)
    mono[frame] = sum / channels
  }
  return mono
}
