/** Our own buckets as histograms of the SDK: a reader adds them to what its instruments tell. */
import type { HrTime } from '@opentelemetry/api'
import type {
  AggregationTemporality,
  AggregationTemporalitySelector,
  DataPoint,
  DataPointType,
  HistogramMetricData,
  InstrumentType,
  MetricProducer,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { packageVersion } from '../src/version.js'
import type { CallDurations, DurationMetric, DurationRow } from './call-durations.js'
import { longCallBounds, metric } from './names.js'
import type { SpreadFigures } from './spread.js'
import { hrTimeOf } from './wall-time.js'

type HistogramPoint = DataPoint<HistogramMetricData['dataPoints'][number]['value']>

// Values of enums, without loading the package that has them.
const histogramInstrument = 'HISTOGRAM' as InstrumentType.HISTOGRAM
const histogramPoints: DataPointType.HISTOGRAM = 0
const delta: AggregationTemporality.DELTA = 0
const double = 1

const descriptions: Readonly<Record<DurationMetric, string>> = {
  [metric.serverDuration]: 'Measures the duration of an incoming Remote Procedure Call (RPC).',
  [metric.clientDuration]: 'Measures the duration of an outgoing Remote Procedure Call (RPC).',
  [metric.queueWait]: 'Time from the receipt of a call to the start of its handler.',
}

/** The reader has the resource of the whole process, and takes no notice of this one. */
const noResource: ResourceMetrics['resource'] = {
  attributes: {},
  merge: (resource) => resource ?? noResource,
  getRawAttributes: () => [],
}

const boundaries = [...longCallBounds]

/** The extremes of a part cannot be known from those of the whole, and a histogram does without them. */
const since = (before: SpreadFigures | undefined, now: SpreadFigures) => ({
  counts: now.counts.map((count, bucket) => count - (before?.counts[bucket] ?? 0)),
  count: now.count - (before?.count ?? 0),
  sum: now.sum - (before?.sum ?? 0),
})

/**
 * Gives the durations to one reader; each reader needs one of its own, as delta temporality tells what is new to it.
 *
 * @param selectTemporality - the reader's or its exporter's, asked at each collection
 */
export const durationMetrics = (
  durations: CallDurations,
  selectTemporality: AggregationTemporalitySelector,
): MetricProducer => {
  const told = new Map<DurationRow, SpreadFigures>()
  let toldAt = durations.startedAt

  const pointOf = (row: DurationRow, isDelta: boolean, endTime: HrTime): HistogramPoint[] => {
    const now = row.spread.figures()
    const { counts, ...figures } = isDelta ? since(told.get(row), now) : now
    if (isDelta) told.set(row, now)
    if (figures.count === 0) return [] // nothing new
    const startTime = hrTimeOf(isDelta ? toldAt : durations.startedAt)
    const value = { ...figures, buckets: { boundaries, counts } }
    return [{ startTime, endTime, attributes: row.attributes, value }]
  }

  return {
    async collect() {
      const aggregationTemporality = selectTemporality(histogramInstrument)
      const at = Date.now()
      const metricOf = (name: DurationMetric): HistogramMetricData => ({
        descriptor: { name, description: descriptions[name], unit: 's', valueType: double },
        dataPointType: histogramPoints,
        aggregationTemporality,
        dataPoints: durations.rows
          .filter((row) => row.metric === name)
          .flatMap((row) => pointOf(row, aggregationTemporality === delta, hrTimeOf(at))),
      })
      const metrics = [metric.serverDuration, metric.clientDuration, metric.queueWait]
        .map(metricOf)
        .filter(({ dataPoints }) => dataPoints.length > 0)
      toldAt = at
      const scope = { name: 'sidestream', version: packageVersion }
      const scopeMetrics = metrics.length > 0 ? [{ scope, metrics }] : []
      return { resourceMetrics: { resource: noResource, scopeMetrics }, errors: [] }
    },
  }
}
