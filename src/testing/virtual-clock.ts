/** A clock that moves only when told to: the timers of a frame run, promises settle, and the next frame comes. */
import type { Clock, Timer } from '../ports/clock.js'
import { whenSettled } from './settle.js'
import { type Entry, timerQueue } from './timer-queue.js'

const longestFrame = 100_000 // rounds of timers that arm each other for the same frame
const longestTailMs = 3_600_000
const longestTailFrames = 100_000

/**
 * A {@link Clock} in virtual time. It starts at 0; a frame is one millisecond. In each frame that has timers
 * they run in the order (time, insertion); then promises, ticks and immediates run until none is left, so that async
 * code settles within the frame; timers armed meanwhile for the same frame run in another such round. Real input and
 * output is not waited for.
 *
 * What moves the clock rejects with what a timer throws (the timers left stay armed), and with an error that
 * names the pending timers when a frame does not end (100,000 rounds). It must not be called again while it runs.
 */
export interface VirtualClock extends Clock {
  /** Milliseconds since the clock was made: a whole number. */
  now(): number
  /**
   * @param delayMs - rounded up to whole milliseconds; 0 is this frame, `Infinity` never
   * @param label - names the timer in errors
   */
  setTimer(task: () => void, delayMs: number, label?: string): Timer
  /** How many timers are armed. */
  readonly pending: number
  /** Moves the clock by `durationMs`; 0 runs what is left of this frame. */
  advance(durationMs: number): Promise<void>
  /** Moves the clock to `timeMs`, all frames up to it included. */
  runUntil(timeMs: number): Promise<void>
  /**
   * Moves the clock until no timer is armed. Rejects, and names them, when there are still some one hour or
   * 100,000 frames after `expectedEndMs`.
   *
   * @param expectedEndMs - in milliseconds on this clock; its present time if that is later
   */
  runAll(expectedEndMs?: number): Promise<void>
  /** Disarms every timer, for good: later ones never run. */
  close(): void
}

export const virtualClock = (): VirtualClock => {
  const queue = timerQueue()
  let time = 0
  let round = 0 // of this frame
  let isRunning = false
  let isClosed = false

  /** One round of the timers that are due, in the next frame when this one is over; false when time stops here. */
  const step = (goesOn: (nextMs: number) => boolean): boolean => {
    const nextMs = queue.nextMs()
    if (nextMs > time) {
      if (!goesOn(nextMs)) return false
      time = nextMs
      round = 0
    }
    round += 1
    if (round > longestFrame) {
      throw new Error(`frame ${time} does not end, timers arm each other: ${queue.describe()}`)
    }
    for (const entry of queue.at(time)) {
      if (queue.remove(entry)) entry.task() // unless another one has cleared it
    }
    return true
  }

  const run = async (goesOn: (nextMs: number) => boolean): Promise<void> => {
    if (isRunning) throw new TypeError('the clock is already moving: await that first')
    isRunning = true
    round = 0
    const steps = (done: () => void, failed: (error: unknown) => void) =>
      whenSettled(() => {
        try {
          if (step(goesOn)) steps(done, failed)
          else done()
        } catch (error) {
          failed(error)
        }
      }, failed)
    try {
      await new Promise<void>(steps)
    } finally {
      isRunning = false
    }
  }

  const runUntil = async (timeMs: number): Promise<void> => {
    if (!(timeMs >= time && timeMs < Infinity)) {
      throw new RangeError(`cannot run from frame ${time} to ${timeMs}`)
    }
    await run((nextMs) => nextMs <= timeMs)
    time = Math.max(time, Math.floor(timeMs))
  }

  const runAll = async (expectedEndMs = 0): Promise<void> => {
    const endMs = Math.max(expectedEndMs, time)
    let lateFrames = 0
    await run((nextMs) => {
      if (nextMs > endMs) lateFrames += 1
      if (lateFrames <= longestTailFrames && nextMs - endMs <= longestTailMs) return true
      if (queue.size === 0) return false
      throw new Error(
        `timers are still armed at frame ${time}, long after ${endMs}: ${queue.describe()}. ` +
          "End what recurs for ever, or unsubscribe from it: '^ 5s !'",
      )
    })
  }

  return {
    now: () => time,
    setTimer: (task, delayMs, label = `setTimer ${task.name}`.trim()) => {
      if (Number.isNaN(delayMs)) throw new TypeError('delayMs is not a number')
      const timeMs = time + Math.max(0, Math.ceil(delayMs))
      const entry: Entry = { timeMs, label, task }
      if (Number.isFinite(timeMs) && !isClosed) queue.add(entry)
      return entry
    },
    clearTimer: (timer) => {
      if (timer) queue.remove(timer as Entry)
    },
    get pending() {
      return queue.size
    },
    advance: (durationMs) => runUntil(time + durationMs),
    runUntil,
    runAll,
    close: () => {
      isClosed = true
      queue.clear()
    },
  }
}
