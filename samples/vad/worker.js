// @ts-check
/**
 * The thread that reads the audio and runs Silero VAD. It takes one job at a time and answers with
 * progress, then with a result, a failure, or word that it stopped as asked. Plain JavaScript: a
 * worker's entry does not pass through the loader of TypeScript that `sidestream run` has.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { failure, isFailure } from './failure.js'
import { openWave } from './wave.js'

/**
 * @typedef {{ threshold?: number, minSpeechMs?: number, minSilenceMs?: number, maxSpeechSec?: number }} Settings
 * @typedef {{ path: string, cancelled: Int32Array }} Job
 * @typedef {{ processed: number, duration: number, ratio: number }} Progress in seconds
 * @typedef {{ segments: { start: number, end: number }[], duration: number }} Speech in seconds
 * @typedef {{ progress: Progress } | { result: Speech } | { failure: import('./failure.js').Failure }
 *   | { stopped: true }} Answer
 */

const sampleRate = 16_000 // what the model was trained on
const windowSize = 512 // what Silero VAD v5 takes at a time, 32 ms
const modelSha256 = '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f'

/** @type {{ model: string, settings: Required<Settings> }} one model with one set of settings for the thread's whole life */
const { model, settings } = workerData
const { threshold, minSpeechMs, minSilenceMs, maxSpeechSec } = settings

/** @type {any} */
let loaded

parentPort?.on('message', (/** @type {Job} */ job) => {
  try {
    const result = detect(job)
    answer(result ? { result } : { stopped: true })
  } catch (error) {
    if (!isFailure(error)) throw error // a defect: the thread ends, which fails its job
    answer({ failure: error })
  }
})

/** @param {Answer} message */
const answer = (message) => parentPort?.postMessage(message)

/**
 * @param {Job} job
 * @returns {Speech | undefined} undefined when cancelled
 */
const detect = ({ path, cancelled }) => {
  const wave = openWave(path)
  try {
    loaded ??= loadDetector()
    const vad = loaded
    vad.reset()
    const duration = toMs(wave.durationSec)
    const segments = []
    const stepSec = Math.max(1, duration / 100)
    let processed = 0
    let reported = 0
    let speaking = 0
    for (const window of windows(resampled(wave), tailSec * sampleRate)) {
      // A native call cannot be interrupted, but one lasts a fraction of a millisecond: look between them.
      if (Atomics.load(cancelled, 0) === 1) return undefined
      vad.acceptWaveform(window)
      speaking = vad.isDetected() ? speaking + windowSize : 0
      if (speaking > longestSec * sampleRate) {
        vad.flush()
        speaking = 0
      }
      segments.push(...takeSegments(vad, duration))
      processed += windowSize / sampleRate
      if (processed >= reported + stepSec && processed < duration) {
        reported = processed
        const ratio = toMs(processed / duration)
        answer({ progress: { processed: toMs(processed), duration, ratio } })
      }
    }
    vad.flush()
    segments.push(...takeSegments(vad, duration))
    answer({ progress: { processed: duration, duration, ratio: 1 } })
    return { segments, duration }
  } finally {
    wave.close()
  }
}

/**
 * Speech without even a short pause is cut: the native detector copies all of it at every window (200 s of
 * it took 27 s), and prints on stderr when its buffer has to grow.
 */
const longestSec = 1.5 * maxSpeechSec

/** Silence put after the end lets the detector close the last segment where the speech ends. */
const tailSec = minSilenceMs / 1000 + (2 * windowSize) / sampleRate

const loadDetector = () => {
  checkModel(model)
  const sileroVad = {
    model,
    threshold,
    minSpeechDuration: minSpeechMs / 1000,
    minSilenceDuration: minSilenceMs / 1000,
    maxSpeechDuration: maxSpeechSec, // from then on a pause of 0.1 s ends a segment
    windowSize,
  }
  const bufferSec = longestSec + minSpeechMs / 1000 + 1
  return new (sherpa().Vad)({ sileroVad, sampleRate, numThreads: 1, debug: 0 }, bufferSec)
}

/**
 * The native loader aborts the whole process, not just this thread, on a file it cannot use:
 * so no other file than the known one gets there.
 *
 * @param {string} path
 */
const checkModel = (path) => {
  const bytes = readModel(path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === modelSha256) return
  const message = `The model at ${path} is not the Silero VAD v5 that this engine knows. Get it again: see README.md beside it.`
  throw failure('ModelLoadFailed', message, { path, sha256, expectedSha256: modelSha256 })
}

/** @param {string} path */
const readModel = (path) => {
  try {
    return readFileSync(path)
  } catch (error) {
    const { message: reason } = /** @type {Error} */ (error)
    const message = `The model of the voice detector cannot be read: ${reason}. Get it again: see README.md in samples/vad/model.`
    throw failure('ModelNotFound', message, { path })
  }
}

const require = createRequire(import.meta.url)

/** @returns {any} the package has no types */
const sherpa = () => {
  try {
    return require('sherpa-onnx-node')
  } catch (error) {
    const { code, message: reason } = /** @type {NodeJS.ErrnoException} */ (error)
    const trouble =
      code === 'MODULE_NOT_FOUND'
        ? 'The package sherpa-onnx-node is not installed.'
        : `sherpa-onnx-node has no binary that loads on ${process.platform}-${process.arch}.`
    const message = `${trouble} Install it: npm install sherpa-onnx-node@1.13.8 --include=optional`
    const facts = { package: 'sherpa-onnx-node', reason: String(reason).split('\n', 1)[0] }
    throw failure('DependencyMissing', message, facts)
  }
}

/**
 * @param {import('./wave.js').Wave} wave
 * @returns {Generator<Float32Array>} the same sound at the model's sample rate
 */
function* resampled(wave) {
  if (wave.sampleRate === sampleRate) return yield* wave.blocks()
  const resampler = new (sherpa().LinearResampler)(wave.sampleRate, sampleRate) // Kaldi's: a windowed sinc
  for (const block of wave.blocks()) yield resampler.resample(block)
  yield resampler.flush(new Float32Array(0))
}

/**
 * Cuts blocks of any length into windows, and ends with `tailSamples` of silence or a little more.
 * The window is one array, filled anew each time: the detector copies it.
 *
 * @param {Iterable<Float32Array>} blocks
 * @param {number} tailSamples
 */
function* windows(blocks, tailSamples) {
  const window = new Float32Array(windowSize)
  let filled = 0
  for (const block of blocks) {
    for (let at = 0; at < block.length; ) {
      const part = block.subarray(at, at + windowSize - filled)
      window.set(part, filled)
      at += part.length
      filled += part.length
      if (filled === windowSize) {
        yield window
        filled = 0
      }
    }
  }
  for (let tail = filled + tailSamples; tail > 0; tail -= windowSize) {
    window.fill(0, filled)
    yield window
    filled = 0
  }
}

/**
 * @param {any} vad
 * @param {number} duration - the end of the audio: what comes after it is our own silence
 */
function* takeSegments(vad, duration) {
  for (; !vad.isEmpty(); vad.pop()) {
    const { start, samples } = vad.front(false) // false: samples in our memory, not in the detector's
    const end = Math.min(toMs((start + samples.length) / sampleRate), duration)
    if (start / sampleRate < end) yield { start: toMs(start / sampleRate), end }
  }
}

/** Rounds seconds to whole milliseconds. @param {number} seconds */
const toMs = (seconds) => Math.round(seconds * 1000) / 1000
