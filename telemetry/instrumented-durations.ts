/** Durations by instruments, for an SDK of the program's own: our buckets cannot be put into its readers. Costs 1.4 µs a call. */
import type { Attributes, Histogram, Meter } from '@opentelemetry/api'
import { boundedNames } from './bounded-names.js'
import { boundedFailures, failureAttributes, maxMethods } from './call-durations.js'
import type { Durations } from './durations.js'
import { attribute, jsonRpc, longCallBounds, metric, other } from './names.js'

export const instrumentedDurations = (meter: Meter): Durations => {
  const histogram = (name: string): Histogram =>
    meter.createHistogram(name, {
      unit: 's',
      advice: { explicitBucketBoundaries: [...longCallBounds] },
    })
  const calls = {
    server: histogram(metric.serverDuration),
    client: histogram(metric.clientDuration),
  }
  const waits = histogram(metric.queueWait)
  const bounded = {
    server: boundedNames<string>(maxMethods.server),
    client: boundedNames<string>(maxMethods.client),
  }
  const boundedFailure = boundedFailures()
  const attributesOf = (side: 'server' | 'client', method: string | undefined): Attributes => ({
    [attribute.system]: jsonRpc,
    [attribute.method]: method === undefined ? other : bounded[side](method),
  })
  return {
    record: (from, method, failure, durationMs) => {
      const attributes = attributesOf(from, method)
      if (failure !== undefined)
        Object.assign(attributes, failureAttributes(boundedFailure(from, failure), failure))
      calls[from].record(durationMs / 1000, attributes)
    },
    recordWait: (method, queueMs) => waits.record(queueMs / 1000, attributesOf('server', method)),
  }
}
