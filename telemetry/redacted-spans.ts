/** Messages of errors on spans, without the secrets that the log would not show either: those of a library may hold any. */
import type { Attributes, SpanStatus, SpanStatusCode } from '@opentelemetry/api'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { type Logger, unredacted } from '../src/ports/logger.js'
import { redacted } from '../src/ports/redacted.js'
import { attribute } from './names.js'

/** As `recordException` names it. */
const exceptionEvent = 'exception'

/** Stands before all processors that hand spans on. */
export const redactedSpans = (logger: Logger): SpanProcessor => {
  const statusOf = (code: SpanStatusCode, message: string): SpanStatus => ({
    code,
    ...redacted({ message }, logger, { message: unredacted }),
  })
  const attributesOf = (attributes: Attributes): Attributes =>
    redacted(attributes, logger, { [attribute.exceptionMessage]: unredacted })
  return {
    onStart() {},
    onEnd(span) {
      const { code, message } = span.status
      if (message) Object.assign(span, { status: statusOf(code, message) })
      for (const event of span.events) {
        const { name, attributes } = event
        if (name === exceptionEvent && attributes) event.attributes = attributesOf(attributes)
      }
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}
