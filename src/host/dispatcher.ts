/** Calls to an engine that may have several processes, or for a while none: each waits, is sent, and if that is safe sent again. */
import type { RequestOptions } from '../../pipelines/call-runtime.js'
import { isAnswer } from '../engine/peer.js'
import { onAbort } from '../ports/abort.js'
import type { Clock, Timer } from '../ports/clock.js'
import { type CallTrace, type Telemetry, type TraceScope, within } from '../ports/telemetry.js'
import {
  deadlineExceeded,
  isRpcError,
  overloaded,
  type RpcError,
  requestCancelled,
} from '../protocol/rpc-error.js'
import type { Epoch } from './epoch.js'
import { Pins } from './pins.js'

export interface CallOptions extends RequestOptions {
  /** Calls with the same text go to the process that the first of them went to, for as long as that runs. */
  readonly sticky?: string | undefined
}

interface Job {
  readonly method: string
  readonly params: unknown
  readonly options: CallOptions
  readonly dueAt: number
  readonly resolve: (result: unknown) => void
  readonly reject: (error: RpcError) => void
  /** What was active when it was asked for: it may wait, and be sent again. */
  readonly scope: TraceScope | undefined
  readonly attempts: CallTrace[]
  /** When it began to wait for the first time; undefined for one that was sent at once. */
  waitsSince: number | undefined
  /** The same for all that are sent of one call; made when it is first needed. */
  idempotencyKey: string | undefined
  /** Processes that it has been sent to, by epoch. */
  readonly sentTo: string[]
  /** The caller has seen a part of the result: another try would repeat it. */
  hasPartial: boolean
}

interface Parts {
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly newId: () => string
  /** Most calls that wait for a process. */
  readonly queue: number
  /** How often one call may be sent again. */
  readonly replays: number
  readonly isIdempotent: (epoch: Epoch, method: string) => boolean
  /** All processes have something to do. */
  readonly onPressure: () => void
  /** A call is over. */
  readonly onDone: (epoch: Epoch) => void
  readonly isRestarting: (epoch: Epoch) => boolean
}

export class Dispatcher {
  private readonly parts: Parts
  private readonly epochs = new Set<Epoch>()
  private readonly waiting = new Map<Job, () => void>()
  private readonly pins = new Pins()
  private refusal: (() => RpcError) | undefined

  constructor(parts: Parts) {
    this.parts = parts
  }

  get queued(): number {
    return this.waiting.size
  }

  /** Processes that take calls. */
  get usable(): readonly Epoch[] {
    return [...this.epochs].filter((epoch) => epoch.isUsable)
  }

  /** A process takes calls from now on. */
  add(epoch: Epoch): void {
    this.epochs.add(epoch)
    this.sendWaiting()
  }

  remove(epoch: Epoch): void {
    this.epochs.delete(epoch)
    this.pins.remove(epoch)
  }

  /** Some process may take calls again, or is less busy. */
  sendWaiting(): void {
    for (const [job, leave] of this.waiting) {
      const epoch = this.choose(job.options.sticky)
      if (epoch === undefined) return
      leave()
      this.send(job, epoch)
    }
  }

  /** No process will come: calls that wait are refused, and later ones, until `open`. */
  close(refusal: () => RpcError): void {
    this.refusal = refusal
    for (const [job, leave] of [...this.waiting]) {
      leave()
      job.reject(refusal())
    }
  }

  open(): void {
    this.refusal = undefined
  }

  request(method: string, params: unknown, options: CallOptions): Promise<unknown> {
    const { clock, telemetry } = this.parts
    const { deadlineMs = Infinity } = options
    if (typeof deadlineMs !== 'number' || Number.isNaN(deadlineMs))
      return Promise.reject(new TypeError('deadlineMs wants a number of milliseconds'))
    return new Promise((resolve, reject) => {
      this.enter({
        method,
        params,
        options,
        dueAt: clock.now() + deadlineMs,
        resolve,
        reject,
        scope: telemetry.scope?.(),
        attempts: [],
        waitsSince: undefined,
        idempotencyKey: undefined,
        sentTo: [],
        hasPartial: false,
      })
    })
  }

  private enter(job: Job): void {
    const { signal, sticky } = job.options
    if (signal?.aborted === true) return job.reject(requestCancelled())
    const epoch = this.choose(sticky)
    if (epoch !== undefined) this.send(job, epoch)
    else if (this.refusal !== undefined) job.reject(this.refusal())
    else this.wait(job)
  }

