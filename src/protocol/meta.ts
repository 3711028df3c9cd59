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

/** What carries a trace across a pipe, as W3C Trace Context and Baggage write it. */
export interface TraceHeaders {
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

/** The trace that a W3C `traceparent` names; undefined for one that is malformed. */
export const traceIdOf = ({ traceparent }: Meta): string | undefined =>
  typeof traceparent === 'string'
    ? /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent)?.[1]
    : undefined

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

/** What of a trace is passed on as it came, where nobody has a span of their own. */
export const traceHeadersOf = ({
  traceparent,
  tracestate,
  baggage,
}: Readonly<Record<string, unknown>>): TraceHeaders => {
  const headers: { traceparent?: string; tracestate?: string; baggage?: string } = {}
  if (typeof traceparent === 'string') headers.traceparent = traceparent
  if (typeof tracestate === 'string') headers.tracestate = tracestate
  if (typeof baggage === 'string') headers.baggage = baggage
  return headers
}
