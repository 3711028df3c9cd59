/** Which calls become spans, and whose children these are. */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type {
  CallTrace,
  ReceivedCall,
  SentCall,
  Telemetry,
  TraceHeaders,
} from '../src/ports/telemetry.js'
import { placeOf } from '../src/protocol/meta.js'
import { idText, type RequestId } from '../src/protocol/request-id.js'
import { contextOf, headersOf, isUnsampled } from './headers.js'
import { attribute, jsonRpc, other } from './names.js'
import {
  CountedCall,
  isPartOf,
  SampledCall,
  UnsampledCall,
  type Watched,
  type Watching,
} from './watched-calls.js'

export interface Tracing extends Watching {
  /** Undefined when no traces are wanted. */
  readonly tracer: Tracer | undefined
  /** Whether nothing is kept of a trace that its caller does not keep: then nobody need be asked. */
  readonly dropsUnsampled: () => boolean
  /** Headers that named no trace, so far. */
  badHeaders: number
}

export const callTraces = (tracing: Tracing): Pick<Telemetry, 'received' | 'sent' | 'scope'> => ({
  received: (call) =>
    guarded(tracing, () => received(call, tracing)) ??
    new CountedCall(tracing, receivedOf(call), call.meta),
  sent: (call) =>
    guarded(tracing, () => sent(call, tracing)) ??
    new CountedCall(tracing, sentOf(call, tracing), passedOn(call)),
  scope: () => {
    const active = context.active()
    return {
      get headers() {
        return headersOf(active)
      },
      run: (work) => context.with(active, work),
    }
  },
})

/** Samplers and processors of spans are anybody's: a call whose span cannot be begun goes on without. */
const guarded = <T>({ fault }: Tracing, begin: () => T): T | undefined => {
  try {
    return begin()
  } catch (thrown) {
    fault(thrown)
    return undefined
  }
}

const receivedOf = ({ spec, receivedAt }: ReceivedCall): Watched => ({
  side: 'server',
  method: spec?.name,
  begunAt: receivedAt,
})

const sentOf = ({ method, askedAt }: SentCall, { clock }: Tracing): Watched => ({
  side: 'client',
  method,
  begunAt: askedAt ?? clock.now(),
})

const received = (call: ReceivedCall, tracing: Tracing): CallTrace => {
  const { meta, spec, receivedAt } = call
  const { tracer, wallTime } = tracing
  const watched = receivedOf(call)
  if (tracer === undefined) {
    if (isMalformed(meta.traceparent)) tracing.badHeaders += 1
    return new CountedCall(tracing, watched, meta)
  }
  if (isUnsampled(meta.traceparent) && tracing.dropsUnsampled())
    return new UnsampledCall(tracing, watched, meta)
  const parent = parentIn(meta, tracing)
  const isRoot = trace.getSpanContext(parent) === undefined
  if (isRoot && spec?.isControl === true) return new CountedCall(tracing, watched, meta)
  wallTime.adjust()
  const options = {
    kind: SpanKind.SERVER,
    attributes: serverAttributes(call),
    startTime: wallTime.at(receivedAt),
  }
  const span = tracer.startSpan(spec?.name ?? jsonRpc, options, parent)
  return watch(span, parent, tracer, tracing, watched)
}

const sent = (call: SentCall, tracing: Tracing): CallTrace => {
  const { method, headers, isControl, attempts } = call
  const { tracer, wallTime } = tracing
  const watched = sentOf(call, tracing)
  const isOwn = isControl && headers.traceparent === undefined
  if (tracer === undefined || isOwn) return new CountedCall(tracing, watched, passedOn(call))
  if (isUnsampled(headers.traceparent) && tracing.dropsUnsampled())
    return new UnsampledCall(tracing, watched, headers)
  if (headers.traceparent === undefined && call.parent instanceof UnsampledCall)
    return new UnsampledCall(tracing, watched, call.parent.headers)
  const parent = parentOf(call, tracing)
  const options = {
    kind: SpanKind.CLIENT,
    attributes: clientAttributes(call, tracing),
    links: attempts.flatMap(linkTo),
    startTime: wallTime.at(watched.begunAt),
  }
  return watch(tracer.startSpan(method, options, parent), parent, tracer, tracing, watched)
}

