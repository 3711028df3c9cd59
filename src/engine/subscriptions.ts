/** What the peer asked to be told of: nothing is sent unasked. */

import * as t from 'io-ts'
import { filter, type Observable, Subscription } from 'rxjs'
import type { ConfigChange } from '../ports/config.js'
import {
  asRecord,
  type LogFacts,
  type Logger,
  type LogLevel,
  levelRanks,
  logLevels,
  unredacted,
  withFacts,
} from '../ports/logger.js'
import { redactedJson } from '../ports/redacted.js'
import type { HealthSnapshot } from './health.js'

/** Fastest that health is told, in milliseconds. */
const fastestMs = 10

export const names = <const N extends string>(all: readonly N[]) =>
  t.keyof(Object.fromEntries(all.map((name) => [name, null])) as Record<N, null>)

export const level = () => names(logLevels)

export const subscribeParams = () =>
  t.exact(
    t.partial({
      state: t.boolean,
      config: t.boolean,
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
  private readonly configChanges$: Observable<ConfigChange>
  private readonly ticks: (everyMs: number) => Observable<HealthSnapshot>
  private readonly isSlow: () => boolean
  private missed = 0
  private current = new Subscription()
  private logLevel = Number.POSITIVE_INFINITY

  constructor(parts: {
    notify: (method: string, params: unknown) => void
    changes$: Observable<StateChange>
    configChanges$: Observable<ConfigChange>
    ticks: (everyMs: number) => Observable<HealthSnapshot>
    /** Much that has been written is not read yet. */
    isSlow: () => boolean
  }) {
    this.notify = parts.notify
    this.isSlow = parts.isSlow
    this.changes$ = parts.changes$
    this.configChanges$ = parts.configChanges$
    this.ticks = parts.ticks
  }

  /** Takes the place of what was subscribed before. */
  subscribe({ state, health, log, config }: SubscribeParams): void {
    this.unsubscribe()
    const tell = (method: string) => (params: unknown) => this.notify(method, params)
    if (state === true) this.current.add(this.changes$.subscribe(tell('engine.stateChanged')))
    if (config === true) this.current.add(this.configChanges$.subscribe(tell('config.changed')))
    if (health !== undefined) {
      const ticks$ = this.ticks(Math.max(fastestMs, health.everyMs)).pipe(
        filter(() => !this.isSlow()),
      )
      this.current.add(ticks$.subscribe(tell('health.tick')))
    }
    if (log !== undefined) this.logLevel = levelRanks[log.level]
  }

  unsubscribe(): void {
    this.current.unsubscribe()
    this.current = new Subscription()
    this.logLevel = Number.POSITIVE_INFINITY
  }

  /** The same log, told to the peer too from the level it asked for. It never throws, even if that one does. */
  tap(log: Logger, bound: LogFacts = {}): Logger {
    const redact = log.redact?.bind(log)
    const record = (level: LogLevel) => {
      const rank = levelRanks[level]
      return (anyFacts: LogFacts, anyMessage: string) => {
        try {
          const { facts, message } = asRecord(anyFacts, anyMessage)
          log[level](facts, message)
          if (rank >= this.logLevel) this.tell(level, withFacts(bound, facts), message, redact)
        } catch {}
      }
    }
    return {
      trace: record('trace'),
      debug: record('debug'),
      info: record('info'),
      warn: record('warn'),
      error: record('error'),
      fatal: record('fatal'),
      child: (anyFacts) => {
        const { facts } = asRecord(anyFacts, '')
        return this.tap(log.child(facts), withFacts(bound, facts))
      },
      setLevel: (level, module) => log.setLevel(level, module),
      redact,
    }
  }

  /** A peer that reads too slowly is told how many records it has missed, with the next one. */
  private tell(
    level: LogLevel,
    { err, ...facts }: LogFacts,
    message: string,
    redact: Logger['redact'],
  ): void {
    if (this.isSlow()) {
      this.missed += 1
      return
    }
    const instead = { level, message: unredacted }
    const hidden = (record: object): object =>
      redact === undefined ? record : redactedJson(JSON.stringify(record), redact, instead)
    const missed = this.missed === 0 ? {} : { missed: this.missed }
    this.missed = 0
    try {
      const error =
        err === undefined ? {} : { error: err instanceof Error ? err.message : String(err) }
      const record = { ...facts, ...error, ...missed, level, message }
      this.notify('log.message', hidden(record))
    } catch {
      this.notify('log.message', hidden({ level, message })) // facts that cannot be printed
    }
  }
}
