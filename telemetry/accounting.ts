/** Counts what exporters are given and what they deliver. OpenTelemetry keeps no such account, and loses things silently. */
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** The account of one exporter. */
export class Tally {
  private readonly maxQueued: number
  private queued = 0
  private pending = 0
  private lost = 0

  /** @param maxQueued - items that may wait, beside those that are being exported; one more is dropped */
  constructor(maxQueued = Number.POSITIVE_INFINITY) {
    this.maxQueued = maxQueued
  }

  /** @returns false for an item that is dropped, as too many wait */
  accept(): boolean {
    if (this.queued >= this.maxQueued) {
      this.lost += 1
      return false
    }
    this.queued += 1
    this.pending += 1
    return true
  }

  /** Items that waited are being exported. */
  begin(count: number): void {
    this.queued -= count
  }

  /** And are so no longer. */
  end(count: number, isDelivered: boolean): void {
    this.pending -= count
    if (!isDelivered) this.lost += count
  }

  /** Items that will never be delivered. */
  get dropped(): number {
    return this.lost
  }

  /** With those that still wait, or are being exported. */
  get undelivered(): number {
    return this.lost + this.pending
  }
}

const sampledFlag = 1

/** A batch processor is given no more than its exporter's queue takes, so that it drops nothing by itself. */
export const countedSpans = (batches: SpanProcessor, tally: Tally): SpanProcessor => ({
  onStart: (span, context) => batches.onStart(span, context),
  onEnd(span) {
    if ((span.spanContext().traceFlags & sampledFlag) !== 0 && tally.accept()) batches.onEnd(span)
  },
  forceFlush: () => batches.forceFlush(),
  shutdown: () => batches.shutdown(),
})

/** The same for log records. */
export const countedLogs = (batches: LogRecordProcessor, tally: Tally): LogRecordProcessor => ({
  onEmit(record, context) {
    if (tally.accept()) batches.onEmit(record, context)
  },
  forceFlush: () => batches.forceFlush(),
  shutdown: () => batches.shutdown(),
})

/** What the exporters of all signals have in common. The code of a result is 0 for success, and 1. */
interface Exporter<Items> {
  export(items: Items, done: (result: { code: number; error?: Error }) => void): void
  forceFlush?(): Promise<void>
  shutdown(): Promise<void>
}

/**
 * An exporter whose results are counted. Failures are told here, and are successes for who calls it: that would tell
 * of them a second time, and when it is flushed give up on what is still on its way.
 */
export const countedExporter = <Items>(
  exporter: Exporter<Items>,
  tally: Tally,
  sizeOf: (items: Items) => number,
  fail: (error: unknown) => void,
): Required<Exporter<Items>> => ({
  export(items, done) {
    const size = sizeOf(items)
    tally.begin(size)
    const end = (result: { code: number; error?: Error }): void => {
      tally.end(size, result.code === 0)
      if (result.code !== 0) fail(result.error)
      done({ code: 0 })
    }
    try {
      exporter.export(items, end)
    } catch (error) {
      end({ code: 1, error: error as Error })
    }
  },
  forceFlush: async () => exporter.forceFlush?.(),
  shutdown: () => exporter.shutdown(),
})
