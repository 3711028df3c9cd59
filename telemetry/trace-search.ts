/** Finds traces in files, in bounded memory: one reading chooses them, a second one collects them. */
import { TraceChoice, type TraceQuery } from './trace-choice.js'
import { linesOf, type OpenFile } from './trace-file.js'
import { type Export, readExport, type TraceSpan } from './trace-span.js'

export interface Trace {
  readonly traceId: string
  /** In the order they were written. */
  readonly spans: readonly TraceSpan[]
  /** Spans beyond what is kept in memory. */
  readonly leftOut: number
}

export interface FoundTraces {
  /** In the query's order. */
  readonly traces: readonly Trace[]
  /** How many the query asks for, shown or not. */
  readonly matches: number
  /** Lines that are no traces, or have a span that cannot be read. */
  readonly badLines: number
  /** `FILE:LINE` of the first one. */
  readonly firstBad: string | undefined
}

/** Of all traces together; some 100 MB. */
const mostSpans = 50_000

export const findTraces = async (
  files: readonly OpenFile[],
  query: TraceQuery,
): Promise<FoundTraces> => {
  const choice = new TraceChoice(query)
  let badLines = 0
  let firstBad: string | undefined
  for await (const { text, at } of linesOf(files)) {
    const found = text === undefined ? undefined : exportIn(text)
    for (const span of found?.spans ?? []) choice.add(span)
    if (found !== undefined && found.unread === 0) continue
    badLines += 1
    firstBad ??= at
  }
  const { traceIds, matches } = choice.chosen()
  return { traces: await collected(files, traceIds), matches, badLines, firstBad }
}

const collected = async (
  files: readonly OpenFile[],
  traceIds: readonly string[],
): Promise<readonly Trace[]> => {
  if (traceIds.length === 0) return []
  const traces = new Map(
    traceIds.map((traceId) => [traceId, { spans: new Map<string, TraceSpan>(), leftOut: 0 }]),
  )
  const isNamed = new RegExp(traceIds.join('|'), 'i')
  let room = mostSpans
  for await (const { text = '' } of linesOf(files)) {
    if (!isNamed.test(text)) continue // most lines are of others, and need no parsing
    for (const outline of exportIn(text)?.spans ?? []) {
      const trace = traces.get(outline.traceId)
      if (trace === undefined) continue
      if (room === 0) trace.leftOut += 1
      else {
        const span = outline.whole()
        if (!trace.spans.has(span.spanId)) room -= 1
        trace.spans.set(span.spanId, span) // one that was delivered twice is there once
      }
    }
  }
  return [...traces].map(([traceId, { spans, leftOut }]) => ({
    traceId,
    spans: [...spans.values()],
    leftOut,
  }))
}

const exportIn = (text: string): Export | undefined => {
  try {
    return readExport(JSON.parse(text))
  } catch {
    return undefined
  }
}
