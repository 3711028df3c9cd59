/** Ends an engine in the politest way that works. Every wait has a deadline. */
import type { Child, ChildEnd } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'

/** Time to answer `engine.shutdown`, in milliseconds. */
export const askMs = 1000
/** Beyond the grace: for the engine's stop hook and its last output. */
const finishMs = 2000
/** How often it is looked whether calls are open, in milliseconds. */
const lookMs = 50
/** From one step to the next. */
const stepMs = 2000

/**
 * Asks it to shut down, ends its input, sends SIGTERM, and at last SIGKILL to all it has started.
 *
 * @param ask - calls `engine.shutdown`; false when there is no such method, or no answer
 * @param isBusy - whether calls are open
 * @param graceMs - how long these may take
 */
export const stop = async (
  child: Child,
  clock: Clock,
  ask: () => Promise<boolean>,
  isBusy: () => boolean,
  graceMs: number,
): Promise<ChildEnd> => {
  const endsWithin = (ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = clock.setTimer(() => resolve(false), ms)
      void child.ended.then(() => {
        clock.clearTimer(timer)
        resolve(true)
      })
    })
  child.kill('SIGCONT') // one that was stopped hears of nothing
  const isDraining = await ask()
  if (isDraining && (await endsWithin(graceMs + finishMs))) return child.ended
  // One that cannot be asked may end in the middle of a call when its input does.
  const until = clock.now() + graceMs
  while (!isDraining && isBusy() && clock.now() < until)
    if (await endsWithin(lookMs)) return child.ended
  void child.transport.end()
  if (await endsWithin(isDraining ? stepMs : Math.max(stepMs, until - clock.now())))
    return child.ended
  child.kill('SIGTERM')
  if (await endsWithin(stepMs)) return child.ended
  child.kill('SIGKILL')
  return child.ended
}
