/** Telemetry of one process, as its environment and its settings ask for it. Nothing of OpenTelemetry is loaded for nothing. */
import type { Clock } from '../src/ports/clock.js'
import type { LogFacts, Logger } from '../src/ports/logger.js'
import { noTelemetry, type StageTelling, type Telemetry } from '../src/ports/telemetry.js'
import { type AskedTelemetry, askedTelemetry, registered } from './asked.js'
import type { TraceFile } from './file-exporter.js'
import type { Undelivered } from './sdk.js'

export interface OpenSettings {
  /** By which it is known, unless `OTEL_SERVICE_NAME` says otherwise. */
  readonly service: { readonly name: string; readonly version: string }
  /** Gets all traces. */
  readonly traceFile: TraceFile | undefined
  readonly stages: StageTelling
  readonly ignoreRemoteUnsampled: boolean
  /** Longest time that `close` takes when nobody says otherwise, in milliseconds. */
  readonly flushMs: number
  readonly clock: Clock
  readonly logger: Logger
  /** Takes lines for people; not to stdout. */
  print(line: string): void
  /** Records of the log that nobody has read, so far. */
  droppedLogs(): number
}

export interface OpenTelemetry extends Telemetry {
  /** What the records of a log belong to; undefined outside of any span. */
  readonly activeFacts: (() => LogFacts | undefined) | undefined
  /** Takes a line of the log, as JSON and with its secrets removed; undefined where log records are not asked for. */
  readonly exportLog: ((line: string) => void) | undefined
  /**
   * Does some work in a span of its own: requests that are sent there are parts of it.
   *
   * @param work - gets the id of the trace; undefined where there is none
   */
  spanned<T>(name: string, work: (traceId: string | undefined) => Promise<T>): Promise<T>
  /**
   * Delivers what there is, for as long as `telemetry.flush` allows. Never rejects. The process should end then: OpenTelemetry
   * goes on to try for up to ten seconds.
   *
   * @param deadlineMs - in the place of `telemetry.flush`
   * @returns what was not delivered
   */
  close(deadlineMs?: number): Promise<Undelivered>
}

/** As they are where nobody says otherwise. */
export const openDefaults = {
  stages: 'events',
  ignoreRemoteUnsampled: false,
  flushMs: 1500,
} as const

const nothing: Undelivered = { traces: 0, metrics: 0, logs: 0 }

export const closedTelemetry: OpenTelemetry = {
  ...noTelemetry,
  activeFacts: undefined,
  exportLog: undefined,
  spanned: (_, work) => work(undefined),
  close: async () => nothing,
}

/** Takes some 200 ms where telemetry is asked for. Wrong settings are logged, and nothing else comes of them. */
export const open = async (settings: OpenSettings): Promise<OpenTelemetry> => {
  const asked = askedTelemetry(process.env, settings.traceFile !== undefined)
  if (asked === undefined && registered()?.trace === undefined) return closedTelemetry
  try {
    const { opened } = await import('./opened.js')
    return await opened(settings, asked ?? none)
  } catch (err) {
    settings.logger.error({ err }, 'Telemetry could not be started; all goes on without it')
    return closedTelemetry
  }
}

/** The program's own SDK is used. */
const none: AskedTelemetry = { traces: [], metrics: [], logs: [] }
