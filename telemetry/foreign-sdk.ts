/** An SDK that the program has started by itself. */
import { metrics, trace } from '@opentelemetry/api'
import type { Sdk } from './sdk.js'
import { within } from './within.js'

const nothing = { traces: 0, metrics: 0, logs: 0 }

/** It is used as it is, and flushed at the end. What it loses is not known. */
export const foreignSdk = (): Sdk => ({
  isForeign: true,
  signals: { traces: false, metrics: false, logs: false },
  sampler: undefined,
  log: undefined,
  dropped: () => nothing,
  close: async (deadlineMs) => {
    const providers = [trace.getTracerProvider(), metrics.getMeterProvider()].map(behindProxy)
    await within(
      deadlineMs,
      providers.map(async (provider) => provider.forceFlush?.()),
    )
    return nothing
  },
})

/** A proxy stands before the provider of tracers. */
interface Provider {
  getDelegate?(): Provider
  forceFlush?(): Promise<void>
}

const behindProxy = (provider: object): Provider => {
  const found = provider as Provider
  return found.getDelegate?.() ?? found
}
