/** Lines of our log as log records of OpenTelemetry. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { LoggerProvider } from '@opentelemetry/sdk-logs'
import { diagnosticsModule } from './diagnostics.js'
import { attribute } from './names.js'

type OtelLogger = ReturnType<LoggerProvider['getLogger']>
type LogRecord = Parameters<OtelLogger['emit']>[0]
type Facts = Readonly<Record<string, unknown>>

/** pino's levels, with the lowest number of their range in OpenTelemetry. */
const severities: Readonly<Record<number, { severityNumber: number; severityText: string }>> = {
  10: { severityNumber: 1, severityText: 'trace' },
  20: { severityNumber: 5, severityText: 'debug' },
  30: { severityNumber: 9, severityText: 'info' },
  40: { severityNumber: 13, severityText: 'warn' },
  50: { severityNumber: 17, severityText: 'error' },
  60: { severityNumber: 21, severityText: 'fatal' },
}

/** @returns takes one line of JSON with its secrets removed; what is none becomes the body of a record. Never throws. */
export const logRecords =
  (logger: OtelLogger) =>
  (line: string): void => {
    const facts = factsOf(line)
    if (facts === undefined) logger.emit({ body: line.trimEnd() })
    else if (facts['module'] !== diagnosticsModule) logger.emit(recordOf(facts))
  }

const factsOf = (line: string): Facts | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Facts) : undefined
  } catch {
    return undefined
  }
}

const recordOf = (facts: Facts): LogRecord => {
  const { level, time, msg, trace_id, span_id, trace_flags, err, ...rest } = facts
  return {
    ...severities[level as number],
    ...lifecycleEvent(facts),
    ...(typeof time === 'number' && { timestamp: new Date(time) }),
    ...(msg !== undefined && { body: String(msg) }),
    attributes: { ...rest, ...exceptionOf(err) } as NonNullable<LogRecord['attributes']>,
    context: contextOf(trace_id, span_id, trace_flags),
  }
}

/** An engine that goes from one state to another is an event, and no span: it may be there for days. */
const lifecycleEvent = ({ from, to, msg }: Facts): { eventName?: string } =>
  from !== undefined && msg === `engine ${to}` ? { eventName: `sidestream.${to}` } : {}

/** What else is known of an error stays under its name. */
const exceptionOf = (err: unknown): Facts => {
  if (err === undefined) return {}
  if (typeof err !== 'object' || err === null) return { [attribute.exceptionMessage]: String(err) }
  const { type, message, stack, ...rest } = err as Facts
  return {
    ...(type !== undefined && { [attribute.exceptionType]: type }),
    ...(message !== undefined && { [attribute.exceptionMessage]: message }),
    ...(stack !== undefined && { [attribute.exceptionStacktrace]: stack }),
    ...(Object.keys(rest).length > 0 && { err: rest }),
  }
}

/** What is active now is another call's, perhaps: lines are written later. */
const contextOf = (traceId: unknown, spanId: unknown, flags: unknown) =>
  typeof traceId === 'string' && typeof spanId === 'string'
    ? trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: Number.parseInt(String(flags ?? '00'), 16) || 0,
      })
    : ROOT_CONTEXT
