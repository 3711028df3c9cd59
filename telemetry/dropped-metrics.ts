/** What telemetry itself has lost. */
import type { Meter } from '@opentelemetry/api'
import { attribute, metric } from './names.js'
import { observed } from './observed.js'

/** Spans, exports of all metrics, and log records that never reached where they were sent. */
export interface DroppedFigures {
  readonly traces: number
  readonly metrics: number
  readonly logs: number
}

/** @returns ends it */
export const observeDropped = (meter: Meter, read: () => DroppedFigures): (() => void) => {
  const dropped = meter.createObservableCounter(metric.telemetryDropped, {
    unit: '{item}',
    description: 'Spans, exports of metrics and log records that were not delivered.',
  })
  return observed(meter, [dropped], (result) => {
    const { traces, metrics, logs } = read()
    for (const [signal, count] of Object.entries({ traces, metrics, logs })) {
      result.observe(dropped, count, { [attribute.signal]: signal })
    }
  })
}

/** @returns ends it */
export const observeDroppedLogs = (meter: Meter, read: () => number): (() => void) => {
  const dropped = meter.createObservableCounter(metric.logsDropped, {
    unit: '{record}',
    description: 'Log records that were not written, as nobody read them in time.',
  })
  return observed(meter, [dropped], (result) => result.observe(dropped, read()))
}
