/** Where metrics go, and how often. */
import {
  AggregationTemporality,
  type AggregationTemporalitySelector,
  type IMetricReader,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { countedExporter, Tally } from './accounting.js'
import type { AskedTelemetry } from './asked.js'
import { failure, numberOf, type Outlet, type OutletSettings, outletsOf } from './outlets.js'
import { stderrMetrics } from './stderr-exporters.js'

const packages = {
  'http/protobuf': () => import('@opentelemetry/exporter-metrics-otlp-proto'),
  'http/json': () => import('@opentelemetry/exporter-metrics-otlp-http'),
  grpc: () => import('@opentelemetry/exporter-metrics-otlp-grpc'),
}

export const metricOutlets = (
  asked: AskedTelemetry['metrics'],
  producers: (temporality: AggregationTemporalitySelector) => MetricProducer[],
  settings: OutletSettings,
): Promise<readonly Outlet<IMetricReader>[]> => {
  const { diag, print } = settings
  const exportIntervalMillis = numberOf('OTEL_METRIC_EXPORT_INTERVAL', 60_000, settings)
  const timeoutMs = numberOf('OTEL_METRIC_EXPORT_TIMEOUT', 30_000, settings)
  const read = (exporter: PushMetricExporter, name: string) => {
    const tally = new Tally()
    const temporality =
      exporter.selectAggregationTemporality?.bind(exporter) ??
      (() => AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({
      exporter: countedMetrics(exporter, tally, failure(diag, 'Metrics', name)),
      metricProducers: producers(temporality),
      exportIntervalMillis,
      exportTimeoutMillis: Math.min(timeoutMs, exportIntervalMillis),
    })
    return { part: reader, tally }
  }
  return outletsOf<IMetricReader>(
    'metrics',
    asked,
    {
      otlp: async (protocol, destination) => {
        const { OTLPMetricExporter } = await packages[protocol]()
        return read(new OTLPMetricExporter(), destination)
      },
      console: () => read(stderrMetrics(print), 'console'),
    },
    settings,
  )
}

/** An export counts as one, however many metrics are in it. */
const countedMetrics = (
  exporter: PushMetricExporter,
  tally: Tally,
  fail: (error: unknown) => void,
): PushMetricExporter => {
  const oneOf = () => {
    tally.accept()
    return 1
  }
  return {
    ...countedExporter(exporter, tally, oneOf, fail),
    ...(exporter.selectAggregation && {
      selectAggregation: exporter.selectAggregation.bind(exporter),
    }),
    ...(exporter.selectAggregationTemporality && {
      selectAggregationTemporality: exporter.selectAggregationTemporality.bind(exporter),
    }),
  }
}
