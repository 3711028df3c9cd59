/** Wave files as bytes, right and wrong ones, for tests. */

export interface WaveSettings {
  readonly sampleRate?: number
  readonly channels?: number
  readonly bitsPerSample?: number
  readonly formatTag?: number
  /** The whole format chunk, in the place of one made from the above. */
  readonly format?: Buffer
  /** Chunks between the format and the data. */
  readonly before?: readonly Buffer[]
  readonly after?: readonly Buffer[]
  /** What the headers say, in the place of the truth. */
  readonly riffLength?: number
  readonly dataLength?: number
}

export const chunk = (id: string, body: Buffer, length = body.length): Buffer => {
  const header = Buffer.alloc(8)
  header.write(id, 'latin1')
  header.writeUInt32LE(length, 4)
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)])
}

export const formatBody = ({
  sampleRate = 16_000,
  channels = 1,
  bitsPerSample = 16,
  formatTag = 1,
}: WaveSettings = {}): Buffer => {
  const frameBytes = (channels * bitsPerSample) / 8
  const body = Buffer.alloc(16)
  body.writeUInt16LE(formatTag, 0)
  body.writeUInt16LE(channels, 2)
  body.writeUInt32LE(sampleRate, 4)
  body.writeUInt32LE(sampleRate * frameBytes, 8)
  body.writeUInt16LE(frameBytes, 12)
  body.writeUInt16LE(bitsPerSample, 14)
  return body
}

/** WAVE_FORMAT_EXTENSIBLE: the tag says so, and the real one begins the subformat's GUID. */
export const extensibleBody = (settings: WaveSettings & { readonly subformat: number }): Buffer => {
  const guidTail = Buffer.from('000000001000800000aa00389b71', 'hex')
  const extension = Buffer.alloc(10)
  extension.writeUInt16LE(22, 0)
  extension.writeUInt16LE(settings.bitsPerSample ?? 16, 2)
  extension.writeUInt16LE(settings.subformat, 8)
  return Buffer.concat([formatBody({ ...settings, formatTag: 0xfffe }), extension, guidTail])
}

export const waveFile = (
  samples: ArrayLike<number> | Buffer,
  settings: WaveSettings = {},
): Buffer => {
  const data = Buffer.isBuffer(samples) ? samples : pcm16(samples)
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', settings.format ?? formatBody(settings)),
    ...(settings.before ?? []),
    chunk('data', data, settings.dataLength),
    ...(settings.after ?? []),
  ])
  return chunk('RIFF', body, settings.riffLength)
}

export const pcm16 = (samples: ArrayLike<number>): Buffer =>
  Buffer.from(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer)

/** A tone, with `channels` equal channels. */
export const tone = (
  hertz: number,
  seconds: number,
  sampleRate: number,
  channels = 1,
): Float64Array =>
  Float64Array.from(
    { length: Math.round(seconds * sampleRate) * channels },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * Math.floor(i / channels)) / sampleRate),
  )
