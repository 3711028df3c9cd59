/** The log of an engine: pino's records, one JSON object a line on stderr, easier to read on a terminal, and perhaps in a file. */

import {
  asRecord,
  type LogFacts,
  type Logger,
  type LogLevel,
  levelRanks,
  withFacts,
} from '../ports/logger.js'
import { LazyOutput } from './lazy-output.js'
import type { LogSettings } from './log-settings.js'

export interface StderrLogger extends Logger {
  /**
   * Puts settings in force for all loggers of this output, at once and as often as wanted. Never throws: with a pattern
   * that is no regular expression, no record is shown.
   *
   * @param secrets - texts to be hidden wherever they stand
   */
  configure(settings: LogSettings, secrets: readonly string[]): void
  /**
   * Joins the log with telemetry.
   *
   * @param activeFacts - what a record that is made now belongs to
   * @param follow - takes each line as JSON, with its secrets removed
   */
  join(
    activeFacts: (() => LogFacts | undefined) | undefined,
    follow: ((line: string) => void) | undefined,
  ): void
  /** Shows a line as it is. */
  print(line: string): void
  /** Lines that nobody has read, so far. */
  readonly dropped: number
  /** Waits, for a second at most, for a slow reader to take what is left. */
  flush(): void
}

/** @param level - lowest level that is written, until it is configured */
export const stderrLogger = (level: LogLevel): StderrLogger =>
  new LazyLogger(new LazyOutput(level), {})

class LazyLogger implements StderrLogger {
  private readonly output: LazyOutput
  private readonly bound: LogFacts
  private readonly module: string | undefined
  /** Rank of the lowest level that is written, as it was at that version of the levels. */
  private lowest = 0
  private version = -1

  constructor(output: LazyOutput, bound: LogFacts) {
    this.output = output
    this.bound = bound
    const { module } = bound
    this.module = typeof module === 'string' ? module : undefined
  }

  readonly trace = (facts: LogFacts, message: string) => this.write('trace', facts, message)
  readonly debug = (facts: LogFacts, message: string) => this.write('debug', facts, message)
  readonly info = (facts: LogFacts, message: string) => this.write('info', facts, message)
  readonly warn = (facts: LogFacts, message: string) => this.write('warn', facts, message)
  readonly error = (facts: LogFacts, message: string) => this.write('error', facts, message)
  readonly fatal = (facts: LogFacts, message: string) => this.write('fatal', facts, message)
  readonly redact = (json: string) => this.output.redact(json)

  child(facts: LogFacts): StderrLogger {
    return new LazyLogger(this.output, withFacts(this.bound, asRecord(facts, '').facts))
  }

  setLevel(level: LogLevel, module?: string): void {
    this.output.levels.set(level, module)
  }

  configure(settings: LogSettings, secrets: readonly string[]): void {
    this.output.configure(settings, secrets)
  }

  join(...[activeFacts, follow]: Parameters<StderrLogger['join']>): void {
    this.output.activeFacts = activeFacts
    if (follow !== undefined) this.output.follow(follow)
  }

  print(line: string): void {
    this.output.print(line)
  }

  get dropped(): number {
    return this.output.dropped
  }

  flush(): void {
    this.output.flush()
  }

  private write(level: LogLevel, facts: LogFacts, message: string): void {
    const { levels } = this.output
    if (this.version !== levels.version) {
      this.version = levels.version
      this.lowest = levels.lowest(this.module)
    }
    if (levelRanks[level] < this.lowest) return
    const { module } = this
    const record = asRecord(facts, message)
    const own = withFacts(this.bound, record.facts)
    const all = inTrace(own, this.output.activeFacts?.())
    this.output.write({ level, module, facts: all, message: record.message })
  }
}

/** What is active is more exact than what a call's log is bound to, if it is a part of that; else it is somebody else's. */
const inTrace = (facts: LogFacts, active: LogFacts | undefined): LogFacts => {
  if (active === undefined) return facts
  const isPart = facts['trace_id'] === active['trace_id']
  return isPart ? withFacts(facts, active) : withFacts(active, facts)
}
