/** How long calls took, in buckets of our own: an instrument of the SDK costs 1.4 µs a call, this some 30 ns. */
import type { Attributes } from '@opentelemetry/api'
import { errorCodes } from '../src/protocol/rpc-error.js'
import { boundedNames } from './bounded-names.js'
import type { Durations, Failure } from './durations.js'
import { attribute, jsonRpc, metric, other } from './names.js'
import { Spread } from './spread.js'

export type DurationMetric =
  | typeof metric.serverDuration
  | typeof metric.clientDuration
  | typeof metric.queueWait

/** One series of a metric. It is the same object as long as the process lives. */
export interface DurationRow {
  readonly metric: DurationMetric
  readonly attributes: Attributes
  readonly spread: Spread
}

/** Who tells of a call: the one that answers it, or the one that made it. */
export type CallSide = 'server' | 'client'

/** A code, or the name of a failure that had no answer. */
type FailureKey = number | string

/** The rows of one method on one side. */
interface MethodRows {
  readonly attributes: Attributes
  succeeded: Spread | undefined
  readonly failed: Map<FailureKey, Spread>
  waited: Spread | undefined
}

interface SideRows {
  readonly side: CallSide
  readonly metric: DurationMetric
  readonly maxMethods: number
  readonly methods: Map<string, MethodRows>
  /** Of all methods that have no rows of their own. */
  readonly others: MethodRows
}

/** An engine's registry bounds what is called there; what a host is asked for, or asks for, can be anything. */
export const maxMethods: Readonly<Record<CallSide, number>> = { server: 1000, client: 200 }
const maxOtherCodes = 64
const maxRows = 2000

const tableCodes: ReadonlySet<number> = new Set(Object.values(errorCodes))

/** Failures that a client mostly finds out by itself, by their kind: what `error.type` says of them. */
const unanswered: ReadonlyMap<string, { readonly code: number; readonly type: string }> = new Map([
  ['DeadlineExceeded', { code: errorCodes.DeadlineExceeded, type: 'timeout' }],
  ['RequestCancelled', { code: errorCodes.RequestCancelled, type: 'cancelled' }],
  ['EngineGone', { code: errorCodes.EngineGone, type: 'EngineGone' }],
])

const keyOf = (side: CallSide | undefined, { code, kind }: Failure): FailureKey => {
  if (side !== 'client') return code
  const known = unanswered.get(kind)
  return known?.code === code ? known.type : code // a peer may have such a kind with a code of its own
}

/**
 * What `error.type` says of a failure, on spans and metrics alike.
 *
 * @param side - undefined for work that is a part of a call
 */
export const errorTypeOf = (side: CallSide | undefined, failure: Failure): string =>
  String(keyOf(side, failure))

const isNamed = (key: FailureKey): boolean => typeof key === 'string' || tableCodes.has(key)

/** Codes of the table are always told apart, and the first 64 others; all beyond are `_OTHER`. */
export const boundedFailures = (): ((side: CallSide, failure: Failure) => FailureKey) => {
  const bounded = boundedNames<FailureKey>(maxOtherCodes)
  return (side, failure) => {
    const key = keyOf(side, failure)
    return isNamed(key) ? key : bounded(key)
  }
}

/** @param key - of the same failure, bounded */
export const failureAttributes = (key: FailureKey, failure: Failure): Attributes => ({
  [attribute.statusCode]: key === other ? other : String(failure.code),
  [attribute.errorType]: String(key),
})

const methodRows = (method: string): MethodRows => ({
  attributes: { [attribute.system]: jsonRpc, [attribute.method]: method },
  succeeded: undefined,
  failed: new Map(),
  waited: undefined,
})

const sideRows = (side: CallSide, metric: DurationMetric): SideRows => ({
  side,
  metric,
  maxMethods: maxMethods[side],
  methods: new Map(),
  others: methodRows(other),
})

/** Durations of all calls since the process began to count. What is recorded is never forgotten, and bounded in size. */
export class CallDurations implements Durations {
  /** In milliseconds since 1970. */
  readonly startedAt = Date.now()
  /** It grows while calls come, to 2,000 and one more for each metric. */
  readonly rows: DurationRow[] = []
  private readonly server = sideRows('server', metric.serverDuration)
  private readonly client = sideRows('client', metric.clientDuration)
  private readonly overflows = new Map<DurationMetric, Spread>()
  private readonly bounded = boundedFailures()

  /**
   * A call has ended.
   *
   * @param method - as the registry has it, or as it was sent; undefined for one that does not exist
   * @param failure - undefined for a result
   */
  record(
    from: CallSide,
    method: string | undefined,
    failure: Failure | undefined,
    durationMs: number,
  ): void {
    const side = from === 'server' ? this.server : this.client
    const rows = this.rowsOf(side, method)
    if (failure !== undefined) this.failed(side, rows, failure).record(durationMs)
    else (rows.succeeded ?? this.succeeded(side, rows)).record(durationMs)
  }

  /** The handler of a call has started, so long after the call was received. */
  recordWait(method: string | undefined, queueMs: number): void {
    const rows = this.rowsOf(this.server, method)
    rows.waited ??= this.row(metric.queueWait, rows.attributes)
    rows.waited.record(queueMs)
  }

  private rowsOf(
    { methods, maxMethods, others }: SideRows,
    method: string | undefined,
  ): MethodRows {
    if (method === undefined) return others
    const known = methods.get(method)
    if (known !== undefined) return known
    if (methods.size >= maxMethods) return others
    const rows = methodRows(method)
    methods.set(method, rows)
    return rows
  }

  private succeeded(side: SideRows, rows: MethodRows): Spread {
    rows.succeeded = this.row(side.metric, rows.attributes)
    return rows.succeeded
  }

  private failed(side: SideRows, rows: MethodRows, failure: Failure): Spread {
    const told = keyOf(side.side, failure)
    const known = rows.failed.get(told)
    if (known !== undefined) return known
    const key = this.bounded(side.side, failure)
    const row =
      rows.failed.get(key) ??
      this.row(side.metric, {
        ...rows.attributes,
        ...failureAttributes(key, failure),
      })
    rows.failed.set(key, row)
    return row
  }

  private row(metric: DurationMetric, attributes: Attributes): Spread {
    if (this.rows.length >= maxRows) return this.overflow(metric)
    return this.add(metric, attributes)
  }

  private overflow(metric: DurationMetric): Spread {
    const known = this.overflows.get(metric)
    if (known !== undefined) return known
    const spread = this.add(metric, { [attribute.overflow]: true })
    this.overflows.set(metric, spread)
    return spread
  }

  private add(metric: DurationMetric, attributes: Attributes): Spread {
    const spread = new Spread()
    this.rows.push({ metric, attributes: Object.freeze(attributes), spread })
    return spread
  }
}
