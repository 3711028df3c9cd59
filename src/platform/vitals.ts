/** Figures of this process for the health snapshot. */
import type { EventLoopUtilization, IntervalHistogram } from 'node:perf_hooks'
import type { Vitals } from '../ports/vitals.js'

/** Sampling interval of the delay histogram, which Node adds to every delay, in milliseconds. */
const resolutionMs = 20

export interface ProcessVitals extends Vitals {
  /** The start is over: what the event loop did until now is not the engine's load. */
  started(): void
}

/** @param blockedMs - see `Watcher.blockedMs`; it may start later than the engine */
export const processVitals = (strayBytes: () => number, blockedMs: () => number): ProcessVitals => {
  // Sampling costs wake-ups, so it starts when somebody first asks.
  let delays: IntervalHistogram | undefined
  let last: EventLoopUtilization | undefined
  const delayMs = (percentile: number): number => {
    const ms = (delays?.percentile(percentile) ?? 0) / 1e6 - resolutionMs
    return Math.max(0, Math.round(ms * 10) / 10)
  }
  return {
    started() {
      last = performance.eventLoopUtilization()
    },
    eventLoop() {
      if (delays === undefined) {
        const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
        delays = monitorEventLoopDelay({ resolution: resolutionMs })
        delays.enable()
      }
      const { utilization } = performance.eventLoopUtilization(last)
      // Asked while it starts, an engine has no load of its own yet.
      const load = last === undefined ? 0 : utilization
      last = performance.eventLoopUtilization()
      const vitals = {
        utilization: Math.round(load * 1000) / 1000,
        p50Ms: delayMs(50),
        p99Ms: delayMs(99),
        blockedMs: blockedMs(),
      }
      delays.reset()
      return vitals
    },
    memory() {
      const { rss, heapUsed } = process.memoryUsage()
      return { rssBytes: rss, heapUsedBytes: heapUsed }
    },
    strayBytes,
  }
}
