/** Telemetry by the real SDK, whose spans a test can look at. */
import { context, propagation, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import { type Clock, realClock } from '../../src/ports/clock.js'
import { noTelemetry, type StageTelling, type Telemetry } from '../../src/ports/telemetry.js'
import { CallDurations } from '../../telemetry/call-durations.js'
import { callTraces, startUpTrace, type Tracing } from '../../telemetry/call-traces.js'
import { WallTime } from '../../telemetry/wall-time.js'

export interface RecordingOptions {
  readonly clock?: Clock
  /** Milliseconds since 1970. */
  readonly wall?: () => number
  readonly stages?: StageTelling
  readonly sampler?: Sampler
  /** Beside the one that keeps spans. */
  readonly processor?: SpanProcessor
  readonly dropsUnsampled?: boolean
  /** Of the environment. */
  readonly traceparent?: string
}

export interface Recording {
  readonly telemetry: Telemetry
  readonly tracing: Tracing
  readonly durations: CallDurations
  /** What processors have thrown. */
  readonly faults: readonly unknown[]
  /** Those that have ended, in this order. */
  readonly spans: readonly ReadableSpan[]
  named(name: string): ReadableSpan[]
  /** Takes back what is registered for the whole process. */
  end(): void
}

export const recording = ({
  clock = realClock,
  wall,
  stages = 'events',
  sampler,
  processor,
  dropsUnsampled = true,
  traceparent,
}: RecordingOptions = {}): Recording => {
  const exporter = new InMemorySpanExporter()
  new NodeSDK({
    autoDetectResources: false,
    spanProcessors: [new SimpleSpanProcessor({ exporter }), ...(processor ? [processor] : [])],
    metricReaders: [],
    logRecordProcessors: [],
    ...(sampler !== undefined && { sampler }),
  }).start()
  const durations = new CallDurations()
  const faults: unknown[] = []
  const tracing: Tracing = {
    tracer: trace.getTracer('test'),
    clock,
    wallTime: new WallTime(clock, wall),
    durations,
    dropsUnsampled: () => dropsUnsampled,
    badHeaders: 0,
    fault: (error) => faults.push(error),
    stages,
  }
  const headers = traceparent === undefined ? {} : { traceparent }
  return {
    telemetry: {
      ...noTelemetry,
      ...callTraces(tracing),
      startUp: () => startUpTrace(tracing, headers, clock.now()),
    },
    tracing,
    durations,
    faults,
    get spans() {
      return exporter.getFinishedSpans()
    },
    named: (name) => exporter.getFinishedSpans().filter((span) => span.name === name),
    end: () => {
      for (const api of [trace, context, propagation]) api.disable()
    },
  }
}

/** Whose child a span is. */
export const parentIdOf = ({ parentSpanContext }: ReadableSpan): string | undefined =>
  parentSpanContext?.spanId

export const idOf = (span: ReadableSpan | undefined): string | undefined =>
  span?.spanContext().spanId