  private wait(job: Job): void {
    const { clock, queue } = this.parts
    const { signal, deadlineMs = Infinity } = job.options
    if (this.waiting.size >= queue)
      return job.reject(overloaded(`${queue} calls wait for the engine to start`))
    job.waitsSince ??= clock.now()
    const leftMs = job.dueAt - clock.now()
    const stopWith = (error: RpcError) => (): void => {
      leave()
      job.reject(error)
    }
    const forget = onAbort(signal, stopWith(requestCancelled()))
    const timer: Timer =
      leftMs === Infinity
        ? undefined
        : clock.setTimer(stopWith(deadlineExceeded(deadlineMs, 'queued')), Math.max(0, leftMs))
    const leave = (): void => {
      this.waiting.delete(job)
      if (timer !== undefined) clock.clearTimer(timer)
      forget()
    }
    this.waiting.set(job, leave)
  }

  /** A sticky call's own; else the one with the fewest calls in flight, of those that answer. */
  private choose(sticky: string | undefined): Epoch | undefined {
    const pinned = sticky === undefined ? undefined : this.pins.of(sticky)
    if (pinned?.isUsable === true) return pinned
    const { usable } = this
    const quick = usable.filter((epoch) => !epoch.isBusy)
    const candidates = quick.length > 0 ? quick : usable
    if (candidates.length === 0) return undefined
    const freest = candidates.reduce((best, epoch) =>
      inFlight(epoch) < inFlight(best) ? epoch : best,
    )
    if (sticky !== undefined) this.pins.pin(sticky, freest)
    return freest
  }

  private send(job: Job, epoch: Epoch): void {
    const { clock } = this.parts
    const { onProgress, sticky: _, deadlineMs: __, ...options } = job.options
    const { key, number } = epoch.settings
    const client = epoch.client as NonNullable<Epoch['client']>
    const params = job.sentTo.length === 0 ? job.params : replayed(job)
    job.sentTo.push(`${key}/${number}`)
    epoch.calls += 1
    const sent = this.marked(job, epoch, params)
    const own = {
      ...options,
      attempts: job.attempts,
      askedAt: job.attempts.length === 0 ? job.waitsSince : undefined,
      ...(job.dueAt !== Infinity && { deadlineMs: job.dueAt - clock.now() }),
      // Without a listener nobody has seen a part.
      ...(onProgress !== undefined && {
        onProgress: (value: unknown, isPartial: boolean) => {
          job.hasPartial ||= isPartial
          onProgress(value, isPartial)
        },
      }),
    }
    const answer = within(job.scope, () => client.request(job.method, sent, own))
    if (inFlight(epoch) > 1) this.parts.onPressure()
    answer.then(
      (result) => {
        job.resolve(result)
        this.parts.onDone(epoch)
      },
      (error) => {
        void this.failed(job, epoch, error)
        this.parts.onDone(epoch)
      },
    )
  }

  /** What may be sent again carries a key, by which an engine knows it for the same. */
  private marked(job: Job, epoch: Epoch, params: unknown): unknown {
    if (!this.parts.isIdempotent(epoch, job.method)) return params
    job.idempotencyKey ??= this.parts.newId()
    return withMeta(params, { idempotencyKey: job.idempotencyKey })
  }

  private async failed(job: Job, epoch: Epoch, error: unknown): Promise<void> {
    if (!isRpcError(error)) return job.reject(error as RpcError)
    const isLost = !isAnswer(error) && error.facts['delivery'] !== undefined
    // An engine that ends of its own accord has refused the call, or given it up.
    const isGivenUp = error.kind === 'ShuttingDown' && !epoch.isUsable
    if (!isLost && !isGivenUp) return job.reject(error)
    // The process has gone. What follows from that is decided in this turn, unless it only has lost its pipes.
    const hasEnded = 'exitCode' in error.facts || 'signal' in error.facts
    if (isLost && hasEnded) await epoch.over
    const isUnsent = isLost && error.facts['delivery'] === 'never'
    if (isUnsent) job.sentTo.pop()
    const isSafe = isUnsent || (this.parts.isIdempotent(epoch, job.method) && !job.hasPartial)
    if (isSafe && job.sentTo.length <= this.parts.replays && this.refusal === undefined)
      return this.enter(job)
    if (!isLost) return job.reject(error)
    const { reason, message } = epoch.why ?? {}
    job.reject({
      ...error,
      ...(message !== undefined && { message: `The engine is gone: ${lowered(message)}` }),
      facts: {
        ...error.facts,
        ...(reason !== undefined && { reason }),
        restarting: this.parts.isRestarting(epoch),
      },
    })
  }
}

const inFlight = (epoch: Epoch): number => epoch.client?.inFlight ?? 0

const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1)

/** For traces: which attempt this is, and where the ones before went. */
const replayed = ({ params, sentTo }: Job): unknown =>
  withMeta(params, { replay: { attempt: sentTo.length + 1, after: [...sentTo] } })

/** By-name params only, as everywhere. */
const withMeta = (params: unknown, more: Readonly<Record<string, unknown>>): unknown => {
  if (Array.isArray(params)) return params
  const named = (params ?? {}) as Readonly<Record<string, unknown>>
  return { ...named, _meta: { ...(named['_meta'] as object | undefined), ...more } }
}
