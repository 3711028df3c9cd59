/** Subscribes to Observables at given frames of a virtual clock and writes down what they emit. */
import { type Observable, Subscription } from 'rxjs'
import type { Moment, SubscriptionLog } from './marble-syntax.js'
import type { VirtualClock } from './virtual-clock.js'

export interface Recorder {
  /** @returns the list that fills while time runs; values are kept by reference */
  record(source: Observable<unknown>, during: SubscriptionLog): readonly Moment[]
  /** What is still subscribed, or will be. */
  readonly open: Subscription
}

export const recorder = (clock: VirtualClock): Recorder => {
  const open = new Subscription()

  const subscribeTo = (source: Observable<unknown>, moments: Moment[]): Subscription => {
    const add = (notification: Moment['notification']) =>
      moments.push({ frame: clock.now(), notification })
    return source.subscribe({
      next: (value) => add({ kind: 'N', value }),
      error: (error) => add({ kind: 'E', error }),
      complete: () => add({ kind: 'C' }),
    })
  }

  return {
    record: (source, { subscribedFrame, unsubscribedFrame }) => {
      const moments: Moment[] = []
      const subscription = new Subscription()
      const at = (frame: number, task: () => void) =>
        clock.setTimer(task, frame - clock.now(), 'expectObservable')
      at(Number.isFinite(subscribedFrame) ? subscribedFrame : 0, () =>
        subscription.add(subscribeTo(source, moments)),
      )
      at(unsubscribedFrame, () => subscription.unsubscribe())
      open.add(subscription)
      return moments
    },
    open,
  }
}
