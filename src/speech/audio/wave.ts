/** Reads wave files block by block: a long recording takes no more memory than a short one. */
import type { Bytes } from './bytes.js'
import { audioInvalid } from './failures.js'
import { sampleBytes, toMono } from './samples.js'
import { readWaveHeader, type WaveHeader } from './wave-header.js'

/** Audio that has been opened, and its header checked. */
export interface Audio {
  readonly sampleRate: number
  /** In seconds, as its header says. */
  readonly duration: number
  /** Samples of one channel from -1 to 1, about a second at a time. Errors with an RpcError AudioInvalid. */
  blocks(): Iterable<Float32Array> | AsyncIterable<Float32Array>
  close(): void
}

/**
 * PCM of 8 to 32 bits and float, of any rate and number of channels. Takes the bytes over: closes them.
 *
 * @throws RpcError AudioInvalid
 */
export const openWave = (bytes: Bytes): Audio => {
  const header = readWaveHeader(bytes)
  const frames = Math.floor(header.length / (sampleBytes[header.type] * header.channels))
  return {
    sampleRate: header.sampleRate,
    duration: frames / header.sampleRate,
    blocks: () => monoBlocks(bytes, header, frames),
    close: () => bytes.close(),
  }
}

function* monoBlocks(
  bytes: Bytes,
  { sampleRate, channels, type, start }: WaveHeader,
  frames: number,
) {
  const frameBytes = sampleBytes[type] * channels
  for (let done = 0; done < frames; done += sampleRate) {
    const length = Math.min(sampleRate, frames - done) * frameBytes
    const block = bytes.at(start + done * frameBytes, length)
    if (block.length < length)
      throw audioInvalid(bytes.name, 'truncated', 'became shorter while it was read. Try again.')
    yield toMono(block, type, channels)
  }
}
