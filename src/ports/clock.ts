/** Time as a value: everything that waits takes a Clock, so that tests can run it in virtual time. */

/** What {@link Clock.setTimer} returns and {@link Clock.clearTimer} takes. */
export type Timer = unknown

export interface Clock {
  /** Milliseconds on a monotonic scale of the clock's own; only differences mean anything. */
  now(): number
  /** Calls `task` once, `delayMs` from now or later, never earlier. A timer alone does not keep the process alive. */
  setTimer(task: () => void, delayMs: number): Timer
  clearTimer(timer: Timer): void
}

/** Longest delay that `setTimeout` honours; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1

export const realClock: Clock = {
  // `performance.now()` would load Node's whole performance API, a good half of a millisecond of an engine's start.
  now() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  },
  setTimer: (task, delayMs) =>
    setTimeout(task, Math.min(Math.ceil(delayMs), longestDelayMs)).unref(),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
