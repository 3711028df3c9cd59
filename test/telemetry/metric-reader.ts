/** A real MeterProvider whose metrics are collected when a test asks. */
import {
  AggregationTemporality,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  MetricReader,
} from '@opentelemetry/sdk-metrics'

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export interface MetricsOptions {
  readonly temporality?: AggregationTemporality
  readonly producers?: MetricProducer[]
}

export const testMetrics = ({
  temporality = AggregationTemporality.CUMULATIVE,
  producers = [],
}: MetricsOptions = {}) => {
  const reader = new OnDemandReader({
    aggregationTemporalitySelector: () => temporality,
    metricProducers: producers,
  })
  const provider = new MeterProvider({ readers: [reader] })
  const scopes = async () => {
    const { resourceMetrics, errors } = await reader.collect()
    if (errors.length > 0) throw errors[0]
    return resourceMetrics.scopeMetrics
  }
  return {
    provider,
    meter: provider.getMeter('sidestream'),
    scopes,
    /** By name. */
    async collect(): Promise<ReadonlyMap<string, MetricData>> {
      const metrics = (await scopes()).flatMap((scope) => scope.metrics)
      return new Map(metrics.map((metric) => [metric.descriptor.name, metric]))
    },
  }
}

/** Points of one metric as `[attributes, value]`. */
export const pointsOf = (metric: MetricData | undefined): (readonly [unknown, unknown])[] =>
  (metric?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value] as const)
