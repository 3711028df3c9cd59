/** Spans for streams of one's own. */
import { context, type HrTime, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { type MonoTypeOperatorFunction, Observable } from 'rxjs'
import { realClock } from '../src/ports/clock.js'
import type { CallTrace, TraceHeaders } from '../src/ports/telemetry.js'
import { packageVersion } from '../src/version.js'
import { contextOf, headersOf } from './headers.js'
import { attribute } from './names.js'
import { WallTime } from './wall-time.js'

/** A call of a pipeline, as far as this needs to know it. */
interface TracedCall {
  readonly trace: TraceHeaders
  readonly span?: CallTrace | undefined
}

export interface TracedOptions {
  /** Calls that are worked on together: the span is a trace of its own, linked to theirs, and they to it. */
  readonly of?: readonly TracedCall[]
}

/**
 * A span for each subscription, from subscribing to the end, which is an error of the span too. Spans that the source
 * starts are its children; what comes after this operator is not inside of it, whenever a value comes. Unsubscribing
 * before the end is `error.type` `cancelled`, and no error. Without an SDK it costs next to nothing.
 *
 * ```ts
 * handler: ({ path }) => decode(path).pipe(traced('decode'))
 * ```
 */
export const traced =
  <T>(name: string, { of }: TracedOptions = {}): MonoTypeOperatorFunction<T> =>
  (source) =>
    new Observable<T>((subscriber) => {
      const outside = context.active()
      const span = begin(name, of)
      const inside = trace.setSpan(outside, span)
      if (of !== undefined) for (const call of of) call.span?.link(headersOf(inside))
      let hasEnded = false
      const end = (finish: () => void): void => {
        if (hasEnded) return
        hasEnded = true
        try {
          finish()
          span.end(now())
        } catch {} // what processors of spans throw, and errors that cannot be printed, are no matter of the stream
      }
      const subscription = context.with(inside, () =>
        source.subscribe({
          next: (value) => context.with(outside, () => subscriber.next(value)),
          error: (error: unknown) => {
            end(() => fail(span, error))
            context.with(outside, () => subscriber.error(error))
          },
          complete: () => {
            end(() => {})
            context.with(outside, () => subscriber.complete())
          },
        }),
      )
      return () => {
        context.with(inside, () => subscription.unsubscribe())
        end(() => span.setAttribute(attribute.errorType, 'cancelled'))
      }
    })

/** As calls have it: by itself a span begins at a whole millisecond, and so before what it is a part of. */
const wallTime = new WallTime(realClock)
const now = (): HrTime => {
  wallTime.adjust()
  return wallTime.at(realClock.now())
}

const begin = (name: string, of: readonly TracedCall[] | undefined): Span => {
  const tracer = trace.getTracer('sidestream', packageVersion)
  const startTime = now()
  if (of === undefined) return tracer.startSpan(name, { startTime })
  const links = of.flatMap((call) => {
    const linked = trace.getSpanContext(contextOf({ ...call.trace }))
    return linked === undefined ? [] : [{ context: linked }]
  })
  return tracer.startSpan(name, { root: true, links, startTime })
}

const fail = (span: Span, error: unknown): void => {
  const { name, kind, message } = (error ?? {}) as Readonly<Record<string, unknown>>
  span.setAttribute(attribute.errorType, String(kind ?? name ?? 'Error'))
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(message ?? error) })
}
