/** Whether telemetry is wanted, and of what. Loads nothing of OpenTelemetry: most engines are asked for none. */

export type Environment = Readonly<Record<string, string | undefined>>

/** Names of the exporters of each signal, as `OTEL_{TRACES,METRICS,LOGS}_EXPORTER` have them. */
export interface AskedTelemetry {
  readonly traces: readonly string[]
  readonly metrics: readonly string[]
  readonly logs: readonly string[]
}

/**
 * By itself OpenTelemetry would send everything to port 4318 of this machine. Here nothing is sent that is not asked
 * for; and log records, which may tell more than figures do, only when they are asked for by name.
 *
 * @param hasTraceFile - traces are written to a file, which alone is no reason to send them anywhere
 * @returns undefined when there is nothing to do
 */
export const askedTelemetry = (
  env: Environment,
  hasTraceFile: boolean,
): AskedTelemetry | undefined => {
  if (variable(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined
  const isSent = variable(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') !== undefined
  const exporters = (signal: string, isImplied: boolean): readonly string[] => {
    const listed = listOf(env, `OTEL_${signal}_EXPORTER`)
    if (listed.length > 0) return listed.includes('none') ? [] : listed
    const hasEndpoint = variable(env, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) !== undefined
    return hasEndpoint || isImplied ? ['otlp'] : []
  }
  const asked = {
    traces: exporters('TRACES', isSent),
    metrics: exporters('METRICS', isSent),
    logs: exporters('LOGS', false),
  }
  const count = asked.traces.length + asked.metrics.length + asked.logs.length
  return count > 0 || hasTraceFile ? asked : undefined
}

/** A variable that is empty counts as not set, as OpenTelemetry has it. */
export const variable = (env: Environment, name: string): string | undefined =>
  env[name]?.trim() || undefined

/** Each once. */
export const listOf = (env: Environment, name: string): readonly string[] => {
  const items = (env[name] ?? '').split(',').map((item) => item.trim())
  return [...new Set(items.filter((item) => item !== ''))]
}

/** What has been registered with `@opentelemetry/api`, by whichever of its copies. */
export interface Registered {
  readonly version: string
  readonly trace?: unknown
  readonly metrics?: unknown
}

/** Undefined when no program part has registered anything. */
export const registered = (): Registered | undefined =>
  (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')] as
    | Registered
    | undefined
