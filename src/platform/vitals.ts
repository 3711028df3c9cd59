/** Figures of this process for the health snapshot. */
import type { EventLoopUtilization, IntervalHistogram } from 'node:perf_hooks'
import type { EventLoopVitals, Vitals, VitalsReader } from '../ports/vitals.js'

/** Sampling interval of the delay histogram, which Node adds to every delay, in milliseconds. */
const resolutionMs = 20

export interface ProcessVitals extends Vitals {
  /** The start is over: what the event loop did until now is not the engine's load. */
  started(): void
}

/** @param blockedMs - see `Watcher.blockedMs`; it may start later than the engine */
export const processVitals = (strayBytes: () => number, blockedMs: () => number): ProcessVitals => {
  let startedWith: EventLoopUtilization | undefined
  const windows = new Map<VitalsReader, Window>()
  const windowOf = (reader: VitalsReader): Window => {
    const window = windows.get(reader) ?? new Window()
    windows.set(reader, window)
    return window
  }
  return {
    started() {
      startedWith = performance.eventLoopUtilization()
    },
    eventLoop(reader) {
      return { ...windowOf(reader).read(startedWith), blockedMs: blockedMs() }
    },
    memory() {
      const { rss, heapUsed } = process.memoryUsage()
      return { rssBytes: rss, heapUsedBytes: heapUsed }
    },
    strayBytes,
  }
}

/** The event loop since it was looked at last. */
class Window {
  /** Sampling costs wake-ups, so it begins when somebody first asks. */
  private readonly delays: IntervalHistogram
  private last: EventLoopUtilization | undefined

  constructor() {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
    this.delays = monitorEventLoopDelay({ resolution: resolutionMs })
    this.delays.enable()
  }

  /** @param startedWith - undefined while the engine starts: it has no load of its own yet */
  read(startedWith: EventLoopUtilization | undefined): Omit<EventLoopVitals, 'blockedMs'> {
    const since = this.last ?? startedWith
    const load = since === undefined ? 0 : performance.eventLoopUtilization(since).utilization
    this.last = performance.eventLoopUtilization()
    const vitals = {
      utilization: Math.round(load * 1000) / 1000,
      p50Ms: this.delayMs(50),
      p99Ms: this.delayMs(99),
    }
    this.delays.reset()
    return vitals
  }

  private delayMs(percentile: number): number {
    const ms = this.delays.percentile(percentile) / 1e6 - resolutionMs
    return Math.max(0, Math.round(ms * 10) / 10)
  }
}
