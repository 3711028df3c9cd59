/** How an engine ends: what the lifecycle's effects do. Every wait has a deadline. */
import { left } from 'fp-ts/lib/Either.js'
import type { Clock } from '../ports/clock.js'
import type { Transport } from '../ports/transport.js'
import { type RpcError, shuttingDown } from '../protocol/rpc-error.js'
import type { Haste, LifecycleEvent } from './lifecycle.js'
import type { Outbox } from './outbox.js'
import type { Peer } from './peer.js'
import type { EngineRuntime } from './runtime.js'

/** Longest grace that a shutdown call may ask for, in milliseconds. */
const longestGraceMs = 60_000
/** Time of the stop hook, and then of flushing the output, in milliseconds. */
const hookMs: Readonly<Record<Haste, number>> = { calm: 5000, soon: 500, now: 0 }
const flushMs: Readonly<Record<Haste, number>> = { calm: 5000, soon: 500, now: 250 }

export class Shutdown {
  private readonly parts: {
    readonly clock: Clock
    readonly transport: Transport
    readonly runtime: EngineRuntime
    readonly outbox: Outbox
    readonly peer: Peer
    readonly drainMs: () => number
    readonly stop: () => unknown
    readonly tell: (event: LifecycleEvent) => void
  }
  private isAwaiting = false
  private hook: Promise<boolean> | undefined

  constructor(parts: Shutdown['parts']) {
    this.parts = parts
  }

  drain(graceMs: number | undefined): void {
    const { clock, drainMs, tell } = this.parts
    const asked = graceMs === undefined ? drainMs() : Math.min(Math.max(0, graceMs), longestGraceMs)
    clock.setTimer(() => tell({ type: 'drain-deadline' }), asked)
    this.awaitCalls()
  }

  /** Tells `drained` whenever no call is open any more. */
  awaitCalls(): void {
    this.isAwaiting = true
    // Whoever asked for it may be a call that is just being handed in.
    queueMicrotask(() => this.check())
  }

  /** A call has been closed: it may have been the last. */
  check(): void {
    const { ledger } = this.parts.runtime
    if (!this.isAwaiting || ledger.size > 0) return
    if (ledger.atIntake === undefined) this.parts.tell({ type: 'drained' })
    else queueMicrotask(() => this.check())
  }

  /** Ends all open calls, those first that wait, as a place that becomes free would start one. A reply that a stage keeps back is not waited for. */
  abortCalls(): void {
    const { runtime, outbox, peer } = this.parts
    const calls = runtime.ledger.calls()
    const waiting = calls.filter(({ isStarted }) => !isStarted)
    const running = calls.filter(({ isStarted }) => isStarted)
    for (const call of [...waiting, ...running]) {
      if (!call.isSettled && !call.isStarted && !call.isWaiting) {
        runtime.log.warn({ method: call.method, stage: call.stage.name }, 'A call got no further')
      }
      call.settle(left(shuttingDown()))
      outbox.sendInstead(call, shuttingDown())
    }
    peer.close(shuttingDown)
  }

  /** Tells `finished` when the hook has run and the output is flushed, or their time is over. */
  finish(lastWord: RpcError | undefined, haste: Haste): void {
    void this.finishWithin(lastWord, haste).then((isWhole) =>
      this.parts.tell({ type: 'finished', isWhole }),
    )
  }

  private async finishWithin(lastWord: RpcError | undefined, haste: Haste): Promise<boolean> {
    const { transport, outbox, runtime } = this.parts
    if (runtime.phase === 'failed') await inputRead() // who has called already is told
    this.hook ??= haste === 'now' ? undefined : this.runHook()
    const hasStopped = this.hook === undefined || (await this.within(this.hook, hookMs[haste]))
    if (!hasStopped && haste !== 'now')
      runtime.log.error({ waitedMs: hookMs[haste] }, 'onStop took too long')
    if (runtime.ledger.size > 0) this.abortCalls() // control calls that came while the hook ran
    if (lastWord !== undefined) outbox.refuse(lastWord)
    const isFlushed = await this.within(
      transport.end().then(() => true),
      flushMs[haste],
    )
    if (!isFlushed) {
      const { unwritten } = transport
      runtime.log.error({ unwritten }, 'The output was not read in time; what is left is dropped')
    }
    return hasStopped && isFlushed
  }

  private async runHook(): Promise<boolean> {
    try {
      await this.parts.stop()
    } catch (err) {
      this.parts.runtime.log.error({ err }, 'onStop failed')
    }
    return true
  }

  private within(task: Promise<boolean>, ms: number): Promise<boolean> {
    const { clock } = this.parts
    return new Promise((resolve) => {
      const timer = clock.setTimer(() => resolve(false), ms)
      void task.then((done) => {
        clock.clearTimer(timer)
        resolve(done)
      })
    })
  }
}

/** What was there to be read has been by then: an immediate runs when the event loop has looked for input once. */
const inputRead = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
