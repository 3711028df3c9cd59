/** The process that decodes, as the worker sees it: one job at a time, killed when it does not stop, started anew when it has gone. */
import type { TimedLogger } from '../../ports/logger.js'
import { isRpcError, requestCancelled, rpcError } from '../../protocol/rpc-error.js'
import { type DecoderRun, startDecoder } from './decoder-run.js'
import { decodeFailure, loadFailure } from './native-output.js'
import type { LoadRequest } from './recognizer.js'

export type Method = 'transcribe' | 'detectSpeech' | 'about'

export interface DecoderJob {
  readonly method: Method
  readonly params: object
  /** Has to be in memory; it is loaded again when the process that held it has gone. */
  readonly model?: string
  tell(value: object): void
  readonly signal: AbortSignal
  readonly log: TimedLogger
}

export interface Loaded {
  readonly device: string
  readonly computeType: string
  readonly rssBytes: number
  readonly languages?: readonly string[]
}

/** How long a job that was cancelled may go on, in milliseconds. A chunk takes up to some seconds. */
const graceMs = 1000

export class Decoder {
  private process: DecoderRun | undefined
  /** Models that are meant to be in memory. */
  private readonly wanted = new Map<string, { readonly request: LoadRequest; loaded?: Loaded }>()
  /** Of these, models that the process holds. */
  private held = new Set<string>()
  private last: Promise<unknown> = Promise.resolve()

  /** @throws RpcError ModelNotFound, ModelLoadFailed, UnsupportedOption, DependencyMissing, OutOfMemory */
  load(request: LoadRequest, signal: AbortSignal, log: TimedLogger): Promise<Loaded> {
    return this.inTurn(signal, async () => {
      this.wanted.delete(request.model)
      const loaded = await this.loadNow(request, signal, log)
      if (signal.aborted) {
        this.end() // nobody would unload it, and nothing else gives its memory back
        throw requestCancelled()
      }
      this.wanted.set(request.model, { request, loaded })
      return loaded
    })
  }

  /** Only the end of its process gives all of its memory back. @returns what is held now, in bytes */
  unload(model: string, signal: AbortSignal, log: TimedLogger): Promise<number> {
    return this.inTurn(signal, async () => {
      this.wanted.delete(model)
      if (this.held.delete(model)) this.end()
      let bytes = 0
      for (const [name, { request }] of this.wanted)
        if (!this.held.has(name)) bytes = (await this.loadNow(request, signal, log)).rssBytes
      return bytes
    })
  }

  languagesOf(model: string): readonly string[] | undefined {
    const wanted = this.wanted.get(model)
    if (wanted === undefined) throw notLoaded(model)
    return wanted.loaded?.languages
  }

  run(job: DecoderJob): Promise<unknown> {
    const { method, params, model, tell, signal, log } = job
    return this.inTurn(signal, async () => {
      if (model !== undefined) await this.hold(model, signal, log)
      return this.order(method, params, { tell, signal, log })
    })
  }

  end(): void {
    this.process?.kill()
    this.process = undefined
    this.held.clear()
  }

  private async hold(model: string, signal: AbortSignal, log: TimedLogger): Promise<void> {
    const wanted = this.wanted.get(model)
    if (wanted === undefined) throw notLoaded(model)
    if (this.held.has(model) && this.process?.hasEnded === false) return
    await this.loadNow(wanted.request, signal, log)
  }

  private async loadNow(
    request: LoadRequest,
    signal: AbortSignal,
    log: TimedLogger,
  ): Promise<Loaded> {
    this.held.delete(request.model)
    const loaded = (await this.order('load', request, { tell: () => {}, signal, log })) as Loaded
    this.held.add(request.model)
    return loaded
  }

  private async order(
    method: Method | 'load',
    params: object,
    { tell, signal, log }: Pick<DecoderJob, 'tell' | 'signal' | 'log'>,
  ): Promise<unknown> {
    const run = this.started(log)
    const path = method === 'load' ? (params as LoadRequest).path : undefined
    const job = run.order({
      method,
      params,
      tell,
      judge: (lines) => (path === undefined ? decodeFailure(lines) : undefined),
      refused: (error, lines) =>
        path !== undefined && error.kind === 'ModelLoadFailed' && lines.length > 0
          ? loadFailure(path, lines, error.message)
          : error,
      // Native code ends the process when it cannot read a model.
      gone: (error, lines) =>
        path !== undefined && error.facts['signal'] !== 'SIGKILL'
          ? loadFailure(path, lines, error.message)
          : error,
    })
    const cancel = () => {
      job.cancel()
      const timer = setTimeout(() => run.kill(), graceMs)
      void run.free.finally(() => clearTimeout(timer))
    }
    if (signal.aborted) cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await job.result
    } finally {
      signal.removeEventListener('abort', cancel)
      await run.free // the next one must not get between
    }
  }

  private started(log: TimedLogger): DecoderRun {
    if (this.process === undefined || this.process.hasEnded) {
      this.held = new Set()
      this.process = startDecoder(log)
    }
    return this.process
  }

  /** The caller of a cancelled job is answered by the runtime; here the next one waits until the process is free. */
  private inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const done = this.last.then(() => {
      if (signal.aborted) throw requestCancelled()
      return work()
    })
    this.last = done.catch((error: unknown) => {
      if (!isRpcError(error)) throw error
    })
    this.last.catch(() => {}) // told to its caller
    return done
  }
}

const notLoaded = (model: string) =>
  rpcError('ModelNotFound', `The model ${model} is not loaded. Load it first.`, { model })
