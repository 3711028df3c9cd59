/** How an engine says that it is well: its own checks, and what the runtime sees. */
import type { LifecyclePhase } from '../../pipelines/call-runtime.js'
import type { Clock } from '../ports/clock.js'
import type { Slowest } from './runtime.js'

export type HealthStatus = 'ok' | 'degraded' | 'failing'

export interface CheckResult {
  readonly status: HealthStatus
  readonly [fact: string]: unknown
}

/** Looks at one thing the engine needs. Throwing is failing, returning nothing is ok. */
export type HealthCheck = () => CheckResult | void | PromiseLike<CheckResult | void>

export type HealthChecks = Readonly<Record<string, HealthCheck>>

export interface HealthSnapshot {
  readonly status: HealthStatus
  readonly state: LifecyclePhase
  readonly uptimeMs: number
  readonly inFlight: number
  readonly queued: number
  readonly strayBytes: number
  readonly eventLoop: {
    readonly utilization: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly blockedMs: number
  }
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number }
  readonly checks: Readonly<Record<string, CheckResult>>
  readonly slowest: Readonly<Record<string, Slowest>>
  readonly probes: Probes
}

/** The three questions of Kubernetes. That one that is not live answers at all is no contradiction: it only ends. */
export interface Probes {
  /** It has come up: before, it is neither to be called nor to be killed. */
  readonly startup: boolean
  /** It takes calls, and no check is failing. Where not, calls should go elsewhere. */
  readonly ready: boolean
  /** It need not be replaced. */
  readonly live: boolean
}

/** A check that has not answered by then is failing, in milliseconds. */
const checkDeadlineMs = 1000

/**
 * Makes what runs all checks at once. That never rejects, and is done within the deadline of checks whatever they do. A
 * check that is still busy from before is not started again: ticks of one that hangs would pile up.
 */
export const checkRunner = (
  checks: HealthChecks,
  clock: Clock,
): (() => Promise<Readonly<Record<string, CheckResult>>>) => {
  const busy = new Map<string, Promise<CheckResult>>()
  const results = Object.entries(checks).map(([name, check]) => async () => {
    const result = busy.get(name) ?? resultOf(check).finally(() => busy.delete(name))
    busy.set(name, result)
    return [name, await inTime(result, clock)] as const
  })
  return async () => Object.fromEntries(await Promise.all(results.map((result) => result())))
}

const resultOf = async (check: HealthCheck): Promise<CheckResult> => {
  try {
    const result: unknown = (await check()) ?? { status: 'ok' }
    const { status } = result as { status?: unknown }
    JSON.stringify(result) // throws for facts that nobody could be told
    if (worst.includes(status as HealthStatus)) return result as CheckResult
    const reason = "the check returned no status: return { status: 'ok' | 'degraded' | 'failing' }"
    return { status: 'failing', reason }
  } catch (thrown) {
    return { status: 'failing', reason: String((thrown as Error)?.message ?? thrown) }
  }
}

const inTime = (result: Promise<CheckResult>, clock: Clock): Promise<CheckResult> =>
  new Promise((resolve) => {
    const timer = clock.setTimer(
      () => resolve({ status: 'failing', reason: `no answer within ${checkDeadlineMs} ms` }),
      checkDeadlineMs,
    )
    void result.then((it) => {
      clock.clearTimer(timer)
      resolve(it)
    })
  })

const worst: readonly HealthStatus[] = ['failing', 'degraded', 'ok']

/** The worst of all checks; ok without any. An engine that is not serving is no better than degraded. */
export const overall = (
  checks: Readonly<Record<string, CheckResult>>,
  phase: LifecyclePhase,
): HealthStatus => {
  const statuses = Object.values(checks).map(({ status }) => status)
  if (phase === 'failed' || phase === 'stopped') statuses.push('failing')
  else if (phase !== 'ready') statuses.push('degraded')
  return worst.find((status) => statuses.includes(status)) ?? 'ok'
}

export const probes = (
  checks: Readonly<Record<string, CheckResult>>,
  phase: LifecyclePhase,
  hasStarted: boolean,
): Probes => {
  const isFailing = Object.values(checks).some(({ status }) => status === 'failing')
  return {
    startup: hasStarted,
    ready: (phase === 'ready' || phase === 'degraded') && !isFailing,
    live: phase !== 'failed' && phase !== 'stopped',
  }
}
