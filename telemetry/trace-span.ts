/** Spans as OTLP/JSON has them, read with patience: what is missing is left out, and a span without its times is none. */
import {
  type Attributes,
  attributesOf,
  fieldsOf,
  idOf,
  isThere,
  type Json,
  later,
  listOf,
  messageOf,
  textOf,
  timeOf,
} from './trace-values.js'

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
export type SpanKind = (typeof kinds)[number]
const statusCodes = ['UNSET', 'OK', 'ERROR'] as const
export type StatusCode = (typeof statusCodes)[number]

/** All times are in nanoseconds since 1970. */
export interface SpanEvent {
  readonly name: string
  readonly atNs: bigint
  readonly attributes: Attributes
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
}

/** Ids are in lower case. */
export interface TraceSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly service: string
  readonly name: string
  readonly kind: SpanKind
  readonly startNs: bigint
  /** Not before the start. */
  readonly endNs: bigint
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  readonly status: { readonly code: StatusCode; readonly message?: string }
}

/** What decides whether a span's trace is of interest. */
export interface SpanOutline {
  readonly traceId: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly isError: boolean
  /** Reads the rest of it. */
  readonly whole: () => TraceSpan
}

/** The spans of a line, and how many there are that cannot be read. */
export interface Export {
  readonly spans: readonly SpanOutline[]
  readonly unread: number
}

/** @returns undefined when it is no ExportTraceServiceRequest */
export const readExport = (value: unknown): Export | undefined => {
  const resourceSpans = fieldsOf(value)?.['resourceSpans']
  if (!Array.isArray(resourceSpans)) return undefined
  const spans: SpanOutline[] = []
  let unread = 0
  for (const { resource, scopeSpans } of resourceSpans.map(fieldsOf).filter(isThere)) {
    const service = serviceOf(resource)
    for (const raw of listOf(scopeSpans).flatMap((scope) => listOf(scope['spans']))) {
      const span = outlineOf(raw, service)
      if (span === undefined) unread += 1
      else spans.push(span)
    }
  }
  return { spans, unread }
}

const outlineOf = (raw: NonNullable<Json>, service: string): SpanOutline | undefined => {
  const traceId = idOf(raw['traceId'], 32)
  const spanId = idOf(raw['spanId'], 16)
  const startNs = timeOf(raw['startTimeUnixNano'])
  const end = timeOf(raw['endTimeUnixNano'])
  if (!isThere(traceId) || !isThere(spanId) || !isThere(startNs) || !isThere(end)) return undefined
  const endNs = later(startNs, end)
  const code = oneOf(statusCodes, fieldsOf(raw['status'])?.['code'], 'STATUS_CODE_')
  const whole = (): TraceSpan => ({
    traceId,
    spanId,
    parentSpanId: idOf(raw['parentSpanId'], 16),
    service,
    name: textOf(raw['name']) ?? '',
    kind: oneOf(kinds, raw['kind'], 'SPAN_KIND_'),
    startNs,
    endNs,
    attributes: attributesOf(raw['attributes']),
    events: listOf(raw['events']).map((event) => ({
      name: textOf(event['name']) ?? '',
      atNs: timeOf(event['timeUnixNano']) ?? startNs,
      attributes: attributesOf(event['attributes']),
    })),
    links: listOf(raw['links']).flatMap((link) => linkOf(link) ?? []),
    status: { code, ...messageOf(fieldsOf(raw['status'])?.['message']) },
  })
  return { traceId, startNs, endNs, isError: code === 'ERROR', whole }
}

/** Enumerations come as numbers, or by their names. */
const oneOf = <V extends string>(
  values: readonly [V, ...V[]],
  given: unknown,
  prefix: string,
): V => {
  const named = textOf(given)
  const found = named === undefined ? values[given as number] : byName(values, named, prefix)
  return found ?? values[0]
}

const byName = <V extends string>(
  values: readonly V[],
  name: string,
  prefix: string,
): V | undefined => values.find((value) => name === `${prefix}${value}`)

const linkOf = (raw: NonNullable<Json>): SpanLink | undefined => {
  const traceId = idOf(raw['traceId'], 32)
  const spanId = idOf(raw['spanId'], 16)
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId }
}

const serviceOf = (resource: unknown): string => {
  const name = attributesOf(fieldsOf(resource)?.['attributes'])['service.name']
  return textOf(name) ?? ''
}
