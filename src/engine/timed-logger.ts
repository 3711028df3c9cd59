/** A logger that times work. */
import type { Clock } from '../ports/clock.js'
import type { Logger, TimedLogger } from '../ports/logger.js'

/** @param log - its functions are taken as they are: they must work without it */
export const timedLogger = (log: Logger, clock: Clock): TimedLogger => {
  const { trace, debug, info, warn, error, fatal, setLevel, redact } = log // a spread would take thrice as long
  return {
    trace,
    debug,
    info,
    warn,
    error,
    fatal,
    setLevel,
    redact,
    child: (facts) => timedLogger(log.child(facts), clock),
    timed: (name, work) => {
      const startedAt = clock.now()
      return following(work, (outcome) => {
        const durationMs = roundMs(clock.now() - startedAt)
        info({ timed: name, durationMs, outcome }, 'timed')
      })
    },
  }
}

/** Does some work, and tells how it ended before anybody else gets to know. */
const following = <T>(work: () => T, tell: (outcome: 'ok' | 'failed') => void): T => {
  const succeed = <V>(value: V): V => {
    tell('ok')
    return value
  }
  const fail = (thrown: unknown): never => {
    tell('failed')
    throw thrown
  }
  let made: T
  try {
    made = work()
  } catch (thrown) {
    return fail(thrown)
  }
  return isThenable(made) ? (made.then(succeed, fail) as T) : succeed(made)
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { then?: unknown }).then === 'function'

/** To whole microseconds. */
export const roundMs = (ms: number): number => Math.round(ms * 1000) / 1000
