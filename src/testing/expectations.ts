/** The expectations of one marble test. They are compared when virtual time has ended. */
import type { Observable } from 'rxjs'
import { type CallSite, callSite } from './call-site.js'
import {
  parseMoments,
  parseSubscription,
  type SubscriptionLog,
  type Values,
} from './marble-syntax.js'
import { momentsMismatch, subscriptionsMismatch } from './mismatch.js'
import type { Recorder } from './recorder.js'

/** Compares an Observable's notifications: frame, kind and value, strictly. */
export interface ObservableExpectation<T> {
  /**
   * @param values - for the letters; without them a letter is its own value
   * @param error - what `#` stands for; the string `'error'` by default
   */
  toBe(marbles: string, values?: Values<unknown>, error?: unknown): void
  /** The other one is subscribed and unsubscribed at the same frames. */
  toEqual(other: Observable<T>): void
}

export interface SubscriptionsExpectation {
  /** One diagram per subscription, in their order; one without `^` stands for none. */
  toBe(marbles: string | readonly string[]): void
}

export interface Expectations {
  expectObservable<T>(source: Observable<T>, subscription?: string): ObservableExpectation<T>
  expectSubscriptions(logs: readonly SubscriptionLog[]): SubscriptionsExpectation
  /** The last frame that an expectation names. */
  lastFrame(): number
  /** Throws when an expectation does not hold, or was not finished, or when there is none. */
  verify(): void
}

/** An expectation that does not hold, told in marbles. */
class MarbleMismatch extends Error {
  override readonly name = 'Assertion'
  readonly code = 'ERR_ASSERTION'

  constructor(message: string, { frames }: CallSite) {
    super(message)
    // uvu prints the message and then all of the stack but its first line
    const header = 'UVU_QUEUE' in globalThis ? message.split('\n', 1)[0] : message
    this.stack = `${this.name}: ${header}\n${frames}`
  }
}

interface Check {
  readonly site: () => CallSite
  readonly mismatch: () => string | undefined
}

type Traced = (...args: never[]) => unknown

export const expectations = ({ record }: Recorder): Expectations => {
  const checks: Check[] = []
  const unfinished = new Map<object, () => CallSite>()
  let lastFrame = 0
  const mention = (frame = 0) => {
    if (Number.isFinite(frame)) lastFrame = Math.max(lastFrame, frame)
  }
  const begin = (above: Traced) => {
    const expectation = {}
    unfinished.set(expectation, callSite(above))
    return (finishedIn: Traced, mismatch: Check['mismatch']) => {
      unfinished.delete(expectation)
      checks.push({ site: callSite(finishedIn), mismatch })
    }
  }

  const expectObservable: Expectations['expectObservable'] = (source, subscription = '') => {
    const check = begin(expectObservable)
    const during = parseSubscription(subscription)
    const actual = record(source, during)
    mention(during.subscribedFrame)
    mention(during.unsubscribedFrame)
    const toBe = (marbles: string, values?: Values<unknown>, error?: unknown) => {
      const expected = parseMoments(marbles, values, error)
      mention(expected.at(-1)?.frame)
      check(toBe, () => momentsMismatch(expected, actual, values))
    }
    const toEqual = (other: Observable<unknown>) => {
      const expected = record(other, during)
      check(toEqual, () => momentsMismatch(expected, actual))
    }
    return { toBe, toEqual }
  }

  const expectSubscriptions: Expectations['expectSubscriptions'] = (logs) => {
    const check = begin(expectSubscriptions)
    const toBe = (marbles: string | readonly string[]) => {
      const expected = [marbles]
        .flat()
        .map(parseSubscription)
        .filter(({ subscribedFrame }) => Number.isFinite(subscribedFrame))
      mention(expected.at(-1)?.subscribedFrame)
      mention(expected.at(-1)?.unsubscribedFrame)
      check(toBe, () => subscriptionsMismatch(expected, logs))
    }
    return { toBe }
  }

  const verify = () => {
    const [lost] = unfinished.values()
    if (lost) {
      const { place } = lost()
      throw new MarbleMismatch(`expected nothing of it: .toBe(…) is missing, ${place}`, lost())
    }
    if (checks.length === 0) {
      throw new Error(
        'expected nothing: a marble test needs expectObservable or expectSubscriptions',
      )
    }
    const failed = checks.flatMap(({ site, mismatch }) => {
      const lines = mismatch()
      return lines ? [{ site: site(), message: `marbles differ, ${site().place}\n${lines}` }] : []
    })
    if (failed[0]) {
      throw new MarbleMismatch(failed.map(({ message }) => message).join('\n\n'), failed[0].site)
    }
  }

  return { expectObservable, expectSubscriptions, lastFrame: () => lastFrame, verify }
}
