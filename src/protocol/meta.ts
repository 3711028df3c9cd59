/** `params._meta`: what travels beside the params. By-name params only. */
import type { Params } from './message.js'

export type Priority = 'high' | 'normal' | 'low'

export interface Meta {
  readonly traceparent?: string
  readonly tracestate?: string
  readonly baggage?: string
  /** Milliseconds left when it was sent. */
  readonly deadlineMs?: number
  readonly progressToken?: string | number
  readonly idempotencyKey?: string
  readonly priority?: Priority
  readonly [key: string]: unknown
}

/** What carries a trace across a pipe, as W3C Trace Context and Baggage write it. A type, as those may be the `meta` of a request. */
export type TraceHeaders = {
  readonly traceparent?: string
  readonly tracestate?: string
  readonly baggage?: string
}

export const noMeta: Meta = Object.freeze({})

/** Takes `_meta` off by-name params. One that is no object is left out, it is optional. */
export const splitMeta = (params: Params): { params: Params; meta: Meta } => {
  const { _meta: meta, ...rest } = params as Readonly<Record<string, unknown>>
  const isObject = typeof meta === 'object' && meta !== null && !Array.isArray(meta)
  return { params: rest, meta: isObject ? (meta as Meta) : noMeta }
}

/** A `traceparent` beside the params, as some hosts write it; that in `_meta` comes first. */
export const withTrace = (meta: Meta, traceparent: unknown): Meta =>
  typeof traceparent === 'string' && meta.traceparent === undefined
    ? { ...meta, traceparent }
    : meta

const traceparentForm =
  /^(?!ff)([\da-f]{2})-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-([\da-f]{2})(-[\x20-\x7e]{0,400})?$/

/** Where a call is in its caller's trace. */
export interface TracePlace {
  readonly traceId: string
  readonly spanId: string
  /** Two hexadecimal digits. */
  readonly flags: string
}

/** Reads a W3C `traceparent`; undefined for one that is malformed. Later versions may have more behind the flags. */
export const placeOf = (traceparent: unknown): TracePlace | undefined => {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId, spanId, flags, more] = traceparentForm.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return version === '00' && more !== undefined ? undefined : { traceId, spanId, flags }
}

/** The trace that a caller names. */
export const traceIdOf = ({ traceparent }: Meta): string | undefined =>
  placeOf(traceparent)?.traceId

/** Reads `_meta` only where it can be: most params have none. */
export const hasMeta = (params: Params | undefined): params is Params =>
  params !== undefined &&
  (params as Readonly<Record<string, unknown>>)['_meta'] !== undefined &&
  !Array.isArray(params)

/**
 * The token that progress is told by; undefined where the request's id has to do.
 * A number that JavaScript cannot hold exactly would come back as another one.
 */
export const tokenOf = ({ progressToken: token }: Meta): string | number | undefined => {
  if (typeof token === 'string') return token
  return Number.isSafeInteger(token) || (Number.isFinite(token) && !Number.isInteger(token))
    ? token
    : undefined
}

/** Headers as anybody may have sent them, and perhaps more. */
export type GivenHeaders = { readonly [name in keyof TraceHeaders]: unknown }

/** Longest that W3C asks everybody to take, in characters. */
const longestState = 512
const longestBaggage = 8192
const printable = /^[\x20-\x7e]*$/

/**
 * What of a trace is passed on as it came, where nobody has a span of their own. It may become headers of HTTP, and goes
 * with each nested request: what is malformed or too long is left out.
 */
export const traceHeadersOf = ({
  traceparent,
  tracestate,
  baggage,
}: GivenHeaders): TraceHeaders => {
  const headers: { traceparent?: string; tracestate?: string; baggage?: string } = {}
  if (placeOf(traceparent) !== undefined) {
    headers.traceparent = traceparent as string
    if (isHeader(tracestate, longestState)) headers.tracestate = tracestate
  }
  if (isHeader(baggage, longestBaggage)) headers.baggage = baggage
  return headers
}

const isHeader = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest && printable.test(value)
