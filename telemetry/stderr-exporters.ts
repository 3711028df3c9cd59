/** The exporter `console`, to see at once what is recorded: a line of JSON for each span, metric and log record. */
import type { HrTime } from '@opentelemetry/api'
import type { LogRecordExporter, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { MetricData, PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

/** Takes a line without its end. */
export type Print = (line: string) => void

const spanKinds = ['internal', 'server', 'client', 'producer', 'consumer']
const statuses = ['unset', 'ok', 'error']

export const stderrSpans = (print: Print): SpanExporter => exporter(print, spanFacts)

export const stderrMetrics = (print: Print): PushMetricExporter => {
  const metrics = exporter(print, metricFacts)
  return {
    ...metrics,
    export: ({ scopeMetrics }, done) =>
      metrics.export(
        scopeMetrics.flatMap((scope) => scope.metrics),
        done,
      ),
  }
}

export const stderrLogs = (print: Print): LogRecordExporter => exporter(print, logFacts)

const exporter = <Item>(print: Print, factsOf: (item: Item) => object) => ({
  export(items: readonly Item[], done: (result: { code: number }) => void): void {
    for (const item of items) print(JSON.stringify(factsOf(item)))
    done({ code: 0 })
  },
  forceFlush: async () => {},
  shutdown: async () => {},
})

const spanFacts = (span: ReadableSpan): object => ({
  span: span.name,
  trace_id: span.spanContext().traceId,
  span_id: span.spanContext().spanId,
  parent_id: span.parentSpanContext?.spanId,
  kind: spanKinds[span.kind],
  start: iso(span.startTime),
  durationMs: milliseconds(span.duration),
  status: statuses[span.status.code],
  message: span.status.message,
  attributes: span.attributes,
  events: span.events.map(({ name, time, attributes }) => ({ name, time: iso(time), attributes })),
  links: span.links.map(({ context }) => context),
})

const metricFacts = ({ descriptor, dataPoints }: MetricData): object => ({
  metric: descriptor.name,
  unit: descriptor.unit,
  points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
})

const logFacts = (record: ReadableLogRecord): object => ({
  log: record.body,
  time: iso(record.hrTime),
  severity: record.severityText,
  trace_id: record.spanContext?.traceId,
  span_id: record.spanContext?.spanId,
  attributes: record.attributes,
})

const milliseconds = ([seconds, nanoseconds]: HrTime): number => seconds * 1e3 + nanoseconds / 1e6
const iso = (time: HrTime): string => new Date(milliseconds(time)).toISOString()
