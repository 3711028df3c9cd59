/** The samples that a model hears: at 16 kHz, of one channel, of the part that is asked for. */
import type { Clip } from '../../models/audio.js'
import type { Audio } from '../audio/wave.js'
import { addon } from './addon.js'
import { sampleRate } from './sound.js'

/** The part of the audio that is looked at, in seconds. */
export const lookedAt = ({ duration }: Audio, clip: Clip = {}) => ({
  start: Math.min(clip.start ?? 0, duration),
  end: Math.min(clip.end ?? duration, duration),
})

export async function* resampled(audio: Audio, clip?: Clip): AsyncGenerator<Float32Array> {
  if (audio.sampleRate === sampleRate) return yield* clipped(audio, clip)
  const resampler = new (addon().LinearResampler)(audio.sampleRate, sampleRate) // a windowed sinc, whatever its name
  for await (const block of clipped(audio, clip)) yield resampler.resample(block)
  yield resampler.flush(new Float32Array(0))
}

async function* clipped(audio: Audio, clip: Clip = {}): AsyncGenerator<Float32Array> {
  const from = Math.round((clip.start ?? 0) * audio.sampleRate)
  const to =
    clip.end === undefined ? Number.POSITIVE_INFINITY : Math.round(clip.end * audio.sampleRate)
  let at = 0
  for await (const block of audio.blocks()) {
    const part = block.subarray(Math.max(0, from - at), Math.max(0, to - at))
    if (part.length > 0) yield part
    at += block.length
    if (at >= to) return
  }
}
