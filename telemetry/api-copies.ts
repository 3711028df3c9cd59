/** Copies of `@opentelemetry/api` of different versions do not always find each other: all would be lost, silently. */
import { registered } from './asked.js'

/** The API as one copy of it has it. */
export interface Api {
  readonly trace: { getTracerProvider(): unknown }
  readonly metrics: { getMeterProvider(): unknown }
}

/**
 * A copy does not reach what an older one has registered; and beside a newer one that came first, none is registered.
 *
 * @param parts - what is to be there
 * @returns what is wrong and what to do, or undefined when this copy reaches them
 */
export const unreached = (
  { trace, metrics }: Api,
  parts: readonly ('trace' | 'metrics')[],
): string | undefined => {
  const there = registered()
  const providers = { trace: trace.getTracerProvider(), metrics: metrics.getMeterProvider() }
  if (parts.every((part) => there?.[part] === providers[part])) return undefined
  return `No telemetry is recorded: @opentelemetry/api is there in several versions, one of them ${there?.version}. 'npm ls @opentelemetry/api' shows who has which; install one that fits all`
}
