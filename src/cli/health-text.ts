/** A health snapshot for people. */
import type { CheckResult, HealthSnapshot, HealthStatus } from '../engine/health.js'
import { printable, type Style } from './style.js'

export const healthText = (snapshot: unknown, style: Style): string => {
  const {
    status,
    state,
    uptimeMs,
    inFlight,
    queued,
    strayBytes,
    eventLoop,
    memory,
    checks,
    slowest,
  } = snapshot as HealthSnapshot
  const rows: readonly (readonly [string, string])[] = [
    ['state', `${state}, up for ${seconds(uptimeMs)}`],
    ['calls', `${inFlight} open, ${queued} queued`],
    [
      'memory',
      `${megabytes(memory.rssBytes)} MB, ${megabytes(memory.heapUsedBytes)} MB of them heap`,
    ],
    [
      'event loop',
      `busy ${Math.round(eventLoop.utilization * 100)} % of the time, never longer than ${eventLoop.blockedMs} ms`,
    ],
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

const statusText = (status: HealthStatus, style: Style): string => {
  const paint = { ok: style.green, degraded: style.yellow, failing: style.red }[status]
  return paint(status)
}

const checkText = ({ status, reason }: CheckResult & { reason?: unknown }, style: Style): string =>
  statusText(status, style) + (typeof reason === 'string' ? `, ${printable(reason)}` : '')

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
