/** Wave files for tests. */

export interface Facts {
  readonly sampleRate?: number
  readonly channels?: number
}

/** Seconds of a tone, or of silence, one after the other. */
export const tones = (
  parts: readonly (readonly ['tone' | 'silence', number])[],
  { sampleRate = 16_000, channels = 1 }: Facts = {},
): Buffer =>
  Buffer.concat(
    parts.map(([kind, seconds]) => {
      const frames = Math.round(seconds * sampleRate)
      const bytes = Buffer.alloc(frames * channels * 2)
      if (kind === 'silence') return bytes
      for (let index = 0; index < frames * channels; index += 1) {
        const angle = (Math.floor(index / channels) / sampleRate) * 440 * 2 * Math.PI
        bytes.writeInt16LE(Math.round(Math.sin(angle) * 2000), index * 2)
      }
      return bytes
    }),
  )

/** @param before - chunks that stand before the data */
export const waveFile = (
  samples: Buffer,
  { sampleRate = 16_000, channels = 1 }: Facts = {},
  before = Buffer.alloc(0),
): Buffer => {
  const head = Buffer.alloc(36)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + before.length + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(sampleRate * channels * 2, 28)
  head.writeUInt16LE(channels * 2, 32)
  head.writeUInt16LE(16, 34)
  const data = Buffer.alloc(8)
  data.write('data', 0)
  data.writeUInt32LE(samples.length, 4)
  return Buffer.concat([head, before, data, samples])
}
