/** The process that decodes, as the engine sees it: one job at a time, killed when it does not stop, started anew when it has gone. */
import { Subject } from 'rxjs'
import type { Logger } from '../../ports/logger.js'
import { messageOf, requestCancelled, rpcError } from '../../protocol/rpc-error.js'
import type { Caller } from '../backend.js'
import type { Task } from './decoder-messages.js'
import { DecoderRun } from './decoder-run.js'
import type { LoadRequest } from './recognizer.js'

type Tell = (value: unknown) => void

/** All of its calls reject with an RpcError of a kind that docs/engines.md lists, and wait for the one before. */
export class Decoder {
  /** The process has ended by itself, or could not take its models again. */
  readonly gone$ = new Subject<{ readonly reason: string }>()
  private readonly stopping = new AbortController()
  /** On behalf of whoever comes next. */
  private readonly own: Caller = { signal: this.stopping.signal, trace: {} }
  private log: Logger | undefined
  private process: DecoderRun | undefined
  /** Models that are meant to be in memory. */
  private readonly wanted = new Map<string, LoadRequest>()
  /** Of these, models that the process holds. */
  private readonly held = new Set<string>()
  private last: Promise<unknown> = Promise.resolve()

  /** Starts no process: the first call does that. */
  start(log: Logger): void {
    this.log = log
  }

  stop(): Promise<void> {
    this.stopping.abort()
    return this.end()
  }

  load(request: LoadRequest, caller: Caller): Promise<unknown> {
    return this.inTurn(async () => {
      this.wanted.delete(request.model)
      const loaded = await this.loadNow(request, caller)
      if (caller.signal.aborted) {
        await this.renew() // nobody would unload it
        throw requestCancelled()
      }
      this.wanted.set(request.model, request)
      return loaded
    }, caller.signal)
  }

  /** @returns the memory that is held then, in bytes */
  unload(model: string): Promise<number> {
    this.wanted.delete(model) // at once: a process that is renewed until its turn comes need not load it
    return this.inTurn(async () => (this.held.has(model) ? this.renew() : 0))
  }

  /** At once, whatever runs. */
  async unloadAll(): Promise<number> {
    this.wanted.clear()
    await this.end()
    return 0
  }

  /** The model of a task is loaded again when the process that held it has gone. */
  run(task: Task, caller: Caller, tell?: Tell): Promise<unknown> {
    return this.inTurn(async () => {
      if ('model' in task.params) await this.hold(task.params.model, caller)
      return this.order(task, caller, tell)
    }, caller.signal)
  }

  private async hold(model: string, caller: Caller): Promise<void> {
    if (this.held.has(model)) return
    const request = this.wanted.get(model)
    if (request === undefined) throw notLoaded(model)
    await this.loadNow(request, caller)
  }

  private async loadNow(request: LoadRequest, caller: Caller): Promise<unknown> {
    this.held.delete(request.model)
    const loaded = await this.order({ method: 'load', params: request }, caller)
    this.held.add(request.model)
    return loaded
  }

  /**
   * Only the end of the process gives all of its memory back. What it is meant to hold is loaded into the next one.
   *
   * @returns the memory of that one, in bytes
   */
  private async renew(): Promise<number> {
    await this.end()
    let bytes = 0
    try {
      for (const request of this.wanted.values()) {
        const loaded = await this.loadNow(request, this.own)
        bytes = (loaded as { rssBytes: number }).rssBytes
      }
      return bytes
    } catch (error) {
      await this.end()
      this.gone$.next({ reason: messageOf(error) })
      return 0
    }
  }

  private async end(): Promise<void> {
    const { process } = this
    this.process = undefined
    this.held.clear()
    await process?.kill()
  }

  private async order(task: Task, caller: Caller, tell: Tell = () => {}): Promise<unknown> {
    const { signal } = caller
    if (signal.aborted) throw requestCancelled()
    const run = this.started()
    try {
      return await run.order(task, caller, tell)
    } catch (error) {
      throw signal.aborted ? requestCancelled() : error
    } finally {
      // Who waits counts on the models, and nobody is told that they have gone.
      if (signal.aborted && run.hasEnded) await this.renew()
    }
  }

  private started(): DecoderRun {
    if (this.log === undefined) throw new TypeError('The backend has not been started')
    if (this.stopping.signal.aborted) throw requestCancelled()
    if (this.process === undefined || this.process.hasEnded)
      this.process = new DecoderRun(this.log, ({ message }) => {
        this.held.clear()
        this.gone$.next({ reason: message })
      })
    return this.process
  }

  /** The caller of a cancelled job is answered by the runtime; here the next one waits until the process is free. */
  private inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const done = this.last.then(() => {
      if (signal?.aborted === true) throw requestCancelled()
      return work()
    })
    this.last = done.catch(() => {}) // told to its caller
    return done
  }
}

const notLoaded = (model: string) =>
  rpcError('ModelNotFound', `The model ${model} is not loaded. Load it first.`, { model })
