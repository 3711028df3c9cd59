/** How the process is doing, as health reports it. */

export interface EventLoopVitals {
  /** Share of time the event loop was busy since the last reading, 0 to 1. */
  readonly utilization: number
  /** Delays of the event loop lately, in milliseconds. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Longest time it did not answer the watching thread lately, in milliseconds. */
  readonly blockedMs: number
}

/** Who looks at vitals. Each has a time of its own since it looked last; all exporters of metrics are one. */
export type VitalsReader = 'health' | 'metrics'

export interface Vitals {
  eventLoop(reader: VitalsReader): EventLoopVitals
  memory(): { readonly rssBytes: number; readonly heapUsedBytes: number }
  /** Bytes that JavaScript in the engine wrote to `process.stdout`. */
  strayBytes(): number
}

export const noVitals: Vitals = {
  eventLoop: () => ({ utilization: 0, p50Ms: 0, p99Ms: 0, blockedMs: 0 }),
  memory: () => ({ rssBytes: 0, heapUsedBytes: 0 }),
  strayBytes: () => 0,
}