/** The start of a process, where that is a part of a trace. By itself it would be one more trace for each process. */
export const startUpTrace = (
  tracing: Tracing,
  headers: TraceHeaders,
  begunAt: number,
): CallTrace | undefined => {
  const { tracer, wallTime } = tracing
  if (tracer === undefined) return undefined
  const parent = contextOf(headers)
  if (trace.getSpanContext(parent) === undefined) return undefined
  const watched = { side: undefined, method: undefined, begunAt }
  return guarded(tracing, () => {
    const span = tracer.startSpan('start', { startTime: wallTime.at(begunAt) }, parent)
    return watch(span, parent, tracer, tracing, watched)
  })
}

const watch = (
  span: Span,
  parent: Context,
  tracer: Tracer,
  tracing: Tracing,
  watched: Watched,
): CallTrace => {
  if (span.isRecording()) return new SampledCall(tracing, watched, tracer, span, parent)
  return new UnsampledCall(tracing, watched, headersOf(trace.setSpan(parent, span)))
}

/** A caller that names no trace, or does so badly, begins a new one. */
const parentIn = (headers: TraceHeaders, tracing: Tracing): Context => {
  const parent = contextOf(headers)
  if (headers.traceparent !== undefined && trace.getSpanContext(parent) === undefined)
    tracing.badHeaders += 1
  return parent
}

/** What its caller says; else what is active, unless that is not a part of the call on whose behalf it is sent. */
const parentOf = ({ headers, parent }: SentCall, tracing: Tracing): Context => {
  if (headers.traceparent !== undefined) return parentIn(headers, tracing)
  const active = context.active()
  if (parent === undefined || isPartOf(active, parent)) return active
  return parent instanceof SampledCall ? parent.context : ROOT_CONTEXT
}

/** Without traces, what came with a call goes on with what it sends. */
const passedOn = ({ headers, parent }: SentCall): TraceHeaders =>
  headers.traceparent === undefined ? (parent?.headers ?? headers) : headers

const isMalformed = (traceparent: unknown): boolean =>
  traceparent !== undefined && placeOf(traceparent) === undefined

const linkTo = (attempt: CallTrace): Link[] =>
  attempt instanceof SampledCall ? [{ context: attempt.span.spanContext() }] : []

/** Callers may choose names and ids as long as a message may be, and spans wait to be delivered. */
const longestText = 256

const shortId = (id: Exclude<RequestId, null>): string =>
  (typeof id === 'string' ? id : idText(id)).slice(0, longestText)

const serverAttributes = ({ method, spec, id }: ReceivedCall): Attributes => {
  const attributes: Attributes = {
    [attribute.system]: jsonRpc,
    [attribute.method]: spec?.name ?? other,
    [attribute.protocolVersion]: '2.0',
  }
  if (spec === undefined) attributes[attribute.methodOriginal] = method.slice(0, longestText)
  if (id !== undefined && id !== null) attributes[attribute.requestId] = shortId(id)
  return attributes
}

const clientAttributes = (
  { method, id, attempts, askedAt }: SentCall,
  { clock }: Tracing,
): Attributes => {
  const attributes: Attributes = {
    [attribute.system]: jsonRpc,
    [attribute.method]: method,
    [attribute.protocolVersion]: '2.0',
    [attribute.requestId]: String(id),
  }
  if (attempts.length > 0) attributes[attribute.attempt] = attempts.length + 1
  if (askedAt !== undefined) attributes[attribute.queueWait] = (clock.now() - askedAt) / 1000
  return attributes
}
