/** By which a process that is started knows in which trace that is done. */
import type { Telemetry } from '../ports/telemetry.js'

export const startVariables = ({ scope }: Telemetry): Readonly<Record<string, string>> => {
  const { traceparent, tracestate, baggage } = scope?.().headers ?? {}
  return {
    ...(traceparent !== undefined && { TRACEPARENT: traceparent }),
    ...(tracestate !== undefined && { TRACESTATE: tracestate }),
    ...(baggage !== undefined && { BAGGAGE: baggage }),
  }
}
