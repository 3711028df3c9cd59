// @ts-check
/**
 * Voice detection on a thread of its own, as an Observable: subscribing runs it, unsubscribing stops it.
 *
 * A worker thread is enough here. A native call cannot be interrupted, and work that is one long call
 * (transcribing) needs a child process that can be killed. But Silero VAD is fed 32 ms at a time, and the
 * worker looks at a flag in shared memory between these calls: it stops within a millisecond and keeps
 * the loaded model. What a thread cannot contain is native code that aborts: see `checkModel` there.
 */
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { Observable } from 'rxjs'
import { failure } from './failure.js'

/**
 * @typedef {import('./worker.js').Settings} Settings
 * @typedef {import('./worker.js').Progress} Progress
 * @typedef {import('./worker.js').Speech} Speech
 * @typedef {import('rxjs').Subscriber<Progress | Speech>} Listener
 * @typedef {{ path: string, settings: Required<Settings>, cancelled: Int32Array, listener: Listener }} Job
 */

/**
 * Only what the detector knows, in one order: the text of it tells whether a thread at hand will do.
 *
 * @param {Settings} settings
 * @returns {Required<Settings>}
 */
const complete = ({
  threshold = 0.5,
  minSpeechMs = 250,
  minSilenceMs = 500,
  maxSpeechSec = 20,
}) => ({
  threshold,
  minSpeechMs,
  minSilenceMs,
  maxSpeechSec,
})

export class Detector {
  #workerUrl
  #model
  /** @type {Worker | undefined} until its thread has ended */
  #worker
  /** @type {string | undefined} what the worker was started with; undefined once it is to end */
  #workerSettings
  /** @type {Job | undefined} */
  #running
  /** @type {Job[]} */
  #waiting = []

  /** @param {{ worker?: URL, model?: URL }} [parts] - others than the usual, for tests */
  constructor({
    worker = new URL('./worker.js', import.meta.url),
    model = new URL('./model/silero_vad_v5.onnx', import.meta.url),
  } = {}) {
    this.#workerUrl = worker
    this.#model = fileURLToPath(model)
  }

  /**
   * Finds the speech in a wave file. Jobs run one after the other. Errors with a Failure.
   *
   * @param {string} path
   * @param {Settings} [settings]
   * @returns {Observable<Progress | Speech>} progress, up to a ratio of 1, and last the speech
   */
  detect(path, settings = {}) {
    return new Observable((listener) => {
      const cancelled = new Int32Array(new SharedArrayBuffer(4))
      const job = { path, settings: complete(settings), cancelled, listener }
      this.#waiting.push(job)
      this.#startNext()
      return () => this.#cancel(job)
    })
  }

  /** Ends the thread. Jobs still open fail with ShuttingDown. */
  async close() {
    const open = [...(this.#running ? [this.#running] : []), ...this.#waiting]
    this.#running = undefined
    this.#waiting = []
    const ended = this.#endWorker()
    for (const { listener } of open)
      listener.error(failure('ShuttingDown', 'The voice detector is shutting down.'))
    await ended
  }

  #startNext() {
    const job = this.#waiting[0]
    if (this.#running) return
    if (!job) {
      this.#worker?.unref() // an idle thread keeps no process alive
      return
    }
    const settings = JSON.stringify(job.settings)
    this.#worker ??= this.#startWorker(job.settings)
    this.#worker.ref()
    if (this.#workerSettings !== settings) {
      void this.#endWorker() // and on from its 'exit'
      return
    }
    this.#running = this.#waiting.shift()
    this.#worker.postMessage({ path: job.path, cancelled: job.cancelled })
  }

  /**
   * A thread serves one set of settings, since others need the model loaded anew, and only the end of a
   * thread frees the 16 MB of a loaded model for certain. One must have ended before the next starts:
   * ONNX Runtime aborts the process when it is set up in one thread while the last other one leaves it.
   *
   * @param {Required<Settings>} settings
   */
  #startWorker(settings) {
    const workerData = { model: this.#model, settings }
    const worker = new Worker(this.#workerUrl, { workerData, execArgv: [] }) // it needs none of our loaders
    worker.on('message', (answer) => this.#take(answer))
    worker.on('error', (error) => this.#fail(error.message))
    worker.on('exit', (code) => {
      this.#worker = undefined
      this.#fail(`it ended with exit code ${code}`)
    })
    this.#workerSettings = JSON.stringify(settings)
    return worker
  }

  async #endWorker() {
    this.#workerSettings = undefined
    await this.#worker?.terminate()
  }

  /** @param {import('./worker.js').Answer} answer */
  #take(answer) {
    const listener = this.#running?.listener
    if ('progress' in answer) return listener?.next(answer.progress)
    this.#running = undefined
    if ('failure' in answer) listener?.error(answer.failure)
    if ('result' in answer) {
      listener?.next(answer.result)
      listener?.complete()
    }
    this.#startNext()
  }

  /** @param {string} reason - why the thread ends */
  #fail(reason) {
    const listener = this.#running?.listener
    this.#workerSettings = undefined
    this.#running = undefined
    const message = `The thread of the voice detector died: ${reason}. The next call starts a new one.`
    listener?.error(failure('EngineError', message, { reason, retryable: true }))
    this.#startNext()
  }

  /** @param {Job} job */
  #cancel(job) {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== job)
    Atomics.store(job.cancelled, 0, 1)
  }
}
