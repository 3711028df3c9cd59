/** Chooses a few traces of many in bounded memory, as their spans pass by in the order they were written. */
import type { SpanOutline } from './trace-span.js'

export interface TraceQuery {
  /** Hex digits, in lower case, that the trace id begins with. */
  readonly idPrefix?: string | undefined
  /** Only traces with a span that failed. */
  readonly onlyErrors: boolean
  /** Only traces that took at least this long. */
  readonly minMs: number
  /** Whether the latest or the slowest are kept when there are too many. The answer is in this order, the best first. */
  readonly order: 'latest' | 'slowest'
  readonly most: number
}

export interface Chosen {
  readonly traceIds: readonly string[]
  /** How many there are that the query asks for. */
  readonly matches: number
}

interface Candidate {
  readonly traceId: string
  /** In milliseconds; as exact as comparing takes. */
  startMs: number
  endMs: number
  hasError: boolean
  /** When it was last heard of, as a count of spans. */
  touched: number
}

/**
 * Spans of one trace stand near each other in a file. A trace that was not heard of while so many others were is
 * judged as it is: only the best of those are kept.
 */
const openTraces = 50_000

export class TraceChoice {
  private readonly query: TraceQuery
  private readonly window: number
  private readonly open = new Map<string, Candidate>()
  private best: readonly Candidate[] = []
  private judged = 0
  private spans = 0

  constructor(query: TraceQuery, window = openTraces) {
    this.query = query
    this.window = window
  }

  add({ traceId, startNs, endNs, isError }: SpanOutline): void {
    const { idPrefix } = this.query
    if (idPrefix !== undefined && !traceId.startsWith(idPrefix)) return
    this.spans += 1
    const startMs = Number(startNs) / 1e6
    const endMs = Number(endNs) / 1e6
    const known = this.open.get(traceId)
    if (known === undefined) {
      this.open.set(traceId, { traceId, startMs, endMs, hasError: isError, touched: this.spans })
      if (this.open.size > 2 * this.window) this.judgeOldest()
      return
    }
    known.startMs = Math.min(known.startMs, startMs)
    known.endMs = Math.max(known.endMs, endMs)
    known.hasError ||= isError
    known.touched = this.spans
  }

  chosen(): Chosen {
    const fitting = [...this.open.values()].filter((it) => this.fits(it))
    const best = this.bestOf([...this.best, ...fitting])
    return {
      traceIds: [...new Set(best.map(({ traceId }) => traceId))],
      matches: this.judged + fitting.length,
    }
  }

  private judgeOldest(): void {
    const byAge = [...this.open.values()].sort((a, b) => a.touched - b.touched)
    const oldest = byAge.slice(0, -this.window)
    for (const { traceId } of oldest) this.open.delete(traceId)
    const fitting = oldest.filter((it) => this.fits(it))
    this.judged += fitting.length
    this.best = this.bestOf([...this.best, ...fitting])
  }

  private fits({ startMs, endMs, hasError }: Candidate): boolean {
    const { onlyErrors, minMs } = this.query
    return (hasError || !onlyErrors) && endMs - startMs >= minMs
  }

  private bestOf(candidates: readonly Candidate[]): readonly Candidate[] {
    const rank = ({ startMs, endMs }: Candidate): number =>
      this.query.order === 'latest' ? startMs : endMs - startMs
    return candidates.toSorted((a, b) => rank(b) - rank(a)).slice(0, this.query.most)
  }
}
