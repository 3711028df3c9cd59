/** Is an engine alive? Pings, ordinary traffic and heartbeats are taken together: busy is not dead. */

import type { HealthSnapshot } from '../engine/health.js'
import { isAnswer } from '../engine/peer.js'
import type { Clock, Timer } from '../ports/clock.js'
import { type Duration, toMs } from '../protocol/duration.js'
import { isRpcError } from '../protocol/rpc-error.js'
import type { EndReason } from './epoch-end.js'
import type { Heartbeat } from './heartbeat.js'

export interface LivenessSettings {
  /** Whether it is asked for its health; false leaves the heartbeat to tell. Default true. */
  readonly ping?: boolean
  /** From one ping to the next. Default 5 s. */
  readonly every?: Duration
  /** Wait for the answer of one. Default 1 s. */
  readonly timeout?: Duration
  /** So many unanswered in a row, with nothing else heard, are a silence. Default 3. */
  readonly misses?: number
  /** For so long an event loop may be blocked, and a silent engine without a heartbeat be busy. Default 60 s. */
  readonly blockedFor?: Duration
}

export interface LivenessPolicy {
  readonly isPinged: boolean
  readonly everyMs: number
  readonly timeoutMs: number
  readonly misses: number
  readonly blockedForMs: number
}

export const livenessPolicy = ({
  ping = true,
  every = '5s',
  timeout = '1s',
  misses = 3,
  blockedFor = '60s',
}: LivenessSettings): LivenessPolicy => ({
  isPinged: ping,
  everyMs: toMs(every),
  timeoutMs: toMs(timeout),
  misses,
  blockedForMs: toMs(blockedFor),
})

/** What is known of an engine at one moment. Times are in milliseconds, by the clock. */
export interface Signs {
  readonly now: number
  /** A message, or an answer to a ping. */
  readonly lastHeardAt: number
  /** Pings in a row without an answer, and nothing else heard. */
  readonly misses: number
  /** Of the heartbeat; undefined for an engine without one. */
  readonly beat: { readonly at: number; readonly blockedMs: number } | undefined
  /** The system has stopped its process, as SIGSTOP does. */
  readonly isStopped: boolean
}

export type Diagnosis = 'alive' | 'busy' | Extract<EndReason, 'hang' | 'unresponsive' | 'silent'>

/** A loop that does not answer for so long is busy. */
const busyMs = 1000
/** Beats come each 200 ms; without one for so long, even the watching thread does not run. */
const staleBeatMs = 2000

export const diagnose = (
  { now, lastHeardAt, misses, beat, isStopped }: Signs,
  policy: LivenessPolicy,
): Diagnosis => {
  const isQuiet = misses >= policy.misses
  if (beat !== undefined && now - beat.at < staleBeatMs) {
    if (beat.blockedMs >= policy.blockedForMs) return 'hang'
    return beat.blockedMs >= busyMs || misses > 0 ? 'busy' : 'alive'
  }
  if (isQuiet && (beat !== undefined || isStopped)) return 'unresponsive'
  if (isQuiet && now - lastHeardAt >= policy.blockedForMs) return 'silent'
  return misses > 0 ? 'busy' : 'alive'
}

interface Parts {
  readonly clock: Clock
  readonly policy: LivenessPolicy
  readonly heartbeat: Heartbeat
  readonly lastHeardAt: () => number | undefined
  readonly ping: (deadlineMs: number) => Promise<unknown>
  readonly isStopped: () => boolean
  readonly onSnapshot: (snapshot: HealthSnapshot) => void
  /** Told whenever that changes, and no more after a fatal one. */
  readonly onDiagnosis: (diagnosis: Diagnosis) => void
}

export class Liveness {
  diagnosis: Diagnosis = 'alive'
  private readonly parts: Parts
  private readonly startedAt: number
  private misses = 0
  private timer: Timer
  private isOver = false

  constructor(parts: Parts) {
    this.parts = parts
    this.startedAt = parts.clock.now()
    if (parts.policy.isPinged) this.arm()
  }

  stop(): void {
    this.isOver = true
    this.parts.clock.clearTimer(this.timer)
  }

  /** With each beat, and after each ping. */
  judge(): void {
    if (this.isOver) return
    const { clock, heartbeat, policy, lastHeardAt, isStopped, onDiagnosis } = this.parts
    const { lastAt, blockedMs } = heartbeat
    const next = diagnose(
      {
        now: clock.now(),
        lastHeardAt: lastHeardAt() ?? this.startedAt,
        misses: this.misses,
        beat: lastAt === undefined ? undefined : { at: lastAt, blockedMs },
        isStopped: this.misses >= policy.misses && isStopped(),
      },
      policy,
    )
    if (next === this.diagnosis) return
    this.diagnosis = next
    if (next !== 'alive' && next !== 'busy') this.stop()
    onDiagnosis(next)
  }

  private arm(): void {
    this.timer = this.parts.clock.setTimer(() => void this.check(), this.parts.policy.everyMs)
  }

  private async check(): Promise<void> {
    const { clock, policy, ping, lastHeardAt, onSnapshot } = this.parts
    const askedAt = clock.now()
    try {
      onSnapshot((await ping(policy.timeoutMs)) as HealthSnapshot)
      this.misses = 0
    } catch (error) {
      // An engine that knows no such method has answered, too.
      const isSilent = isRpcError(error) && !isAnswer(error) && error.kind === 'DeadlineExceeded'
      const hasSpoken = (lastHeardAt() ?? Number.NEGATIVE_INFINITY) >= askedAt
      this.misses = isSilent && !hasSpoken ? this.misses + 1 : 0
    }
    if (this.isOver) return
    this.judge()
    if (!this.isOver) this.arm()
  }
}
