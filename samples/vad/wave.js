// @ts-check
/** Reads 16-bit PCM wave files block by block: a long recording takes no more memory than a short one. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure } from './failure.js'

const minSampleRate = 8_000
const maxSampleRate = 48_000
const maxHours = 24 // the native detector counts samples in 32 bits, which end after 37 hours
const maxChunks = 1_000 // before the data: a hostile file could hold millions of empty ones

/** What programs that cannot seek back (ffmpeg, sox, arecord) leave where the data's length belongs. */
const unknownLengths = new Set([0xffffffff, 0x7fffffff, 0x7ffff000, 0x80000000])

const convert = 'Convert it, for example: ffmpeg -i INPUT -ar 16000 -ac 1 -c:a pcm_s16le OUTPUT.wav'

/** @type {Record<number, string>} */
const encodings = {
  2: 'ADPCM',
  3: 'floating point',
  6: 'A-law',
  7: 'µ-law',
  17: 'ADPCM',
  85: 'MP3',
}

/**
 * @typedef {{ sampleRate: number, channels: number }} Format
 * @typedef {Format & {
 *   durationSec: number,
 *   blocks(): Generator<Float32Array>,
 *   close(): void,
 * }} Wave `blocks` gives the samples mixed down to one channel, about a second at a time
 */

/**
 * Opens a file and checks its header. Throws a Failure, AudioNotFound or AudioInvalid.
 *
 * @param {string} givenPath - relative to the working directory, or absolute
 * @returns {Wave}
 */
