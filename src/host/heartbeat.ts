/** What an engine's watching thread tells its host, apart from all messages. */
import * as t from 'io-ts'
import type { WatchLine } from '../ports/child.js'
import type { Clock } from '../ports/clock.js'
import { lines } from './lines.js'

const Beat = t.type({ blockedMs: t.number })
const Report = t.type({
  report: t.intersection([
    t.type({ blockedMs: t.number }),
    t.partial({ stack: t.array(t.string) }),
  ]),
})

export interface HangReport {
  /** For how long the event loop has not answered, in milliseconds. */
  readonly blockedMs: number
  /** Where its JavaScript is; undefined when none runs: it waits in native code, or for a lock. */
  readonly stack?: readonly string[]
}

/** Longest wait for a report, in milliseconds. The thread itself gives up after one second. */
const reportMs = 1500

export class Heartbeat {
  /** By the clock; undefined for an engine that has no watching thread, or not yet. */
  lastAt: number | undefined
  /** As the last beat told, in milliseconds. */
  blockedMs = 0
  private readonly line: WatchLine
  private readonly clock: Clock
  private waiting: ((report: HangReport | undefined) => void)[] = []

  /** @param onBeat - called with each beat */
  constructor(line: WatchLine, clock: Clock, onBeat: () => void) {
    this.line = line
    this.clock = clock
    line.input$.pipe(lines()).subscribe((text) => {
      const value = parsed(text)
      if (Report.is(value)) this.answer(value.report)
      else if (Beat.is(value)) {
        this.lastAt = clock.now()
        this.blockedMs = value.blockedMs
        onBeat()
      }
    })
  }

  /** Asks where the main thread is. Never rejects; undefined when no answer comes. */
  report(): Promise<HangReport | undefined> {
    if (this.lastAt === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(() => resolve(undefined), reportMs)
      this.waiting.push((report) => {
        this.clock.clearTimer(timer)
        resolve(report)
      })
      this.line.write('report\n')
    })
  }

  private answer(report: HangReport): void {
    const { waiting } = this
    this.waiting = []
    for (const tell of waiting) tell(report)
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
