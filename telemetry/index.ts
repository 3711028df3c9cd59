/** Telemetry for programs: of engines they host, and of their own streams. As the entry of a subpath, it puts the real parts together. */
import { traceFile } from '../src/logging/trace-file.js'
import { realClock } from '../src/ports/clock.js'
import { type Logger, noLogger } from '../src/ports/logger.js'
import type { StageTelling } from '../src/ports/telemetry.js'
import { type OpenTelemetry, open, openDefaults } from './open.js'

export { noTelemetry, type Telemetry } from '../src/ports/telemetry.js'
export { measured } from './measured.js'
export type { OpenTelemetry } from './open.js'
export type { Undelivered } from './sdk.js'
export { type TracedOptions, traced } from './traced.js'

export interface TelemetryOptions {
  /** By which the program is known, unless `OTEL_SERVICE_NAME` says otherwise. */
  readonly service: { readonly name: string; readonly version: string }
  /** A file that gets all traces, for `sidestream trace show`. Default: none. */
  readonly file?: {
    readonly path: string
    /** It is put aside before it grows beyond this, in bytes. Default 8 MiB. */
    readonly maxBytes?: number
    /** Files put aside that stay. Default 4. */
    readonly keep?: number
  }
  /** How stages are told of. Default: as events of calls. */
  readonly stages?: StageTelling
  /** Decides anew about traces that a caller does not keep. Default false. */
  readonly ignoreRemoteUnsampled?: boolean
  /** Longest time that `close` waits for what is to be delivered, in milliseconds. Default 1500. */
  readonly flushMs?: number
  /** Takes what goes wrong. Default: nowhere. */
  readonly log?: Logger
}

/**
 * Telemetry as the `OTEL_*` variables ask for it, to be given to `connect` or `supervise`. Where they ask for nothing, no
 * OpenTelemetry is loaded; where the program has an SDK of its own, that is used.
 *
 * ```ts
 * const telemetry = await openTelemetry({ service: { name: 'my-app', version: '1.0.0' } })
 * const client = await connect({ command: 'my-engine', telemetry })
 * // … and at the end
 * await telemetry.close()
 * ```
 */
export const openTelemetry = async ({
  service,
  file,
  stages = openDefaults.stages,
  ignoreRemoteUnsampled = openDefaults.ignoreRemoteUnsampled,
  flushMs = openDefaults.flushMs,
  log = noLogger,
}: TelemetryOptions): Promise<OpenTelemetry> => {
  if (typeof service?.name !== 'string' || typeof service.version !== 'string')
    throw new TypeError("openTelemetry wants { service: { name: 'my-app', version: '1.0.0' } }")
  return open({
    service,
    traceFile: file && traceFile(file, log),
    stages,
    ignoreRemoteUnsampled,
    flushMs,
    clock: realClock,
    logger: log,
    print: printBounded,
    droppedLogs: () => 0,
  })
}

/** Where nobody reads stderr, what is printed would wait in memory without end, in bytes. */
const mostWaiting = 1024 * 1024

const printBounded = (line: string): void => {
  if (process.stderr.writableLength < mostWaiting) process.stderr.write(`${line}\n`)
}
