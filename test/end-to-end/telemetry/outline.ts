/** A trace as lines of text, for tests to compare. */
import type { Span } from './otlp-json.js'

/** Each span on a line, below its parent and in the order of their starts: `client add (my-host)`. */
export const outline = (spans: readonly Span[]): readonly string[] => {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const below = (parent: Span | undefined, depth: number): string[] =>
    spans
      .filter(({ parentSpanId = '' }) =>
        parent === undefined ? !ids.has(parentSpanId) : parentSpanId === parent.spanId,
      )
      .sort((a, b) => a.startMs - b.startMs)
      .flatMap((span) => [`${'  '.repeat(depth)}${lineOf(span)}`, ...below(span, depth + 1)])
  return below(undefined, 0)
}

const lineOf = ({ kind, name, resource }: Span): string =>
  `${kind} ${name} (${resource['service.name']})`

/** Spans that begin before their parent does, or end after it. */
export const outsideOfParents = (spans: readonly Span[], toleranceMs: number): readonly string[] =>
  spans.flatMap((span) => {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
    if (parent === undefined) return []
    const earlyMs = parent.startMs - span.startMs
    const lateMs = span.endMs - parent.endMs
    if (Math.max(earlyMs, lateMs) <= toleranceMs) return []
    return [`${lineOf(span)} of ${lineOf(parent)}: ${earlyMs} ms early, ${lateMs} ms late`]
  })
