/** Where the voice falls back into the noise of the room. Silero takes up to a quarter of a second more for speech. */
import { sampleRate } from './sound.js'

/** What levels are measured of: 20 ms. */
const frame = sampleRate / 50
/** As much below the loud parts of a segment, nothing is heard of a voice any more: 24 dB. */
const quietBy = 1 / 16
/** A soft ending is not cut off, in samples. */
const most = sampleRate * 0.3

/** @param samples - of one segment @returns how many of them there are up to the end of the voice */
export const voiceEnd = (samples: Float32Array): number => {
  const frames = Math.floor(samples.length / frame)
  const levels = Float32Array.from({ length: frames }, (_, index) => level(samples, index * frame))
  const loud = levels.slice().sort()[Math.floor(frames * 0.95)] ?? 0
  let last = frames
  while (last > 0 && (levels[last - 1] ?? 0) < loud * quietBy) last -= 1
  const end = last === frames ? samples.length : last * frame
  return Math.max(end, samples.length - most)
}

const level = (samples: Float32Array, from: number): number => {
  let energy = 0
  for (let at = from; at < from + frame; at += 1) energy += (samples[at] ?? 0) ** 2
  return Math.sqrt(energy / frame)
}
