/** Contexts of OpenTelemetry as headers beside the params, by whatever propagators are registered. */
import { type Context, propagation, ROOT_CONTEXT, type TextMapGetter } from '@opentelemetry/api'
import type { TraceHeaders } from '../src/ports/telemetry.js'
import { placeOf } from '../src/protocol/meta.js'

/** Callers may send anything there. */
const getter: TextMapGetter<object> = {
  keys: Object.keys,
  get: (headers, key) => {
    const value = Object.hasOwn(headers, key) ? headers[key as keyof typeof headers] : undefined
    return typeof value === 'string' ? value : undefined
  },
}

/** Propagators are anybody's. One that throws finds nothing, and says nothing: no call fails by its headers. */
const quietly = <T>(work: () => T, otherwise: T): T => {
  try {
    return work()
  } catch {
    return otherwise
  }
}

/** @param headers - and perhaps more */
export const contextOf = (headers: object): Context =>
  quietly(() => propagation.extract(ROOT_CONTEXT, headers, getter), ROOT_CONTEXT)

export const headersOf = (context: Context): TraceHeaders => {
  const headers = {}
  quietly(() => propagation.inject(context, headers), undefined)
  return headers
}

/** The last bit of the flags is that of traces which are kept. */
const evenDigits = '02468ace'

/** Whether a caller says that its trace is not kept. False for what is no `traceparent`, or one of a later version. */
export const isUnsampled = (traceparent: unknown): boolean =>
  typeof traceparent === 'string' &&
  evenDigits.includes(traceparent.slice(-1)) && // first, as it tells nearly all that are kept
  traceparent.startsWith('00-') &&
  placeOf(traceparent) !== undefined
