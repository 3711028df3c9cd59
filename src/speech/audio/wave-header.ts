/** Headers of wave files: which samples lie where. */
import type { Bytes } from './bytes.js'
import { audioInvalid, convert } from './failures.js'
import { type SampleType, sampleBytes } from './samples.js'

export interface WaveFormat {
  readonly sampleRate: number
  readonly channels: number
  readonly type: SampleType
}

export interface WaveHeader extends WaveFormat {
  /** Where the samples begin, in bytes. */
  readonly start: number
  /** Of the samples, in bytes. */
  readonly length: number
}

/** A hostile file could hold millions of empty chunks before its data. */
const maxChunks = 1000
const maxChannels = 64
const sampleRates = { min: 1000, max: 768_000 }

/** What programs that cannot seek back (ffmpeg, sox, arecord) leave where the data's length belongs. */
const unknownLengths = new Set([0xffffffff, 0x7fffffff, 0x7ffff000, 0x80000000])

const encodings: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  6: 'A-law',
  7: 'µ-law',
  17: 'ADPCM',
  85: 'MP3',
}
const types: Readonly<Record<string, SampleType>> = {
  '1/8': 'int8',
  '1/16': 'int16',
  '1/24': 'int24',
  '1/32': 'int32',
  '3/32': 'float32',
  '3/64': 'float64',
}

/**
 * Walks the chunks up to the data; others (LIST, bext, fact…) are skipped by their length.
 *
 * @throws RpcError AudioInvalid
 */
export const readWaveHeader = (bytes: Bytes): WaveHeader => {
  const { name, size } = bytes
  if (size === 0) throw audioInvalid(name, 'empty', 'is empty. Record or export it again.')
  const riff = bytes.at(0, 12)
  const magic = riff.toString('latin1', 0, 4)
  if (size < 12 && 'RIFF'.startsWith(magic)) throw cutShort(bytes)
  if (magic !== 'RIFF' || riff.toString('latin1', 8, 12) !== 'WAVE') throw notWave(name, riff)
  let format: WaveFormat | undefined
  for (let at = 12, chunks = 0; at + 8 <= size && chunks < maxChunks; chunks += 1) {
    const header = bytes.at(at, 8)
    const id = header.toString('latin1', 0, 4)
    const length = header.readUInt32LE(4)
    const start = at + 8
    if (id === 'fmt ') {
      if (start + length > size) break
      format = parseFormat(name, bytes.at(start, Math.min(length, 40)))
    }
    if (id === 'data') {
      if (format === undefined)
        throw audioInvalid(name, 'not-wave', `has no format chunk before its data. ${convert}`)
      return { ...format, start, length: dataLength(bytes, start, length, riff.readUInt32LE(4)) }
    }
    at = start + length + (length % 2) // chunks begin at even places
  }
  throw cutShort(bytes)
}

const parseFormat = (name: string, chunk: Buffer): WaveFormat => {
  if (chunk.length < 16)
    throw audioInvalid(name, 'not-wave', `has a broken format chunk. ${convert}`)
  const tag = chunk.readUInt16LE(0)
  const isExtensible = tag === 0xfffe && chunk.length >= 40
  const encoding = isExtensible ? chunk.readUInt16LE(24) : tag // the subformat's GUID begins with it
  const channels = chunk.readUInt16LE(2)
  const sampleRate = chunk.readUInt32LE(4)
  const bits = chunk.readUInt16LE(14)
  const type = types[`${encoding}/${bits}`]
  const encodingName =
    encoding === 1
      ? 'PCM'
      : encoding === 3
        ? 'float'
        : (encodings[encoding] ?? `format ${encoding}`)
  const unsupported = (what: string) =>
    audioInvalid(name, 'unsupported', `has ${what}, which is not read. ${convert}`, {
      encoding: encodingName,
      bitsPerSample: bits,
      channels,
      sampleRate,
    })
  if (type === undefined) throw unsupported(`samples in ${bits}-bit ${encodingName}`)
  if (channels < 1 || channels > maxChannels) throw unsupported(`${channels} channels`)
  if (sampleRate < sampleRates.min || sampleRate > sampleRates.max)
    throw unsupported(`a sample rate of ${sampleRate} Hz`)
  if (chunk.readUInt16LE(12) !== sampleBytes[type] * channels)
    throw audioInvalid(name, 'not-wave', `has a format chunk that contradicts itself. ${convert}`)
  return { sampleRate, channels, type }
}

/**
 * @param length - of the samples, as the header says
 * @param riffLength - of all after its own eight bytes, as the header says
 */
const dataLength = (bytes: Bytes, start: number, length: number, riffLength: number): number => {
  const present = bytes.size - start
  // 0 is real when other chunks follow; else it is a header whose writer never came back to it.
  const isUnfinished = length === 0 && (riffLength <= start - 8 || riffLength > bytes.size - 8)
  if (isUnfinished || (unknownLengths.has(length) && length > present)) return present
  if (length <= present) return length
  const sentence = `is truncated: its header promises ${length} bytes of samples, ${present} are there. Copy or record it again.`
  throw audioInvalid(bytes.name, 'truncated', sentence, {
    promisedBytes: length,
    presentBytes: present,
  })
}

const cutShort = ({ name, size }: Bytes) =>
  audioInvalid(
    name,
    'truncated',
    'is truncated: it ends before its samples. Copy or record it again.',
    { presentBytes: size },
  )

const notWave = (name: string, head: Buffer) => {
  const format = familiarFormat(head.toString('latin1'))
  const guess =
    format === undefined ? 'it does not begin with a RIFF header' : `it looks like ${format}`
  return audioInvalid(
    name,
    'not-wave',
    `is not a wave file: ${guess}. ${convert}`,
    format === undefined ? {} : { format },
  )
}

/** @param head - the first twelve bytes */
const familiarFormat = (head: string): string | undefined => {
  if (head.startsWith('fLaC')) return 'FLAC'
  if (head.startsWith('OggS')) return 'Ogg'
  if (head.startsWith('ID3') || /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/.test(head)) return 'MP3'
  if (head.startsWith('ftyp', 4)) return 'MP4'
  if (head.startsWith('\x1aE\xdf\xa3')) return 'WebM or Matroska'
  if (/^(RF64|BW64)/.test(head)) return 'RF64, a wave file of more than 4 GiB'
  if (head.startsWith('FORM')) return 'AIFF'
  return undefined
}
