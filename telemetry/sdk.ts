/** OpenTelemetry's SDK, as it is started for one process. What it is made of is loaded when it is. */
import type { AggregationTemporalitySelector, MetricProducer } from '@opentelemetry/sdk-metrics'
import type { Logger } from '../src/ports/logger.js'
import type { AskedTelemetry } from './asked.js'
import type { TraceFile } from './file-exporter.js'
import type { LiveSampler } from './sampler.js'

export interface SdkSettings {
  readonly asked: AskedTelemetry
  /** Where the environment does not say otherwise. */
  readonly service: { readonly name: string; readonly version: string }
  /** Gets all traces, whatever is asked for. */
  readonly traceFile?: TraceFile | undefined
  /** Decides anew about traces that the caller does not keep. */
  readonly ignoreRemoteUnsampled: boolean
  /** Makes what one exporter of metrics is to read, beside what is recorded by instruments. */
  metricProducers(temporality: AggregationTemporalitySelector): MetricProducer[]
  /** Told of what is wrong with the settings, and with the exporters. */
  readonly logger: Logger
  /** Shows what the exporter `console` is given: one line, without its end. Not to stdout. */
  print(line: string): void
}

/** Spans, log records, and exports of all metrics. */
export interface Undelivered {
  readonly traces: number
  readonly metrics: number
  readonly logs: number
}

export interface Sdk {
  /** The program had started one by itself, which is used as it is. */
  readonly isForeign: boolean
  /** Of ours: whether anything gets this. */
  readonly signals: Readonly<Record<'traces' | 'metrics' | 'logs', boolean>>
  /** Undefined where no traces are made, or another one samples them. */
  readonly sampler: LiveSampler | undefined
  /** Takes a line of our log, as JSON and with its secrets removed. Never throws. */
  readonly log: ((line: string) => void) | undefined
  /** What will never be delivered, so far. What has two exporters counts for each. */
  dropped(): Undelivered
  /**
   * Delivers what there is. Never rejects. At the deadline it gives up, though OpenTelemetry goes on to try in the
   * background: for up to ten seconds, in which it keeps the process alive. So the process is to be ended after it. Who
   * calls it again waits for the same, with a deadline of its own.
   *
   * @param deadlineMs - longest time it takes, in milliseconds
   * @returns what was not delivered since the start, including what may still be on its way
   */
  close(deadlineMs: number): Promise<Undelivered>
}

/** Takes some 170 ms when it is called for the first time. Does not reject for settings that are wrong: they are logged. */
export const startSdk = async (settings: SdkSettings): Promise<Sdk> =>
  (await import('./start-sdk.js')).start(settings)