export const openWave = (givenPath) => {
  const path = resolve(givenPath)
  const fd = openFile(path)
  try {
    const { size } = regularFile(fd, path)
    const { format, start, length } = readHeader(fd, path, size)
    const frames = Math.floor(length / (2 * format.channels))
    if (frames === 0) throw invalid(path, 'empty', 'holds no samples. Record or export it again.')
    const durationSec = frames / format.sampleRate
    if (durationSec > maxHours * 3600)
      throw invalid(path, 'unsupported', `is longer than ${maxHours} hours. Split it.`, {
        durationSec,
      })
    return {
      ...format,
      durationSec,
      blocks: () => monoBlocks(fd, path, format, start, frames),
      close: () => closeSync(fd),
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** @param {string} path */
const openFile = (path) => {
  try {
    // O_NONBLOCK (no such thing on Windows): without it, opening a named pipe waits for its writer for ever
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw notFound(path, error)
  }
}

/**
 * @param {number} fd
 * @param {string} path
 */
const regularFile = (fd, path) => {
  const stats = fstatSync(fd)
  if (stats.isFile()) return stats
  const what = stats.isDirectory() ? 'a directory' : 'a pipe or a device'
  const message = `There is no wave file at ${path}: it is ${what}. Give the path of a regular file.`
  throw failure('AudioNotFound', message, { path, reason: 'not-a-file' })
}

/**
 * Walks the chunks up to the data; others (LIST, bext, fact…) are skipped by their length.
 *
 * @param {number} fd
 * @param {string} path
 * @param {number} size - of the file, in bytes
 * @returns {{ format: Format, start: number, length: number }} where the samples lie, in bytes
 */
const readHeader = (fd, path, size) => {
  if (size === 0) throw invalid(path, 'empty', 'is an empty file. Record or export it again.')
  const riff = readAt(fd, path, 0, 12)
  const magic = riff.toString('latin1', 0, 4)
  if (size < 12 && 'RIFF'.startsWith(magic)) throw cutShort(path, size)
  if (magic !== 'RIFF' || riff.toString('latin1', 8, 12) !== 'WAVE') throw notWave(path, riff)

  /** @type {Format | undefined} */
  let format
  for (let at = 12, chunks = 0; at + 8 <= size && chunks < maxChunks; chunks += 1) {
    const header = readAt(fd, path, at, 8)
    const id = header.toString('latin1', 0, 4)
    const length = header.readUInt32LE(4)
    const start = at + 8
    if (id === 'fmt ') {
      if (start + length > size) break
      format = parseFormat(path, readAt(fd, path, start, Math.min(length, 40)))
    }
    if (id === 'data') {
      if (!format)
        throw invalid(path, 'not-wave', `has no format chunk before its data. ${convert}`)
      return { format, start, length: dataLength(path, size, start, length, riff.readUInt32LE(4)) }
    }
    at = start + length + (length % 2) // chunks begin at even places
  }
  throw cutShort(path, size)
}

/**
 * @param {string} path
 * @param {Buffer} chunk - the body of the format chunk, as much of it as matters
 * @returns {Format}
 */
const parseFormat = (path, chunk) => {
  if (chunk.length < 16) throw invalid(path, 'not-wave', `has a broken format chunk. ${convert}`)
  const tag = chunk.readUInt16LE(0)
  const isExtensible = tag === 0xfffe && chunk.length >= 40
  const encoding = isExtensible ? chunk.readUInt16LE(24) : tag // the first two bytes of the subformat's GUID
  const channels = chunk.readUInt16LE(2)
  const sampleRate = chunk.readUInt32LE(4)
  const frameBytes = chunk.readUInt16LE(12)
  const bits = chunk.readUInt16LE(14)
  /** @param {string} what @param {string} wanted */
  const unsupported = (what, wanted) =>
    invalid(path, 'unsupported', `has ${what}, but only ${wanted} is read. ${convert}`, {
      encoding: encoding === 1 ? 'PCM' : (encodings[encoding] ?? `format ${encoding}`),
      bitsPerSample: bits,
      channels,
      sampleRate,
    })
  if (encoding !== 1)
    throw unsupported(`samples in ${encodings[encoding] ?? `format ${encoding}`}`, '16-bit PCM')
  if (bits !== 16) throw unsupported(`${bits}-bit samples`, '16-bit PCM')
  if (channels !== 1 && channels !== 2) throw unsupported(`${channels} channels`, 'mono or stereo')
  if (sampleRate < minSampleRate || sampleRate > maxSampleRate)
    throw unsupported(`a sample rate of ${sampleRate} Hz`, '8000 to 48000 Hz')
  if (frameBytes !== 2 * channels)
    throw invalid(path, 'not-wave', `has a format chunk that contradicts itself. ${convert}`)
  return { sampleRate, channels }
}

/**
 * @param {string} path
 * @param {number} size - of the file
 * @param {number} start - of the samples
 * @param {number} length - of the samples, as the header says
 * @param {number} riffLength - of all after its own eight bytes, as the header says
 */
const dataLength = (path, size, start, length, riffLength) => {
  const present = size - start
  // 0 is real when other chunks follow; else it is a header whose writer never came back to it
  const isUnfinished = length === 0 && (riffLength <= start - 8 || riffLength > size - 8)
  if (isUnfinished || (unknownLengths.has(length) && length > present)) return present
  if (length <= present) return length
  const message = `is truncated: its header promises ${length} bytes of samples, ${present} are there. Copy or record it again.`
  throw invalid(path, 'truncated', message, { promisedBytes: length, presentBytes: present })
}

/**
 * @param {number} fd
 * @param {string} path
 * @param {Format} format
 * @param {number} start - of the samples, in bytes
 * @param {number} frames
 * @returns {Generator<Float32Array>}
 */
function* monoBlocks(fd, path, { sampleRate, channels }, start, frames) {
  const frameBytes = 2 * channels
  for (let done = 0; done < frames; done += sampleRate) {
    const count = Math.min(sampleRate, frames - done)
    const bytes = readAt(fd, path, start + done * frameBytes, count * frameBytes)
    if (bytes.length < count * frameBytes)
      throw invalid(path, 'truncated', 'became shorter while it was read. Try again.')
    // in the machine's byte order, little-endian wherever sherpa-onnx has a binary
    yield toMono(new Int16Array(bytes.buffer, bytes.byteOffset, count * channels), channels)
  }
}

/**
 * @param {Int16Array} samples - interleaved
 * @param {number} channels - 1 or 2
 */
const toMono = (samples, channels) => {
  if (channels === 1) return Float32Array.from(samples, (sample) => sample / 32_768)
  const mono = new Float32Array(samples.length / 2)
  for (let i = 0; i < mono.length; i += 1)
    mono[i] = (Number(samples[2 * i]) + Number(samples[2 * i + 1])) / 65_536
  return mono
}

/**
 * Reads until `length` bytes or the end of the file, whichever comes first.
 *
 * @param {number} fd
 * @param {string} path
 * @param {number} position
 * @param {number} length
 */
const readAt = (fd, path, position, length) => {
  const bytes = Buffer.from(new ArrayBuffer(length)) // not from Buffer's pool, where samples might lie at odd places
  let filled = 0
  while (filled < length) {
    let count = 0
    try {
      count = readSync(fd, bytes, filled, length - filled, position + filled)
    } catch (error) {
      throw notFound(path, error)
    }
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}

/**
 * @param {string} path
 * @param {unknown} error - from the file system
 */
const notFound = (path, error) => {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return failure(
      'AudioNotFound',
      `There is no file at ${path}. Check the path; relative ones start at the engine's working directory.`,
      { path, reason: 'missing' },
    )
  const sentence = `${path} cannot be read: ${message}. Check its permissions and that its disk is there.`
  return failure('AudioNotFound', sentence, { path, reason: 'unreadable', errorCode: code })
}

/**
 * @param {string} path
 * @param {'empty' | 'truncated' | 'not-wave' | 'unsupported'} reason
 * @param {string} sentence - goes on from the path
 * @param {Record<string, unknown>} [facts]
 */
const invalid = (path, reason, sentence, facts) =>
  failure('AudioInvalid', `${path} ${sentence}`, { path, reason, ...facts })

/**
 * @param {string} path
 * @param {number} size
 */
const cutShort = (path, size) =>
  invalid(path, 'truncated', 'is truncated: it ends before its samples. Copy or record it again.', {
    presentBytes: size,
  })

/**
 * @param {string} path
 * @param {Buffer} head
 */
const notWave = (path, head) => {
  const format = familiarFormat(head.toString('latin1'))
  const guess = format ? `it looks like ${format}` : 'it does not begin with a RIFF header'
  return invalid(
    path,
    'not-wave',
    `is not a wave file: ${guess}. ${convert}`,
    format ? { format } : {},
  )
}

/** @param {string} head - the first twelve bytes */
const familiarFormat = (head) => {
  if (head.startsWith('fLaC')) return 'FLAC'
  if (head.startsWith('OggS')) return 'Ogg'
  if (head.startsWith('ID3') || /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/.test(head)) return 'MP3'
  if (head.startsWith('ftyp', 4)) return 'MP4'
  if (head.startsWith('\x1aE\xdf\xa3')) return 'WebM or Matroska'
  if (/^(RF64|BW64)/.test(head)) return 'RF64, a wave file of more than 4 GiB'
  if (head.startsWith('FORM')) return 'AIFF'
  return undefined
}
