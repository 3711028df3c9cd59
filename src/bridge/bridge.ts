/** One child process that works for an engine, one job at a time: started when it is needed, and anew when it has gone. */
import { type Observable, Subject } from 'rxjs'
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import { type Update, type UpdateOptions, updatesOf } from '../host/updates.js'
import type { Command, Spawn } from '../ports/child.js'
import { type Clock, realClock } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import { deadlineExceeded, type RpcError, requestCancelled } from '../protocol/rpc-error.js'
import { startChild } from '../transport/child-process.js'
import { inTime } from './in-time.js'
import { Worker } from './worker.js'

export interface BridgeOptions {
  /** What to start, asked before each start; an RpcError where there is nothing to start. */
  readonly command: () => Command | RpcError | Promise<Command | RpcError>
  /** Takes what the child prints on stderr, as records. */
  readonly log: Logger
  /** How long a job that was cancelled, or is late, may go on before the child is killed, in milliseconds. Default 2,000. */
  readonly graceMs?: number
  /** From the start of the child to its first answer, in milliseconds. Default 60,000. */
  readonly startupMs?: number
  /** Default: the real ones. */
  readonly clock?: Clock
  readonly spawn?: Spawn
}

export interface Bridge {
  /**
   * Calls a method of the child; by-name params only. Rejects with an RpcError: the child's own, RequestCancelled or
   * DeadlineExceeded at once, DependencyMissing where it cannot be started, and EngineGone (retryable, with `exitCode`
   * or `signal`, `stderrTail` and mostly a `hint`) when it died under the call. The next call starts a new one.
   *
   * @param options - the deadline includes the start of the child
   */
  request(method: string, params: object, options?: RequestOptions): Promise<unknown>
  /** The same as a stream of progress, and last the result. Subscribing calls, unsubscribing cancels. */
  updates(method: string, params: object, options?: UpdateOptions): Observable<Update>
  /** Starts the child if there is none. @returns the number of this start, from 1: what a child before it held is gone */
  ready(): Promise<number>
  /** Undefined while there is no child that has answered. */
  readonly pid: number | undefined
  /** Why a child has ended, or was killed, that nobody asked to end. */
  readonly gone$: Observable<RpcError>
  /** Ends the child, if there is one: at once, or once it has done its work, for some seconds. A call starts a new one. */
  end(hard: boolean): Promise<void>
}

export const openBridge = (options: BridgeOptions): Bridge => new RealBridge(options)

const defaultGraceMs = 2000
const defaultStartupMs = 60_000

class RealBridge implements Bridge {
  readonly gone$: Observable<RpcError>
  private readonly options: BridgeOptions
  private readonly clock: Clock
  private readonly gone = new Subject<RpcError>()
  private worker: Worker | undefined
  private starts = 0

  constructor(options: BridgeOptions) {
    this.options = options
    this.clock = options.clock ?? realClock
    this.gone$ = this.gone.asObservable()
  }

  get pid(): number | undefined {
    return this.worker?.pid
  }

  async ready(): Promise<number> {
    const worker = await this.freeWorker()
    return worker.number
  }

  updates(method: string, params: object, options: UpdateOptions = {}): Observable<Update> {
    return updatesOf((own) => this.request(method, params, own), options)
  }

  async request(method: string, params: object, options: RequestOptions = {}): Promise<unknown> {
    const { deadlineMs, signal } = options
    if (signal?.aborted === true) throw requestCancelled()
    const calledAt = this.clock.now()
    const worker = await inTime(this.freeWorker(), this.clock, deadlineMs, signal)
    if (deadlineMs === undefined) return worker.request(method, params, options)
    const leftMs = deadlineMs - (this.clock.now() - calledAt)
    if (leftMs <= 0) throw deadlineExceeded(deadlineMs, 'queued')
    return worker.request(method, params, { ...options, deadlineMs: leftMs })
  }

  async end(hard: boolean): Promise<void> {
    const { worker } = this
    this.worker = undefined
    await worker?.end(hard)
  }

  /** Waits for one that may have to be killed, so that no call is lost with it. */
  private async freeWorker(): Promise<Worker> {
    for (;;) {
      this.worker ??= this.start()
      const { worker } = this
      try {
        await worker.ready
      } catch (error) {
        if (this.worker === worker) this.worker = undefined
        throw error
      }
      await worker.free
      if (this.worker === worker && !worker.hasEnded) return worker
      if (this.worker === worker) this.worker = undefined
    }
  }

  private start(): Worker {
    const { command, log, graceMs = defaultGraceMs, startupMs = defaultStartupMs } = this.options
    this.starts += 1
    const worker: Worker = new Worker({
      number: this.starts,
      command,
      log,
      graceMs,
      startupMs,
      clock: this.clock,
      spawn: this.options.spawn ?? startChild,
      onGone: (why) => {
        if (this.worker === worker) this.worker = undefined
        this.gone.next(why)
      },
    })
    return worker
  }
}
