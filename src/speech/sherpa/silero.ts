/** Silero VAD v5: where somebody speaks, of samples at 16 kHz, while they come. */
import { createHash } from 'node:crypto'
import type { VadOptions } from '../../models/vad.js'
import { rpcError } from '../../protocol/rpc-error.js'
import { addon, type NativeVad } from './addon.js'
import { readSileroModel, sileroModel } from './assets.js'
import { type Found, sampleRate } from './sound.js'
import { voiceEnd } from './voice-end.js'

/** What the model takes at a time, 32 ms. */
const windowSize = 512
const modelSha256 = '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f'

/** From here on, a pause of 0.1 s ends a segment, in seconds. */
const maxSpeechSec = 20
/**
 * Without even such a pause it is cut: the native detector copies all of a segment at every window (200 s of it took 27 s),
 * and prints when its buffer has to grow.
 */
const longest = (maxSec: number): number => 1.4 * maxSec

/** What the detector has found. */
export interface FoundSpeech extends Found {
  /** Where the voice ends, which may be soon before. */
  readonly voiceEnd: number
}

/** A segment begins some windows before it is seen, and is padded. With both, it stays within what was asked for. */
const nativeMax = (asked: number | undefined, addedSec: number): number =>
  asked === undefined
    ? maxSpeechSec
    : between(0.2, (asked - addedSec - (4 * windowSize) / sampleRate) / 1.4, maxSpeechSec)

/** Beyond these bounds the native detector does not fail: it finds no speech, or takes 0 for its default. */
const between = (low: number, value: number, high: number): number =>
  Math.min(Math.max(value, low), high)

/** Takes samples as they come, and says what it has found since. */
export interface SpeechFinder {
  take(samples: Float32Array): readonly FoundSpeech[]
  /** No more samples come. */
  end(): readonly FoundSpeech[]
  /** Up to where nothing will be found any more, in samples. */
  readonly silentUntil: number
}

/** @throws RpcError DependencyMissing, ModelNotFound, ModelLoadFailed */
export const speechFinder = (options: VadOptions): SpeechFinder => {
  const minSilenceSec = between(0.001, (options.minSilenceMs ?? 500) / 1000, 10)
  const minSpeechSec = between(0.001, (options.minSpeechMs ?? 250) / 1000, 10)
  const padSec = (options.speechPadMs ?? 100) / 1000
  const maxSec = nativeMax(options.maxSpeechSec, minSpeechSec + 2 * padSec)
  const vad = detector({
    threshold: between(0.02, options.threshold ?? 0.5, 0.99),
    minSpeechDuration: minSpeechSec,
    minSilenceDuration: minSilenceSec,
    maxSpeechDuration: maxSec,
  })
  const window = new Float32Array(windowSize)
  let filled = 0
  let taken = 0
  let speaking = 0
  let silentUntil = 0
  /** How far back the start of a segment may lie that is detected now. */
  const lookBack = Math.ceil((minSpeechSec + 0.5) * sampleRate)

  const found = (): FoundSpeech[] => {
    const spans: FoundSpeech[] = []
    for (; !vad.isEmpty(); vad.pop()) {
      const { start, samples } = vad.front(false)
      spans.push({ start, end: start + samples.length, voiceEnd: start + voiceEnd(samples) })
    }
    return spans
  }
  const listen = (): FoundSpeech[] => {
    vad.acceptWaveform(window)
    filled = 0
    taken += windowSize
    const isSpeaking = vad.isDetected()
    speaking = isSpeaking ? speaking + windowSize : 0
    if (speaking > longest(maxSec) * sampleRate) {
      vad.flush()
      speaking = 0
    }
    if (!isSpeaking) silentUntil = Math.max(silentUntil, taken - lookBack)
    return found()
  }
  return {
    get silentUntil() {
      return silentUntil
    },
    take(samples) {
      const spans: FoundSpeech[] = []
      for (let at = 0; at < samples.length; ) {
        const part = samples.subarray(at, at + windowSize - filled)
        window.set(part, filled)
        at += part.length
        filled += part.length
        if (filled === windowSize) spans.push(...listen())
      }
      return spans
    },
    end() {
      // Silence behind the end lets the detector close the last segment where the speech ends.
      const spans: FoundSpeech[] = []
      for (
        let tail = filled + minSilenceSec * sampleRate + 2 * windowSize;
        tail > 0;
        tail -= windowSize
      ) {
        window.fill(0, filled)
        spans.push(...listen())
      }
      vad.flush()
      return [...spans, ...found()]
    },
  }
}

/** Loading takes 20 ms and 16 MB, which only a garbage collection frees: what was used last is kept. */
let last: { readonly key: string; readonly vad: NativeVad } | undefined

const detector = (settings: Readonly<Record<string, number>>): NativeVad => {
  const key = JSON.stringify(settings)
  if (last?.key !== key) {
    checkModel()
    const bufferSec = longest(settings['maxSpeechDuration'] ?? maxSpeechSec) + 12
    const config = {
      sileroVad: { model: sileroModel, windowSize, ...settings },
      sampleRate,
      numThreads: 1,
      debug: 0,
    }
    last = { key, vad: new (addon().Vad)(config, bufferSec) }
  }
  last.vad.reset()
  return last.vad
}

/** The native loader aborts the process on a file that it cannot use: no other file than the known one gets there. */
const checkModel = (): void => {
  let bytes: Buffer
  try {
    bytes = readSileroModel()
  } catch (error) {
    const message = `The model of the voice detector cannot be read: ${(error as Error).message}. Install sidestream again.`
    throw rpcError('ModelNotFound', message, { path: sileroModel })
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === modelSha256) return
  const message = `${sileroModel} is not Silero VAD v5 as it came. Install sidestream again.`
  throw rpcError('ModelLoadFailed', message, {
    path: sileroModel,
    sha256,
    expectedSha256: modelSha256,
  })
}
