/** What the peer asked to be told of: nothing is sent unasked. */

import * as t from 'io-ts'
import { filter, type Observable, Subscription } from 'rxjs'
import { type LogFacts, type Logger, type LogLevel, logLevels, withFacts } from '../ports/logger.js'
import type { HealthSnapshot } from './health.js'

/** Fastest that health is told, in milliseconds. */
const fastestMs = 10

export const level = () =>
  t.keyof(Object.fromEntries(logLevels.map((name) => [name, null])) as Record<LogLevel, null>)

export const subscribeParams = () =>
  t.exact(
    t.partial({
      state: t.boolean,
      health: t.strict({ everyMs: t.number }),
      log: t.strict({ level: level() }),
    }),
  )

export type SubscribeParams = t.TypeOf<ReturnType<typeof subscribeParams>>

export interface StateChange {
  readonly from: string
  readonly to: string
  readonly reason: string
}

export class Subscriptions {
  private readonly notify: (method: string, params: unknown) => void
  private readonly changes$: Observable<StateChange>
  private readonly ticks: (everyMs: number) => Observable<HealthSnapshot>
  private readonly isSlow: () => boolean
  private missed = 0
  private current = new Subscription()
  private logLevel = Number.POSITIVE_INFINITY

  constructor(parts: {
    notify: (method: string, params: unknown) => void
    changes$: Observable<StateChange>
    ticks: (everyMs: number) => Observable<HealthSnapshot>
    /** Much that has been written is not read yet. */
    isSlow: () => boolean
  }) {
    this.notify = parts.notify
    this.isSlow = parts.isSlow
    this.changes$ = parts.changes$
    this.ticks = parts.ticks
  }

  /** Takes the place of what was subscribed before. */
  subscribe({ state, health, log }: SubscribeParams): void {
    this.unsubscribe()
    const tell = (method: string) => (params: unknown) => this.notify(method, params)
    if (state === true) this.current.add(this.changes$.subscribe(tell('engine.stateChanged')))
    if (health !== undefined) {
      const ticks$ = this.ticks(Math.max(fastestMs, health.everyMs)).pipe(
        filter(() => !this.isSlow()),
      )
      this.current.add(ticks$.subscribe(tell('health.tick')))
    }
    if (log !== undefined) this.logLevel = logLevels.indexOf(log.level)
  }

  unsubscribe(): void {
    this.current.unsubscribe()
    this.current = new Subscription()
    this.logLevel = Number.POSITIVE_INFINITY
  }

  /** The same log, told to the peer too from the level it asked for. It never throws, even if that one does. */
  tap(log: Logger, bound: LogFacts = {}): Logger {
    const record = (level: LogLevel) => (facts: LogFacts, message: string) => {
      try {
        log[level](facts, message)
        if (logLevels.indexOf(level) >= this.logLevel)
          this.tell(level, withFacts(bound, facts), message)
      } catch {}
    }
    return {
      trace: record('trace'),
      debug: record('debug'),
      info: record('info'),
      warn: record('warn'),
      error: record('error'),
      fatal: record('fatal'),
      child: (facts) => this.tap(log.child(facts), withFacts(bound, facts)),
      setLevel: (level) => log.setLevel(level),
    }
  }

  /** A peer that reads too slowly is told how many records it has missed, with the next one. */
  private tell(level: LogLevel, { err, ...facts }: LogFacts, message: string): void {
    if (this.isSlow()) {
      this.missed += 1
      return
    }
    const missed = this.missed === 0 ? {} : { missed: this.missed }
    this.missed = 0
    try {
      const error =
        err === undefined ? {} : { error: err instanceof Error ? err.message : String(err) }
      this.notify('log.message', { ...facts, ...error, ...missed, level, message })
    } catch {
      this.notify('log.message', { level, message }) // facts that cannot be printed
    }
  }
}
