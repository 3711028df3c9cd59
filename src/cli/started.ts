/** Waits for the start of an engine: how it is before says little. */
import { filter, firstValueFrom, fromEvent, map, merge, takeUntil, timer } from 'rxjs'
import type { Client } from '../host/client.js'

interface Waiting {
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** Resolves when the engine has started, is gone, or is still starting at the deadline. */
export const started = async (engine: Client, { deadlineMs, signal }: Waiting): Promise<void> => {
  const states = engine.notifications$.pipe(
    filter(({ method }) => method === 'engine.stateChanged'),
    map(({ params }) => (params as { to: string }).to),
    takeUntil(merge(timer(deadlineMs), fromEvent(signal, 'abort'))),
  )
  const next = firstValueFrom(states, { defaultValue: undefined })
  await engine.request('engine.subscribe', { state: true }, { deadlineMs, signal })
  const status = await engine.request('engine.status', {}, { deadlineMs, signal })
  const { state } = status as { state: string }
  const reached = state === 'starting' ? await next : state
  if (reached === 'failed') await engine.ended
}
