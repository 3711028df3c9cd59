/** Puts the SDK together from the environment and the settings, and registers it. Importing this loads OpenTelemetry. */
import { metrics, trace } from '@opentelemetry/api'
import { api, core, NodeSDK } from '@opentelemetry/sdk-node'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Logger } from '../src/ports/logger.js'
import { unreached } from './api-copies.js'
import { registered } from './asked.js'
import { diagnostics, failureText } from './diagnostics.js'
import { foreignSdk } from './foreign-sdk.js'
import { lineLogger, logOutlets } from './log-outlets.js'
import { logRecords } from './log-records.js'
import { metricOutlets } from './metric-outlets.js'
import type { Outlet } from './outlets.js'
import { redactedSpans } from './redacted-spans.js'
import { resourceOf } from './resource.js'
import { liveSampler, samplingOf } from './sampler.js'
import type { Sdk, SdkSettings, Undelivered } from './sdk.js'
import { traceOutlets } from './trace-outlets.js'
import { within } from './within.js'

/** The exporters read the environment of the process, so all do. */
const { env } = process

export const start = async (settings: SdkSettings): Promise<Sdk> => {
  const { asked, logger, print } = settings
  if (registered()?.trace !== undefined) {
    warnOf(['trace'], logger)
    logger.info({}, 'The program has an OpenTelemetry SDK of its own: it is used as it is')
    if (settings.traceFile !== undefined)
      logger.warn({}, 'Its traces do not go to the file of traces: only those of our own SDK do')
    return foreignSdk()
  }
  const { logger: diag, level } = diagnostics(logger, env)
  api.diag.setLogger(diag, { logLevel: level, suppressOverrideMessage: true })
  core.setGlobalErrorHandler((error) => diag.error(failureText(error)))

  const ways = { env, diag, print }
  const traces = await traceOutlets(asked.traces, settings.traceFile, ways)
  const meters = await metricOutlets(askedMetrics(settings), settings.metricProducers, ways)
  const logs = await logOutlets(asked.logs, ways)
  const sampler = liveSampler(samplingOf(env, diag.warn), settings.ignoreRemoteUnsampled)
  const resource = resourceOf(settings.service, env, diag.warn)

  withoutLogLevel(() =>
    new NodeSDK({
      autoDetectResources: false,
      resource,
      sampler,
      spanProcessors: redactedFirst(partsOf(traces), logger),
      metricReaders: partsOf(meters),
      logRecordProcessors: partsOf(logs),
    }).start(),
  )
  warnOf([...traces.map(() => 'trace' as const), ...meters.map(() => 'metrics' as const)], logger)

  const count = (figure: 'dropped' | 'undelivered'): Undelivered => ({
    traces: sumOf(traces, figure),
    metrics: sumOf(meters, figure),
    logs: sumOf(logs, figure),
  })
  let closing: Promise<unknown>[] | undefined
  return {
    isForeign: false,
    signals: { traces: traces.length > 0, metrics: meters.length > 0, logs: logs.length > 0 },
    sampler: traces.length > 0 ? sampler : undefined,
    log: logs.length > 0 ? logRecords(lineLogger(partsOf(logs), resource, ways)) : undefined,
    dropped: () => count('dropped'),
    close: (deadlineMs) => {
      // Each for itself: NodeSDK's own shutdown gives up on all when one fails.
      const all = [...partsOf(traces), ...partsOf(meters), ...partsOf(logs)]
      closing ??= all.map((part) => part.shutdown())
      return within(deadlineMs, closing).then(() => count('undelivered'))
    },
  }
}

/** There can be one MeterProvider only, and that of the program was there first. */
const askedMetrics = ({ asked, logger }: SdkSettings): readonly string[] => {
  if (asked.metrics.length === 0 || registered()?.metrics === undefined) return asked.metrics
  logger.warn({}, 'The program has a MeterProvider of its own: no metrics are exported beside it')
  return []
}

const redactedFirst = (processors: readonly SpanProcessor[], logger: Logger): SpanProcessor[] =>
  logger.redact === undefined || processors.length === 0
    ? [...processors]
    : [redactedSpans(logger), ...processors]

const warnOf = (parts: Parameters<typeof unreached>[1], logger: Logger): void => {
  const problem = unreached({ trace, metrics }, parts)
  if (problem !== undefined) logger.warn({}, problem)
}

/** NodeSDK would write what it tells to the console, and so to stdout. */
const withoutLogLevel = (work: () => void): void => {
  const level = env['OTEL_LOG_LEVEL']
  delete env['OTEL_LOG_LEVEL']
  try {
    work()
  } finally {
    if (level !== undefined) env['OTEL_LOG_LEVEL'] = level
  }
}

const partsOf = <Part>(outlets: readonly Outlet<Part>[]): Part[] => outlets.map(({ part }) => part)

const sumOf = (outlets: readonly Outlet<unknown>[], figure: 'dropped' | 'undelivered'): number =>
  outlets.reduce((sum, { tally }) => sum + tally[figure], 0)
