/** Telemetry of a process of the command. Loaded where something may ask for it. */
import { type OpenTelemetry, open, openDefaults } from '../../telemetry/open.js'
import { traceFile, traceFileDefaults } from '../logging/trace-file.js'
import type { RuntimeConfig } from '../models/runtime-config.js'
import { realClock } from '../ports/clock.js'
import { type Logger, noLogger } from '../ports/logger.js'
import type { StageTelling } from '../ports/telemetry.js'
import { packageVersion } from '../version.js'

/** As they are where nobody has configured any. */
export const defaultTelemetry: RuntimeConfig['telemetry'] = {
  stages: openDefaults.stages,
  file: { path: undefined, maxSize: traceFileDefaults.maxBytes, keep: traceFileDefaults.keep },
  flush: openDefaults.flushMs,
  ignoreRemoteUnsampled: openDefaults.ignoreRemoteUnsampled,
}

/** What a log does for telemetry, beside logging. */
interface Outlets {
  /** Takes what the exporter `console` prints. */
  readonly print: (line: string) => void
  /** Records that were lost, so far. */
  readonly droppedLogs: () => number
}

export const processTelemetry = (
  service: { readonly name: string; readonly version: string },
  log: Logger,
  settings: RuntimeConfig['telemetry'] | undefined,
  { print, droppedLogs }: Outlets,
): Promise<OpenTelemetry> => {
  const { stages, file, flush, ignoreRemoteUnsampled } = settings ?? defaultTelemetry
  const { path, maxSize, keep } = file
  return open({
    service,
    traceFile: path === undefined ? undefined : traceFile({ path, maxBytes: maxSize, keep }, log),
    stages: stages as StageTelling,
    ignoreRemoteUnsampled,
    flushMs: flush,
    clock: realClock,
    logger: log,
    print,
    droppedLogs,
  })
}

/**
 * Of a command that is a host.
 *
 * @param show - takes what goes wrong, a line each
 * @param path - of a file that gets all traces
 */
export const hostTelemetry = (
  show: (line: string) => void,
  path?: string,
): Promise<OpenTelemetry> =>
  processTelemetry(
    { name: 'sidestream', version: packageVersion },
    noticesTo(show),
    { ...defaultTelemetry, file: { ...defaultTelemetry.file, path } },
    { print: show, droppedLogs: () => 0 },
  )

const noticesTo = (show: (line: string) => void): Logger => {
  const notice = (_: object, message: string): void => show(`sidestream: ${message}`)
  const logger: Logger = { ...noLogger, warn: notice, error: notice, child: () => logger }
  return logger
}
