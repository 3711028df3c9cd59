/** What an engine prints on stderr: read as long as it is a log, counted when it is a flood, and never left unread. */
import { type Observable, Subject } from 'rxjs'
import type { Clock, Timer } from '../ports/clock.js'
import type { Logger } from '../ports/logger.js'
import { ByteTail } from './byte-tail.js'
import { LastLines } from './last-lines.js'
import { LineBudget } from './line-budget.js'
import { LineSplitter } from './line-splitter.js'
import { readRecord } from './log-record.js'

export interface EngineLogOptions {
  /** Default 1,000. */
  readonly linesPerSecond?: number | undefined
  /** Lines at once, after a quiet time. Default 2,000. */
  readonly burstLines?: number | undefined
}

const tailBytes = 65_536
const warnEveryMs = 1000

export class EngineLog {
  /** As they were printed, without those left out; one longer than 8 KiB comes in pieces. Completes at the end. */
  readonly lines$: Observable<string>
  private readonly clock: Clock
  private readonly log: Logger
  private readonly budget: LineBudget
  private readonly splitter = new LineSplitter()
  private readonly lastBytes = new ByteTail(tailBytes)
  private readonly told = new Subject<string>()
  private readonly counts = { bytes: 0, told: 0, dropped: 0 }
  /** Of `dropped`, how many the log knows of. */
  private reported = 0
  private warning: Timer | undefined

  /** @param log - gets each record at the engine's own level; bind what tells one engine from another */
  constructor(clock: Clock, log: Logger, options: EngineLogOptions = {}) {
    const { linesPerSecond = 1000, burstLines = 2000 } = options
    this.lines$ = this.told.asObservable()
    this.clock = clock
    this.log = log
    this.budget = new LineBudget(clock, linesPerSecond, burstLines)
  }

  push(chunk: Uint8Array): void {
    this.counts.bytes += chunk.length
    this.lastBytes.push(chunk)
    this.drop(this.splitter.push(chunk, this.budget.room, this.tell))
  }

  /** Nothing more comes. */
  end(): void {
    this.drop(this.splitter.end(this.budget.room, this.tell))
    this.report()
    this.told.complete()
  }

  get bytes(): number {
    return this.counts.bytes
  }

  /** Those that were left out, too. */
  get lines(): number {
    return this.counts.told + this.counts.dropped
  }

  /** How many lines were left out. */
  get dropped(): number {
    return this.counts.dropped
  }

  /** The last 64 KiB, whether their lines were read or left out. */
  get tail(): string {
    return this.lastBytes.text
  }

  /** The end of the tail, short enough for an error. */
  get lastLines(): readonly string[] {
    const last = new LastLines()
    for (const line of this.tail.split(/[\r\n]+/)) if (line !== '') last.add(line)
    return last.all
  }

  private readonly tell = (line: string): void => {
    this.budget.spend()
    this.counts.told += 1
    this.told.next(line)
    const { level, message, facts, source } = readRecord(line)
    const isBlank = source === 'text' && message.trim() === '' // such as the end of a colour
    if (!isBlank) this.log[level](facts, message)
  }

  private drop(lines: number): void {
    if (lines === 0) return
    this.counts.dropped += lines
    this.warning ??= this.clock.setTimer(() => this.report(), warnEveryMs)
  }

  private report(): void {
    this.clock.clearTimer(this.warning)
    this.warning = undefined
    const dropped = this.dropped - this.reported
    this.reported = this.dropped
    if (dropped === 0) return
    this.log.warn({ dropped }, 'The engine logs faster than it is read; lines were left out')
  }
}
