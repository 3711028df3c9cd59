/** A trace for programs. */
import type { TraceSpan } from '../../telemetry/trace-span.js'
import { msBetween, type TraceTree } from '../../telemetry/trace-tree.js'
import { timeText } from './trace-text.js'

/** One line. Times are in milliseconds, those of spans and events since the start of the trace. */
export const traceJson = (tree: TraceTree): string =>
  JSON.stringify({
    traceId: tree.traceId,
    name: tree.name,
    startedAt: timeText(tree.startNs),
    durationMs: tree.durationMs,
    errors: tree.errors,
    ...(tree.leftOut === 0 ? {} : { spansLeftOut: tree.leftOut }),
    spans: tree.spans.map((span) => spanJson(span, tree.startNs)),
  })

const spanJson = (span: TraceSpan, startNs: bigint) => ({
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  service: span.service,
  name: span.name,
  kind: span.kind,
  startMs: msBetween(startNs, span.startNs),
  durationMs: msBetween(span.startNs, span.endNs),
  attributes: span.attributes,
  events: span.events.map(({ name, atNs, attributes }) => ({
    name,
    atMs: msBetween(startNs, atNs),
    attributes,
  })),
  links: span.links,
  status: span.status,
})
