/** Marble tests on a virtual clock: RxJS's TestScheduler, but promises take part and nothing passes by accident. */
import { Subscription } from 'rxjs'
import { callSite } from './call-site.js'
import { type Expectations, expectations } from './expectations.js'
import { parseMarks, type Values } from './marble-syntax.js'
import { recorder } from './recorder.js'
import { coldObservable, hotObservable, type TestObservable } from './test-observables.js'
import { watchUnhandled } from './unhandled.js'
import { type VirtualClock, virtualClock } from './virtual-clock.js'
import { installGlobals } from './virtual-globals.js'
import { watchdog } from './watchdog.js'

/** What a marble test is written with. Frames are milliseconds of `clock`. */
export interface MarbleHelpers {
  /** Behind the global timers and `Date`, too. It starts when the body has ended, unless the body moves it. */
  readonly clock: VirtualClock
  /** Plays the diagram to each subscriber. A letter is its own value, unless `values` are given. */
  cold<T = string>(marbles: string, values?: Values<T>, error?: unknown): TestObservable<T>
  /** Plays the diagram once; its `^` is frame 0. */
  hot<T = string>(marbles: string, values?: Values<T>, error?: unknown): TestObservable<T>
  /** Subscribes at frame 0 and never unsubscribes, or as `subscription` says: `'--^----!'`. */
  readonly expectObservable: Expectations['expectObservable']
  /** Of a cold or hot one's `subscriptions`. */
  readonly expectSubscriptions: Expectations['expectSubscriptions']
  /** The frame of the `|`. */
  time(marbles: string): number
}

export interface MarbleOptions {
  /** How long the whole test may take in real time, in milliseconds: 10,000 by default. */
  readonly realTimeoutMs?: number
}

/** The body of a test; uvu's context or a `TestContext` of `node:test` gives it its name in errors. */
export type MarbleTest = (context?: unknown) => Promise<void>

const nameOf = (context: unknown): string => {
  const { __test__: uvu, name = uvu } = Object(context) as { __test__?: string; name?: string }
  return typeof name === 'string' ? `'${name}' ` : ''
}

const timeOf = (marbles: string): number => {
  const end = parseMarks(marbles).find(({ symbol }) => symbol === '|')
  if (!end) throw new TypeError(`marbles '${marbles}': a time ends with '|'`)
  return end.frame
}

/** They replace globals, so each waits for the one before, also for one that its runner has given up. */
let running: Promise<unknown> = Promise.resolve()

/**
 * Makes a test of marble diagrams; see {@link MarbleHelpers}. The body runs first, then virtual time runs until no
 * timer is armed, then the expectations are compared.
 *
 * The test fails with an expectation that does not hold, without any expectation, with an error that nobody handles
 * (rejections and what RxJS reports included), when timers are still armed an hour of virtual time or 100,000 frames
 * after the last frame that an expectation names (a source that recurs for ever wants an unsubscription: `'^ 5s !'`),
 * and when real time runs out.
 */
export const marbles = (
  body: (helpers: MarbleHelpers) => void | Promise<void>,
  { realTimeoutMs = 10_000 }: MarbleOptions = {},
): MarbleTest => {
  const site = callSite(marbles)

  return async (context) => {
    const before = running
    let done = () => {}
    running = new Promise<void>((resolve) => {
      done = resolve
    })
    await before
    const clock = virtualClock()
    const { record, open } = recorder(clock)
    const { expectObservable, expectSubscriptions, lastFrame, verify } = expectations({
      record,
      open,
    })
    const unhandled = watchUnhandled()
    let waitsFor = 'its body, but virtual time moves only by clock.advance() until that has ended'
    const dog = watchdog(realTimeoutMs, () => {
      const name = `the marble test ${nameOf(context)}(${site().place})`
      return `${name} still waits after ${realTimeoutMs} ms of real time for ${waitsFor}`
    })
    const cleanup = new Subscription() // runs in this order, all of it even if some of it throws
    cleanup.add(open)
    cleanup.add(clock.close)
    cleanup.add(installGlobals(clock))
    cleanup.add(unhandled.stop)
    cleanup.add(dog.stop)
    cleanup.add(done)

    const run = async () => {
      await body({
        clock,
        cold: (diagram, values, error) => coldObservable(clock, diagram, values, error),
        hot: (diagram, values, error) => hotObservable(clock, diagram, values, error),
        expectObservable,
        expectSubscriptions,
        time: timeOf,
      })
      waitsFor = 'virtual time to end'
      await clock.runAll(lastFrame())
      unhandled.rethrow()
      verify()
    }
    try {
      await Promise.race([run(), dog.barked])
    } catch (error) {
      unhandled.rethrow() // the likelier cause
      throw error
    } finally {
      cleanup.unsubscribe()
    }
  }
}
