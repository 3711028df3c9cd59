/** What the lifecycle's reducer asks for, done. */
import type { Effect, LifecycleEvent, Step } from './lifecycle.js'
import type { Parts } from './parts.js'
import type { Ending } from './running-engine.js'

/**
 * @param actions - `tell` the lifecycle, build the pipelines anew, end for good
 * @returns what takes each step of the lifecycle
 */
export const effects = (
  { runtime, stopping, intake, changes$, shutdown }: Parts,
  actions: {
    readonly tell: (event: LifecycleEvent) => void
    /** As SIGHUP asks for. */
    readonly reload: () => void
    readonly exit: (ending: Ending) => void
  },
): ((step: Step) => void) => {
  const perform = (effect: Effect, reason: string): void => {
    switch (effect.type) {
      case 'reload':
        return actions.reload()
      case 'end-input':
        return actions.tell({ type: 'input-ended' })
      case 'await-calls':
        runtime.log.info(
          { open: runtime.ledger.size },
          'The input has ended; open calls wait for the start',
        )
        return shutdown.awaitCalls()
      case 'drain':
        return shutdown.drain(effect.graceMs)
      case 'abort-calls':
        return shutdown.abortCalls()
      case 'finish':
        return shutdown.finish(effect.lastWord, effect.haste)
      case 'exit':
        return actions.exit({ exitCode: effect.code, reason })
    }
  }
  return ([{ phase, reason }, ...rest]) => {
    const from = runtime.phase
    if (phase !== from) {
      runtime.log.info({ from, to: phase, reason }, `engine ${phase}`)
      if (phase === 'draining' || phase === 'failed') stopping.abort()
      runtime.enter(phase)
      changes$.next({ from, to: phase, reason })
      if (stopping.signal.aborted) intake.stop()
    }
    for (const effect of rest) perform(effect, reason)
  }
}
