/** To say what a collector has not got, a test must know that nothing more is under way. */
import { randomBytes } from 'node:crypto'
import type { Collector } from './collector.js'

/** Resolves when all spans that it had taken before can be read. */
export const settled = async (collector: Collector): Promise<void> => {
  const traceId = randomBytes(16).toString('hex')
  const span = { traceId, spanId: traceId.slice(16), name: 'the last one', kind: 1 }
  const request = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
  const { ok } = await fetch(`${collector.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  })
  if (!ok) throw new Error('The collector takes no spans')
  await collector.traces((all) => all.some((it) => it.traceId === traceId))
}
