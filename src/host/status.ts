/** What a supervisor tells of its engines. */

import type { Epoch } from './epoch.js'
import type { EndReason, EpochEnd } from './epoch-end.js'
import type { RecycleReason } from './pool.js'
import type { Member } from './supervision.js'

export type MemberState =
  | 'starting'
  | 'ready'
  /** Ready, but a check of its own is not well. */
  | 'degraded'
  /** It does not answer now, as its event loop is blocked. */
  | 'busy'
  | 'stopping'
  /** It ended, and is started again in a while. */
  | 'backoff'
  /** It is not started before others are ready, or back. */
  | 'waiting'
  /** It failed too often, or cannot be started; `resume` starts it again. */
  | 'quarantined'
  | 'stopped'

/** One process of an engine. */
export interface MemberStatus {
  /** The engine's name; in a pool with a number behind it. */
  readonly key: string
  readonly engine: string
  readonly state: MemberState
  readonly pid: number | undefined
  /** By the clock, in milliseconds: when it became ready, and when it is started again. */
  readonly readyAt: number | undefined
  readonly startsAt: number | undefined
  /** How often it has been started after the first time. */
  readonly restarts: number
  readonly inFlight: number
  /** Of the event loop's delays, in milliseconds, as it told last. */
  readonly p99Ms: number | undefined
  readonly rssBytes: number | undefined
  /** Why it ended last. */
  readonly lastEnd: Pick<EpochEnd, 'reason' | 'message' | 'stderr'> | undefined
}

interface Told {
  readonly engine: string
  readonly key: string
}

export type HostEvent = Told &
  (
    | { readonly type: 'starting'; readonly epoch: number }
    | {
        readonly type: 'ready'
        readonly epoch: number
        readonly pid: number
        readonly startMs: number
      }
    | { readonly type: 'busy' | 'recovered'; readonly epoch: number }
    | {
        readonly type: 'ended'
        readonly epoch: number
        readonly reason: EndReason
        readonly message: string
        readonly stderr: readonly string[]
      }
    | { readonly type: 'black-box'; readonly epoch: number; readonly file: string }
    | { readonly type: 'restarting'; readonly delayMs: number; readonly attempt: number }
    | { readonly type: 'quarantined'; readonly budget: 'startFailures' | 'crashes' }
    | { readonly type: 'recycling'; readonly why: RecycleReason }
  )

export const statusOf = (
  member: Member,
  epoch: Epoch | undefined,
  epochs: number,
  last: EpochEnd | undefined,
): MemberStatus => {
  const { key, engine, phase, notBefore } = member
  const current = phase === 'down' ? undefined : epoch
  const { snapshot, rssBytes = snapshot?.memory?.rssBytes } = current ?? {}
  return {
    key,
    engine,
    state: stateOf(member, current),
    pid: current?.client?.pid,
    readyAt: current?.readyAt,
    startsAt: notBefore,
    restarts: Math.max(0, epochs - 1),
    inFlight: current?.client?.inFlight ?? 0,
    p99Ms: snapshot?.eventLoop?.p99Ms,
    rssBytes,
    lastEnd: last && { reason: last.reason, message: last.message, stderr: last.stderr },
  }
}

const stateOf = (
  { phase, isQuarantined, notBefore, wanted }: Member,
  epoch: Epoch | undefined,
): MemberState => {
  if (phase === 'ready') {
    if (epoch?.isBusy === true) return 'busy'
    return epoch?.snapshot?.status === 'degraded' ? 'degraded' : 'ready'
  }
  if (phase !== 'down') return phase
  if (isQuarantined) return 'quarantined'
  if (!wanted) return 'stopped'
  return notBefore === undefined ? 'waiting' : 'backoff'
}
