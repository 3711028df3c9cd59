/** How loud audio is, over time. Read block by block: an hour takes no more memory than a minute. */
import { setImmediate } from 'node:timers/promises'
import type { AudioInput } from '../models/audio.js'
import { openAudio } from './audio/open-audio.js'

/** Length of one level, in seconds. */
export const frameSec = 0.02

export interface Sound {
  /** In seconds. */
  readonly duration: number
  /** Of each {@link frameSec}, in decibels below full scale, so at most 0. */
  readonly levels: readonly number[]
}

const silenceDb = -120

/** @throws RpcError, AudioInvalid or AudioNotFound */
export const listen = async (input: AudioInput, signal: AbortSignal): Promise<Sound> => {
  const audio = await openAudio(input)
  try {
    const frame = Math.max(1, Math.round(audio.sampleRate * frameSec))
    const levels: number[] = []
    let [power, samples] = [0, 0]
    for await (const block of audio.blocks()) {
      for (const sample of block) {
        power += sample ** 2
        samples += 1
        if (samples < frame) continue
        levels.push(levelOf(power / samples))
        power = samples = 0
      }
      await setImmediate() // lets a cancel in
      signal.throwIfAborted()
    }
    if (samples > 0) levels.push(levelOf(power / samples))
    return { duration: audio.duration, levels }
  } finally {
    audio.close()
  }
}

const levelOf = (power: number): number => Math.max(silenceDb, 10 * Math.log10(power))
