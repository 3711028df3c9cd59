/** Observables that play a marble diagram on a virtual clock and keep a log of their subscriptions. */
import { Observable, type ObservableNotification, type Observer, Subject } from 'rxjs'
import { type Moment, parseMoments, type SubscriptionLog, type Values } from './marble-syntax.js'
import type { VirtualClock } from './virtual-clock.js'

/** An Observable with the frames at which each of its subscribers came and went. */
export interface TestObservable<T> extends Observable<T> {
  readonly subscriptions: readonly SubscriptionLog[]
}

const deliver = (
  notification: ObservableNotification<unknown>,
  observer: Observer<never>,
): void => {
  if (notification.kind === 'N') observer.next(notification.value as never)
  else if (notification.kind === 'E') observer.error(notification.error)
  else observer.complete()
}

const play = (
  moments: readonly Moment[],
  fromMs: number,
  clock: VirtualClock,
  observer: Observer<never>,
) => {
  const timers = moments.map(({ frame, notification }) =>
    clock.setTimer(() => deliver(notification, observer), fromMs + frame - clock.now(), 'marble'),
  )
  return () => {
    for (const timer of timers) clock.clearTimer(timer)
  }
}

const logged = <T>(source: Observable<T>, clock: VirtualClock): TestObservable<T> => {
  const subscriptions: { subscribedFrame: number; unsubscribedFrame: number }[] = []
  const observable = new Observable<T>((subscriber) => {
    const log = { subscribedFrame: clock.now(), unsubscribedFrame: Infinity }
    subscriptions.push(log)
    subscriber.add(() => {
      log.unsubscribedFrame = clock.now()
    })
    return source.subscribe(subscriber)
  })
  return Object.assign(observable, { subscriptions })
}

/** Plays the diagram to each subscriber, from the frame it subscribes in. */
export const coldObservable = <T>(
  clock: VirtualClock,
  marbles: string,
  values?: Values<T>,
  error?: unknown,
): TestObservable<T> => {
  if (marbles.includes('^')) throw new TypeError(`marbles '${marbles}': a cold one has no '^'`)
  const moments = parseMoments(marbles, values, error)
  return logged(
    new Observable<T>((subscriber) => play(moments, clock.now(), clock, subscriber)),
    clock,
  )
}

/**
 * Plays the diagram once, with its `^` (or else its start) at frame 0 of the clock. What lies before the present
 * frame comes at once, so that only those who have subscribed before time began see it.
 */
export const hotObservable = <T>(
  clock: VirtualClock,
  marbles: string,
  values?: Values<T>,
  error?: unknown,
): TestObservable<T> => {
  const moments = parseMoments(marbles, values, error)
  const subject = new Subject<T>()
  const begin = () => {
    const future = moments.filter(({ frame }) => frame >= clock.now())
    for (const past of moments) if (past.frame < clock.now()) deliver(past.notification, subject)
    play(future, 0, clock, subject)
  }
  clock.setTimer(begin, 0, 'hot')
  return logged(subject.asObservable(), clock)
}
