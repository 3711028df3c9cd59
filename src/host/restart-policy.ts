/** When an engine that has ended is started again, and when not any more. Pure: time and chance are given. */
import { type Duration, toMs } from '../protocol/duration.js'
import type { EndReason } from './epoch-end.js'

/** `permanent` is always started again, `transient` unless it ended by itself with a good exit code, `temporary` never. */
export type RestartType = 'permanent' | 'transient' | 'temporary'

export interface Budget {
  /** So many are borne within… */
  readonly most: number
  /** …so long; one more, and the engine is quarantined. */
  readonly within: Duration
}

export interface RestartSettings {
  /** Default permanent. */
  readonly type?: RestartType
  /** Exit codes that count as good for `transient`. Default 0. */
  readonly goodExitCodes?: readonly number[]
  /** Wait before the n-th restart in a row: a chance share of `base × factor^(n-1)`, `cap` at most. */
  readonly backoff?: {
    /** Default 200 ms. */
    readonly base?: Duration
    /** Default 2. */
    readonly factor?: number
    /** Default 30 s. */
    readonly cap?: Duration
  }
  /** Ready for so long, an engine counts as stable, and the waits begin anew. Default 60 s. */
  readonly stableFor?: Duration
  /** Of starts that came to nothing. Default 5 within 5 minutes. */
  readonly startFailures?: Budget
  /** Of ends after it was ready. Default 10 within 10 minutes. */
  readonly crashes?: Budget
}

export interface RestartPolicy {
  readonly type: RestartType
  readonly goodExitCodes: readonly number[]
  readonly baseMs: number
  readonly factor: number
  readonly capMs: number
  readonly stableMs: number
  readonly startFailures: { readonly most: number; readonly withinMs: number }
  readonly crashes: { readonly most: number; readonly withinMs: number }
}

/** @throws TypeError for a duration that is none */
export const restartPolicy = ({
  type = 'permanent',
  goodExitCodes = [0],
  backoff: { base = 200, factor = 2, cap = '30s' } = {},
  stableFor = '60s',
  startFailures = { most: 5, within: '5m' },
  crashes = { most: 10, within: '10m' },
}: RestartSettings): RestartPolicy => ({
  type,
  goodExitCodes,
  baseMs: toMs(base),
  factor,
  capMs: toMs(cap),
  stableMs: toMs(stableFor),
  startFailures: { most: startFailures.most, withinMs: toMs(startFailures.within) },
  crashes: { most: crashes.most, withinMs: toMs(crashes.within) },
})

/** What is remembered of an engine's failures. Times are by the clock, in milliseconds. */
export interface FailureHistory {
  readonly startFailures: readonly number[]
  readonly crashes: readonly number[]
  /** Restarts since it was last stable. */
  readonly attempts: number
}

export const noFailures: FailureHistory = { startFailures: [], crashes: [], attempts: 0 }

/** How an engine ended of its own accord. */
export interface Ended {
  readonly reason: EndReason
  readonly exitCode?: number | undefined
  /** Another start may succeed where this one could not even begin. */
  readonly isTransient?: boolean | undefined
  /** When it became ready; undefined if it never did. */
  readonly readyAt?: number | undefined
}

export type Verdict =
  | { readonly what: 'restart'; readonly delayMs: number; readonly history: FailureHistory }
  | {
      readonly what: 'quarantine'
      readonly budget: 'startFailures' | 'crashes'
      readonly history: FailureHistory
    }
  /** It stays down, and nothing is wrong with that. */
  | { readonly what: 'rest'; readonly history: FailureHistory }

/** @param chance - from 0 to 1: the share of the longest wait */
export const afterEnd = (
  policy: RestartPolicy,
  before: FailureHistory,
  ended: Ended,
  now: number,
  chance: number,
): Verdict => {
  const isGood = ended.reason === 'exit' && policy.goodExitCodes.includes(ended.exitCode ?? -1)
  if (policy.type === 'temporary' || (policy.type === 'transient' && isGood))
    return { what: 'rest', history: before }
  if (isHopeless(ended)) return { what: 'quarantine', budget: 'startFailures', history: before }
  const budget = ended.readyAt === undefined ? 'startFailures' : 'crashes'
  const { most, withinMs } = policy[budget]
  const recent = [...before[budget].filter((at) => at > now - withinMs), now]
  const wasStable = ended.readyAt !== undefined && now - ended.readyAt >= policy.stableMs
  const attempts = wasStable ? 1 : before.attempts + 1
  const history = { ...before, [budget]: recent, attempts }
  if (recent.length > most) return { what: 'quarantine', budget, history }
  return { what: 'restart', delayMs: backoffMs(policy, attempts, chance), history }
}

/** Wrong usage, bad configuration, and a shell's word that it may not run or cannot find the program. */
const hopelessExitCodes: readonly number[] = [64, 78, 126, 127]

/** A start that cannot get better by itself. */
const isHopeless = ({ reason, exitCode, readyAt, isTransient }: Ended): boolean =>
  (reason === 'failed_to_start' && isTransient !== true) ||
  (reason === 'exit' && readyAt === undefined && hopelessExitCodes.includes(exitCode ?? 0))

/** Full jitter: anywhere between nothing and the longest wait. */
export const backoffMs = (
  { baseMs, factor, capMs }: RestartPolicy,
  attempt: number,
  chance: number,
): number => Math.round(chance * Math.min(capMs, baseMs * factor ** (attempt - 1)))
