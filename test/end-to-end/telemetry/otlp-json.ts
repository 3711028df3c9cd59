/** Export requests of OTLP/JSON, as the collector writes them, told flat: one object for each span, point and record. */

export type Attributes = Readonly<Record<string, unknown>>

/** Who told it. */
interface Origin {
  /** Attributes of the resource. */
  readonly resource: Attributes
  /** Name of the instrumentation scope. */
  readonly scope: string
}

export interface Span extends Origin {
  readonly traceId: string
  readonly spanId: string
  /** Undefined for the root of a trace. */
  readonly parentSpanId: string | undefined
  readonly traceState: string
  readonly name: string
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Since 1970, in milliseconds, as all times here: exact to a quarter of a microsecond. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Attributes
  readonly events: readonly {
    readonly name: string
    readonly atMs: number
    readonly attributes: Attributes
  }[]
  readonly links: readonly {
    readonly traceId: string
    readonly spanId: string
    readonly attributes: Attributes
  }[]
  readonly status: 'unset' | 'ok' | 'error'
  readonly statusMessage: string
}

/** What one export told of one set of attributes. The same again with each export. */
export interface Point extends Origin {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly type: 'gauge' | 'sum' | 'histogram'
  readonly temporality: 'unspecified' | 'delta' | 'cumulative'
  readonly isMonotonic: boolean
  readonly startMs: number
  readonly atMs: number
  readonly attributes: Attributes
  /** Of a gauge or a sum. */
  readonly value: number | undefined
  readonly histogram: Histogram | undefined
}

export interface Histogram {
  readonly count: number
  readonly sum: number
  /** Undefined when they were not recorded. */
  readonly min: number | undefined
  readonly max: number | undefined
  /** Upper bounds, inclusive, of all buckets but the last. */
  readonly bounds: readonly number[]
  readonly buckets: readonly number[]
}

export interface Log extends Origin {
  readonly atMs: number
  /** 1 to 24: from 9 on information, from 13 on a warning, from 17 on an error. */
  readonly severity: number
  readonly severityText: string
  readonly eventName: string
  readonly body: unknown
  readonly attributes: Attributes
  /** Undefined outside of all spans. */
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: the collector vouches for the shape
type Json = any

export const spansOf = (request: Json): Span[] =>
  items(request.resourceSpans, 'scopeSpans', 'spans').map(({ origin, item: span }) => ({
    ...origin,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || undefined,
    traceState: span.traceState ?? '',
    name: span.name,
    kind: kinds[span.kind ?? 0] as Span['kind'],
    startMs: milliseconds(span.startTimeUnixNano),
    endMs: milliseconds(span.endTimeUnixNano),
    attributes: attributesOf(span),
    events: list(span.events).map((event) => ({
      name: event.name,
      atMs: milliseconds(event.timeUnixNano),
      attributes: attributesOf(event),
    })),
    links: list(span.links).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesOf(link),
    })),
    status: statuses[span.status?.code ?? 0] as Span['status'],
    statusMessage: span.status?.message ?? '',
  }))

export const pointsOf = (request: Json): Point[] =>
  items(request.resourceMetrics, 'scopeMetrics', 'metrics').flatMap(({ origin, item: metric }) => {
    const type = types.find((it) => it in metric)
    if (type === undefined) throw new Error(`Unknown type of metric: ${JSON.stringify(metric)}`)
    const data = metric[type]
    return list(data.dataPoints).map((point) => ({
      ...origin,
      name: metric.name,
      description: metric.description ?? '',
      unit: metric.unit ?? '',
      type,
      temporality: temporalities[data.aggregationTemporality ?? 0] as Point['temporality'],
      isMonotonic: data.isMonotonic === true,
      startMs: milliseconds(point.startTimeUnixNano),
      atMs: milliseconds(point.timeUnixNano),
      attributes: attributesOf(point),
      value: type === 'histogram' ? undefined : Number(point.asInt ?? point.asDouble),
      histogram: type === 'histogram' ? histogramOf(point) : undefined,
    }))
  })

export const logsOf = (request: Json): Log[] =>
  items(request.resourceLogs, 'scopeLogs', 'logRecords').map(({ origin, item: record }) => ({
    ...origin,
    atMs: milliseconds(record.timeUnixNano),
    severity: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    eventName: record.eventName ?? '',
    body: plain(record.body),
    attributes: attributesOf(record),
    traceId: record.traceId || undefined,
    spanId: record.spanId || undefined,
  }))

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const statuses = ['unset', 'ok', 'error']
const temporalities = ['unspecified', 'delta', 'cumulative']
const types = ['gauge', 'sum', 'histogram'] as const

/** Members that are empty are left out of the JSON. */
const list = (member: Json): readonly Json[] => member ?? []

/** What is told of in all scopes of all resources. */
const items = (
  resources: Json,
  scopes: string,
  members: string,
): readonly { readonly origin: Origin; readonly item: Json }[] =>
  list(resources).flatMap((resource) =>
    list(resource[scopes]).flatMap((scope) => {
      const origin = {
        resource: attributesOf(resource.resource ?? {}),
        scope: scope.scope?.name ?? '',
      }
      return list(scope[members]).map((item) => ({ origin, item }))
    }),
  )

const histogramOf = (point: Json): Histogram => ({
  count: Number(point.count ?? 0),
  sum: point.sum ?? 0,
  min: point.min,
  max: point.max,
  bounds: list(point.explicitBounds),
  buckets: list(point.bucketCounts).map(Number),
})

/** Nanoseconds are beyond what a number can hold. */
const milliseconds = (nanoseconds: string | undefined): number => {
  const whole = BigInt(nanoseconds ?? 0)
  return Number(whole / 1_000_000n) + Number(whole % 1_000_000n) / 1e6
}

const attributesOf = ({ attributes }: Json): Attributes => objectOf(attributes)

const objectOf = (pairs: Json): Attributes =>
  Object.fromEntries(list(pairs).map(({ key, value }) => [key, plain(value)]))

const plain = (value: Json = {}): unknown => {
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.arrayValue !== undefined) return list(value.arrayValue.values).map(plain)
  if (value.kvlistValue !== undefined) return objectOf(value.kvlistValue.values)
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue
}
