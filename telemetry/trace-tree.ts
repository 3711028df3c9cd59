/** Spans of a trace as a tree: each below the one that started it, with the stages of calls between them. */
import type { Trace } from './trace-search.js'
import type { TraceSpan } from './trace-span.js'
import { isShortStage, type Stage, splitStages } from './trace-stages.js'
import { later } from './trace-values.js'

/** Times are in milliseconds, and those of starts since the trace's own. */
export interface TraceTree {
  readonly traceId: string
  /** Of its first root. */
  readonly name: string
  readonly startNs: bigint
  readonly durationMs: number
  /** Each with what belongs to it right behind it. */
  readonly rows: readonly TraceRow[]
  /** All of them, by their starts. */
  readonly spans: readonly TraceSpan[]
  readonly errors: number
  readonly leftOut: number
}

interface Timed {
  readonly depth: number
  readonly startMs: number
  readonly durationMs: number
}

export interface SpanRow extends Timed {
  readonly type: 'span'
  readonly span: TraceSpan
  /** It has a parent, which is not above it. */
  readonly isOrphan: boolean
  /** When it reached stages that have no row. */
  readonly ticks: readonly number[]
}

export interface StageRow extends Timed {
  readonly type: 'stage'
  readonly name: string
  /** Whose stage it is. */
  readonly call: TraceSpan
  readonly callStartMs: number
}

export type TraceRow = SpanRow | StageRow

export const traceTree = ({ traceId, spans, leftOut }: Trace): TraceTree => {
  const byStart = spans.toSorted((a, b) => compare(a.startNs, b.startNs))
  const startNs = byStart[0]?.startNs ?? 0n
  const endNs = spans.reduce((latest, span) => later(latest, span.endNs), startNs)
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const roots = byStart.filter(({ parentSpanId: id }) => id === undefined || !ids.has(id))
  const walk = new Walk(byStart, startNs)
  // Spans that are each other's parents have no root: the first of them is taken for one.
  const rows = [...roots, ...byStart].flatMap((span) => walk.from(span))
  const first = roots.find(({ parentSpanId }) => parentSpanId === undefined) ?? roots[0]
  return {
    traceId,
    name: (first ?? byStart[0])?.name ?? '',
    startNs,
    durationMs: msBetween(startNs, endNs),
    rows,
    spans: byStart,
    errors: spans.filter(({ status }) => status.code === 'ERROR').length,
    leftOut,
  }
}

/** A process can look at the clock only when it has begun: its start stands before what was sent to it meanwhile. */
const startLeadNs = 50_000_000n

const placeNs = (part: { readonly name: string; readonly startNs: bigint }): bigint =>
  part.name === 'start' ? part.startNs - startLeadNs : part.startNs

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

export const msBetween = (fromNs: bigint, toNs: bigint): number => Number(toNs - fromNs) / 1e6

interface Waiting {
  readonly depth: number
  readonly what: TraceSpan | (Stage & { readonly call: TraceSpan })
}

/** Meets every span once, without recursion: nobody limits how deep a trace is. */
class Walk {
  private readonly startNs: bigint
  private readonly children = new Map<string | undefined, TraceSpan[]>()
  private readonly met = new Set<TraceSpan>()

  constructor(spans: readonly TraceSpan[], startNs: bigint) {
    this.startNs = startNs
    for (const span of spans) {
      const siblings = this.children.get(span.parentSpanId)
      if (siblings === undefined) this.children.set(span.parentSpanId, [span])
      else siblings.push(span)
    }
  }

  /** @returns its row and all below it, unless it has been met before */
  from(root: TraceSpan): readonly TraceRow[] {
    const rows: TraceRow[] = []
    const waiting: Waiting[] = [{ what: root, depth: 0 }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { what, depth } = next
      const timed = {
        depth,
        startMs: msBetween(this.startNs, what.startNs),
        durationMs: msBetween(what.startNs, what.endNs),
      }
      if ('call' in what) {
        const { name, call } = what
        const callStartMs = msBetween(this.startNs, call.startNs)
        rows.push({ type: 'stage', name, call, callStartMs, ...timed })
      } else if (!this.met.has(what)) {
        this.met.add(what)
        const { below, ticksNs } = this.partsOf(what)
        const ticks = ticksNs.map((ns) => msBetween(this.startNs, ns))
        const isOrphan = depth === 0 && what.parentSpanId !== undefined
        rows.push({ type: 'span', span: what, isOrphan, ticks, ...timed })
        const inOrder = below.toSorted((a, b) => compare(placeNs(a), placeNs(b)))
        for (const part of inOrder.reverse()) waiting.push({ what: part, depth: depth + 1 })
      }
    }
    return rows
  }

  private partsOf(span: TraceSpan) {
    const { long, ticksNs } = splitStages(span)
    const children = this.children.get(span.spanId) ?? []
    const isShort = (child: TraceSpan): boolean =>
      !this.children.has(child.spanId) && isShortStage(child, span)
    const short = children.filter(isShort)
    for (const child of short) this.met.add(child)
    return {
      below: [
        ...children.filter((child) => !this.met.has(child)),
        ...long.map((stage) => ({ ...stage, call: span })),
      ],
      ticksNs: [...ticksNs, ...short.map(({ startNs }) => startNs)],
    }
  }
}
