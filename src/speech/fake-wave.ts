/** How loud 16-bit wave files and samples are, over time. Read block by block: an hour takes no more memory than a minute. */
import { open } from 'node:fs/promises'
import type { AudioInput } from '../models/audio.js'
import { rpcError } from '../protocol/rpc-error.js'

/** Length of one level, in seconds. */
export const frameSec = 0.02

export interface Sound {
  /** In seconds. */
  readonly duration: number
  /** Of each {@link frameSec}, in decibels below full scale, so at most 0. */
  readonly levels: readonly number[]
}

/** Bytes, wherever they are. */
interface Source {
  readonly name: string
  readonly size: number
  /** @returns less than asked for at the end */
  read(at: number, length: number): Promise<Buffer>
}

interface Samples {
  readonly start: number
  readonly bytes: number
  readonly sampleRate: number
  readonly channels: number
}

/** Where the data must have begun, in bytes. */
const longestHead = 65_536
const silenceDb = -120

/** @throws RpcError, AudioInvalid or AudioNotFound */
export const listen = async (audio: AudioInput, signal: AbortSignal): Promise<Sound> => {
  if ('pcm16Base64' in audio) {
    const bytes = Buffer.from(audio.pcm16Base64, 'base64')
    const samples = { start: 0, bytes: bytes.length, sampleRate: audio.sampleRate, channels: 1 }
    return levelsOf(inMemory(bytes), samples, signal)
  }
  if ('base64' in audio) {
    const source = inMemory(Buffer.from(audio.base64, 'base64'))
    return levelsOf(source, await headOf(source), signal)
  }
  const file = await open(audio.path).catch((error: NodeJS.ErrnoException) => {
    const message = `${audio.path} cannot be read: ${error.code}`
    throw rpcError('AudioNotFound', message, { path: audio.path })
  })
  try {
    const source: Source = {
      name: audio.path,
      size: (await file.stat()).size,
      read: async (at, length) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
        return buffer.subarray(0, bytesRead)
      },
    }
    return await levelsOf(source, await headOf(source), signal)
  } finally {
    await file.close()
  }
}

const inMemory = (bytes: Buffer): Source => ({
  name: 'The audio',
  size: bytes.length,
  read: async (at, length) => bytes.subarray(at, at + length),
})

const headOf = async (source: Source): Promise<Samples> => {
  const invalid = (what: string) =>
    rpcError('AudioInvalid', `${source.name} ${what}: the fake engine reads 16-bit wave files`)
  const head = await source.read(0, longestHead)
  if (head.length === 0) throw invalid('is empty')
  const isWave =
    head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WAVE'
  if (!isWave) throw invalid('is no wave file')
  let format: { channels: number; sampleRate: number } | undefined
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4)
    const length = head.readUInt32LE(at + 4)
    const start = at + 8
    if (name === 'fmt ' && start + 16 <= head.length) {
      if (head.readUInt16LE(start + 14) !== 16) throw invalid('has no 16-bit samples')
      format = { channels: head.readUInt16LE(start + 2), sampleRate: head.readUInt32LE(start + 4) }
    }
    if (name === 'data') {
      if (!format || format.channels === 0 || format.sampleRate === 0) break
      return { start, bytes: Math.min(length, source.size - start), ...format }
    }
    at = start + length + (length % 2)
  }
  throw invalid('has no samples that can be read')
}

const levelsOf = async (
  source: Source,
  { start, bytes, sampleRate, channels }: Samples,
  signal: AbortSignal,
): Promise<Sound> => {
  const frameBytes = Math.max(1, Math.round(sampleRate * frameSec)) * 2 * channels
  const levels: number[] = []
  for (let done = 0; done < bytes; ) {
    signal.throwIfAborted()
    const block = await source.read(start + done, Math.min(frameBytes * 50, bytes - done))
    if (block.length === 0) break
    for (let at = 0; at < block.length; at += frameBytes) {
      levels.push(levelOf(block.subarray(at, at + frameBytes)))
    }
    done += block.length
  }
  return { duration: bytes / (2 * channels * sampleRate), levels }
}

const levelOf = (frame: Buffer): number => {
  const samples = Math.floor(frame.length / 2)
  let sum = 0
  for (let index = 0; index < samples; index += 1) sum += frame.readInt16LE(index * 2) ** 2
  const power = samples === 0 ? 0 : sum / samples / 32768 ** 2
  return Math.max(silenceDb, 10 * Math.log10(power))
}
