/** A health snapshot for people. */
import type { CheckResult, HealthSnapshot, HealthStatus } from '../engine/health.js'
import { printable, type Style } from './style.js'

/** What every engine tells; one in Python, or by somebody else, may tell no more. */
type Snapshot = Pick<HealthSnapshot, 'status' | 'state' | 'uptimeMs'> &
  Partial<Omit<HealthSnapshot, 'memory'>> & { readonly memory?: Partial<HealthSnapshot['memory']> }

export const healthText = (snapshot: unknown, style: Style): string => {
  const {
    status,
    state,
    uptimeMs,
    inFlight = 0,
    queued = 0,
    strayBytes = 0,
    ...more
  } = snapshot as Snapshot
  const { eventLoop, memory, checks = {}, slowest = {} } = more
  const rows: readonly (readonly [string, string])[] = [
    ['state', `${state}, up for ${seconds(uptimeMs)}`],
    ['calls', `${inFlight} open, ${queued} queued`],
    ...(memory?.rssBytes === undefined ? [] : [['memory', memoryText(memory)] as const]),
    ...(eventLoop === undefined ? [] : [['event loop', loopText(eventLoop)] as const]),
    ...(strayBytes > 0
      ? [['stray output', `${strayBytes} bytes on stdout that were no messages`] as const]
      : []),
    ...Object.entries(checks).map(
      ([name, check]) => [`check ${printable(name)}`, checkText(check, style)] as const,
    ),
    ...Object.entries(slowest).map(
      ([name, { ms }]) => [`slowest ${printable(name)}`, `${ms} ms`] as const,
    ),
  ]
  const columns = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, text]) => `  ${style.dim(name.padEnd(columns))}  ${text}`)
  return [`health: ${statusText(status, style)}`, ...lines].join('\n')
}

const memoryText = ({ rssBytes = 0, heapUsedBytes }: Partial<HealthSnapshot['memory']>): string =>
  `${megabytes(rssBytes)} MB${heapUsedBytes === undefined ? '' : `, ${megabytes(heapUsedBytes)} MB of them heap`}`

const loopText = ({ utilization, blockedMs }: HealthSnapshot['eventLoop']): string =>
  `busy ${Math.round(utilization * 100)} % of the time, never longer than ${blockedMs} ms`

const statusText = (status: HealthStatus, style: Style): string => {
  const paint = { ok: style.green, degraded: style.yellow, failing: style.red }[status]
  return paint(status)
}

const checkText = ({ status, reason }: CheckResult & { reason?: unknown }, style: Style): string =>
  statusText(status, style) + (typeof reason === 'string' ? `, ${printable(reason)}` : '')

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
