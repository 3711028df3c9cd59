/** Instruments whose values are read when metrics are collected, several by one reading. */
import type { BatchObservableCallback, Meter, Observable } from '@opentelemetry/api'

/**
 * Calls `tell` at each collection, once for all instruments.
 *
 * @returns takes it back: none of them tells anything new from then on
 */
export const observed = (
  meter: Meter,
  instruments: readonly Observable[],
  tell: BatchObservableCallback,
): (() => void) => {
  const all = [...instruments]
  meter.addBatchObservableCallback(tell, all)
  return () => meter.removeBatchObservableCallback(tell, all)
}
