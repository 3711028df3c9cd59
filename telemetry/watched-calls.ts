/** A call being watched is one of three: only counted, part of a trace that nobody keeps, or a span. */
import {
  type Context,
  context,
  createContextKey,
  type HrTime,
  type Span,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Clock } from '../src/ports/clock.js'
import type { LogFacts } from '../src/ports/logger.js'
import type {
  CallError,
  CallTimes,
  CallTrace,
  StageMark,
  StageTelling,
  TraceHeaders,
} from '../src/ports/telemetry.js'
import { type GivenHeaders, traceHeadersOf } from '../src/protocol/meta.js'
import { errorTypeOf } from './call-durations.js'
import type { Durations } from './durations.js'
import { contextOf, headersOf } from './headers.js'
import { attribute } from './names.js'
import { StageMarks } from './stage-marks.js'
import type { WallTime } from './wall-time.js'

/** As log records name a span. */
export const factsOf = ({ traceId, spanId, traceFlags }: SpanContext): LogFacts => ({
  trace_id: traceId,
  span_id: spanId,
  trace_flags: traceFlags.toString(16).padStart(2, '0'),
})

/** What all calls of a process share. */
export interface Watching {
  readonly clock: Clock
  readonly wallTime: WallTime
  /** Undefined when no metrics are wanted. */
  readonly durations: Durations | undefined
  stages: StageTelling
  /** Told of what processors and exporters have thrown. */
  readonly fault: (error: unknown) => void
}

export type Side = 'server' | 'client'

/** What is watched. */
export interface Watched {
  /** Undefined for what is no call, as the start of a process. */
  readonly side: Side | undefined
  /** As metrics name it; undefined for a method that does not exist. */
  readonly method: string | undefined
  /** By the clock, in milliseconds. */
  readonly begunAt: number
}

/** In a call's context, the call itself: what is active may belong to another one. */
const callKey = createContextKey('sidestream.call')

export const isPartOf = (active: Context, call: CallTrace): boolean =>
  active.getValue(callKey) === call

/** What is active in a call. It is made when somebody looks into it: that takes its time, and most calls end without. */
class CallContext implements Context {
  private readonly call: CallTrace
  private readonly make: () => Context
  private made: Context | undefined

  constructor(call: CallTrace, make: () => Context) {
    this.call = call
    this.make = make
  }

  getValue(key: symbol): unknown {
    return key === callKey ? this.call : this.whole.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.whole.setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return this.whole.deleteValue(key)
  }

  private get whole(): Context {
    this.made ??= this.make().setValue(callKey, this.call)
    return this.made
  }
}

/** What came with it is passed on. */
export class CountedCall implements CallTrace {
  protected readonly watching: Watching
  protected readonly watched: Watched
  private readonly given: GivenHeaders

  constructor(watching: Watching, watched: Watched, given: GivenHeaders) {
    this.watching = watching
    this.watched = watched
    this.given = given
  }

  get traceId(): string | undefined {
    return undefined
  }

  get facts(): LogFacts | undefined {
    return undefined
  }

  get headers(): TraceHeaders {
    return traceHeadersOf(this.given)
  }

  run<T>(work: () => T): T {
    return work()
  }

  stage(_: StageMark): void {}

  link(_: TraceHeaders): void {}

  end(error: CallError | undefined, times?: CallTimes): void {
    this.count(error, times, this.watching.clock.now())
  }

  protected count(
    error: CallError | undefined,
    times: CallTimes | undefined,
    endedAt: number,
  ): void {
    const { durations } = this.watching
    const { side, method, begunAt } = this.watched
    if (durations === undefined || side === undefined) return
    durations.record(side, method, error, endedAt - begunAt)
    if (times?.handlerMs !== undefined) durations.recordWait(method, times.queueMs)
  }
}

/** Spans that are begun in it are not kept either, so that no trace has only its end. */
export class UnsampledCall extends CountedCall {
  private active: Context | undefined

  override run<T>(work: () => T): T {
    this.active ??= new CallContext(this, () => contextOf(this.headers))
    return context.with(this.active, work)
  }
}

export class SampledCall extends CountedCall {
  readonly span: Span
  readonly context: Context
  private readonly tracer: Tracer
  private readonly marks = new StageMarks()
  /** As it was at the beginning. */
  private readonly offset: number
  private injected: TraceHeaders | undefined

  constructor(watching: Watching, watched: Watched, tracer: Tracer, span: Span, parent: Context) {
    super(watching, watched, {})
    this.tracer = tracer
    this.span = span
    this.offset = watching.wallTime.offset
    this.context = new CallContext(this, () => trace.setSpan(parent, span))
  }

  override get headers(): TraceHeaders {
    this.injected ??= headersOf(this.context)
    return this.injected
  }

  override get traceId(): string {
    return this.span.spanContext().traceId
  }

  override get facts(): LogFacts {
    return factsOf(this.span.spanContext())
  }

  override run<T>(work: () => T): T {
    return context.with(this.context, work)
  }

  override stage(mark: StageMark): void {
    const { stages, clock } = this.watching
    if (stages !== 'off') this.marks.add(mark.name, mark.isExit === true, clock.now())
  }

  override link(other: TraceHeaders): void {
    const linked = trace.getSpanContext(contextOf(other))
    if (linked !== undefined) this.span.addLink({ context: linked })
  }

  override end(error: CallError | undefined, times?: CallTimes): void {
    const endedAt = this.watching.clock.now()
    this.count(error, times, endedAt)
    try {
      this.finish(error, times, endedAt)
    } catch (thrown) {
      this.watching.fault(thrown)
    }
  }

  private finish(
    error: CallError | undefined,
    times: CallTimes | undefined,
    endedAt: number,
  ): void {
    const { span, tracer, context, watching, watched } = this
    const timeOf = (at: number): HrTime => watching.wallTime.at(at, this.offset)
    this.marks.tell(watching.stages, { tracer, span, context, timeOf }, endedAt)
    if (times !== undefined) {
      span.setAttribute(attribute.queueWait, times.queueMs / 1000)
      if (times.handlerMs !== undefined)
        span.setAttribute(attribute.handlerDuration, times.handlerMs / 1000)
    }
    if (error !== undefined) {
      span.setAttribute(attribute.statusCode, String(error.code))
      span.setAttribute(attribute.errorType, errorTypeOf(watched.side ?? 'server', error))
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error.message) })
    }
    span.end(timeOf(endedAt))
  }
}
