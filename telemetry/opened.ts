/** All parts of telemetry, put together. Importing this loads OpenTelemetry. */
import {
  context,
  type Meter,
  metrics,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { LogFacts, Logger } from '../src/ports/logger.js'
import type { EngineFigures, Telemetry, TraceHeaders } from '../src/ports/telemetry.js'
import { traceHeadersOf } from '../src/protocol/meta.js'
import { messageOf } from '../src/protocol/rpc-error.js'
import { packageVersion } from '../src/version.js'
import type { AskedTelemetry } from './asked.js'
import { CallDurations } from './call-durations.js'
import { callTraces, startUpTrace, type Tracing } from './call-traces.js'
import { observeDropped, observeDroppedLogs } from './dropped-metrics.js'
import { durationMetrics } from './duration-metrics.js'
import { observeEngine } from './engine-metrics.js'
import { observeHost } from './host-metrics.js'
import { instrumentedDurations } from './instrumented-durations.js'
import type { OpenSettings, OpenTelemetry } from './open.js'
import { observeProcess } from './process-metrics.js'
import { observeRuntime } from './runtime-metrics.js'
import { type Sdk, startSdk, type Undelivered } from './sdk.js'
import { WallTime } from './wall-time.js'
import { factsOf } from './watched-calls.js'

export const opened = async (
  settings: OpenSettings,
  asked: AskedTelemetry,
): Promise<OpenTelemetry> => {
  const { service, traceFile, ignoreRemoteUnsampled, clock, logger, print } = settings
  const counted = new CallDurations()
  const sdk = await startSdk({
    asked,
    service,
    traceFile,
    ignoreRemoteUnsampled,
    metricProducers: (temporality) => [durationMetrics(counted, temporality)],
    logger,
    print,
  })
  const { isForeign, signals, sampler } = sdk
  const meter = metrics.getMeter('sidestream', packageVersion)
  const tracing: Tracing = {
    tracer: isForeign || signals.traces ? trace.getTracer('sidestream', packageVersion) : undefined,
    clock,
    wallTime: new WallTime(clock),
    durations: isForeign ? instrumentedDurations(meter) : signals.metrics ? counted : undefined,
    dropsUnsampled: () => sampler?.dropsUnsampledParents ?? false,
    badHeaders: 0,
    fault: firstFault(logger),
    stages: settings.stages,
  }
  const observers = signals.metrics && !isForeign ? await observed(sdk, settings) : []
  return {
    ...callTraces(tracing),
    ...figures(meter, tracing),
    startUp: () => startUpTrace(tracing, startHeaders(), clock.now() - process.uptime() * 1000),
    setSampling: sampler && ((sampling) => sampler.set(sampling)),
    setStages: (stages) => {
      tracing.stages = stages
    },
    activeFacts: tracing.tracer && activeFacts,
    exportLog: sdk.log,
    spanned: (name, work) => spanned(tracing.tracer, name, work),
    close: async (deadlineMs = settings.flushMs) => {
      const undelivered = await sdk.close(deadlineMs)
      for (const end of observers) end()
      tellUndelivered(undelivered, settings)
      return undelivered
    },
  }
}

/** Processors of spans and exporters are anybody's. What one throws it throws with each call: the first is told. */
const firstFault = (logger: Logger): ((err: unknown) => void) => {
  let isTold = false
  return (err) => {
    if (!isTold)
      logger.error({ err }, 'Telemetry failed; calls go on without. Further failures are not told')
    isTold = true
  }
}

const figures = (meter: Meter, tracing: Tracing): Pick<Telemetry, 'watchEngine' | 'watchHost'> => ({
  watchEngine: (read) => {
    observeEngine(meter, () => withBadHeaders(read(), tracing.badHeaders))
  },
  watchHost: (read) => observeHost(meter, read),
})

/** They are found out here, where headers are read. */
const withBadHeaders = (figures: EngineFigures, badHeaders: number): EngineFigures =>
  badHeaders === 0
    ? figures
    : {
        ...figures,
        protocolErrors: new Map([...figures.protocolErrors, ['BadTraceparent', badHeaders]]),
      }

/** @returns what ends it */
const observed = async (sdk: Sdk, { droppedLogs }: OpenSettings): Promise<(() => void)[]> => {
  const provider = metrics.getMeterProvider()
  const meter = provider.getMeter('sidestream', packageVersion)
  return [
    observeProcess(meter),
    observeDropped(meter, () => sdk.dropped()),
    observeDroppedLogs(meter, droppedLogs),
    await observeRuntime(provider),
  ]
}

const spanned = <T>(
  tracer: Tracer | undefined,
  name: string,
  work: (traceId: string | undefined) => Promise<T>,
): Promise<T> => {
  if (tracer === undefined) return work(undefined)
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await work(span.isRecording() ? span.spanContext().traceId : undefined)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
      throw error
    } finally {
      span.end()
    }
  })
}

const activeFacts = (): LogFacts | undefined => {
  const span = trace.getSpanContext(context.active())
  return span && factsOf(span)
}

/** Whoever starts a process may say by its environment which trace that belongs to. */
const startHeaders = (): TraceHeaders => {
  const { TRACEPARENT: traceparent, TRACESTATE: tracestate, BAGGAGE: baggage } = process.env
  return traceHeadersOf({ traceparent, tracestate, baggage })
}

const names: readonly (readonly [keyof Undelivered, string])[] = [
  ['traces', 'span'],
  ['metrics', 'metric export'],
  ['logs', 'log record'],
]

const tellUndelivered = (undelivered: Undelivered, { logger }: OpenSettings): void => {
  const told = names
    .filter(([signal]) => undelivered[signal] > 0)
    .map(
      ([signal, name]) => `${undelivered[signal]} ${name}${undelivered[signal] === 1 ? '' : 's'}`,
    )
  if (told.length > 0)
    logger.warn({ ...undelivered }, `Telemetry was not delivered: ${told.join(', ')}`)
}
