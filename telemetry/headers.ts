/** Contexts of OpenTelemetry as headers beside the params, by whatever propagators are registered. */
import { type Context, propagation, ROOT_CONTEXT, type TextMapGetter } from '@opentelemetry/api'
import type { TraceHeaders } from '../src/ports/telemetry.js'

type Carrier = Readonly<Record<string, unknown>>

/** Callers may send anything there. */
const getter: TextMapGetter<Carrier> = {
  keys: Object.keys,
  get: (carrier, key) => {
    const value = Object.hasOwn(carrier, key) ? carrier[key] : undefined
    return typeof value === 'string' ? value : undefined
  },
}

export const contextOf = (headers: Carrier): Context =>
  propagation.extract(ROOT_CONTEXT, headers, getter)

export const headersOf = (context: Context): TraceHeaders => {
  const headers = {}
  propagation.inject(context, headers)
  return headers
}

const traceparentForm = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]([\da-f])$/

/** Whether a caller says that its trace is not kept. False for what is no `traceparent`, or one of a later version. */
export const isUnsampled = (traceparent: unknown): boolean => {
  if (typeof traceparent !== 'string') return false
  const digit = traceparentForm.exec(traceparent)?.[1]
  return digit !== undefined && (Number.parseInt(digit, 16) & 1) === 0
}
