/** Records on their way to where they are written, which is loaded when that does not slow a start. */
import { type LogFacts, type LogLevel, levelRanks } from '../ports/logger.js'
import { loadOutput } from './load-output.js'
import { LogLevels } from './log-levels.js'
import type { LogOutput, LogRecord } from './log-output.js'
import { type LogSettings, plainSettings } from './log-settings.js'

/** Records of an uneventful start wait so long, in milliseconds, if they are not too many. */
const earlyMs = 100
const mostEarly = 100
/** Secrets that are kept hidden when others take their place: what is under way may still use them. */
const mostSecrets = 1000

/**
 * pino takes a good part of an engine's start to load, so it is loaded when the first reply may be out, or with the first
 * record that tells of trouble. What else is needed for a line is loaded with it.
 */
export class LazyOutput {
  readonly levels: LogLevels
  /** What records belong to when they are made. */
  activeFacts: (() => LogFacts | undefined) | undefined
  private settings: LogSettings
  /** The latest first. */
  private secrets: readonly string[] = []
  private output: LogOutput | undefined
  private isOpen = false
  private early: LogRecord[] = []
  private follower: ((line: string) => void) | undefined

  constructor(level: LogLevel) {
    this.levels = new LogLevels(level)
    this.settings = plainSettings(level)
  }

  /** Records that wait go by the new settings, too. */
  configure(settings: LogSettings, secrets: readonly string[]): void {
    this.settings = settings
    this.secrets = withFormer(secrets, this.secrets)
    this.levels.use(settings.level, settings.modules)
    this.output?.configure(settings, this.secrets)
  }

  /** Shows each line, as it is written, to somebody else too. */
  follow(follower: (line: string) => void): void {
    this.follower = follower
    if (this.output !== undefined) this.output.follow = follower
  }

  /** Shows a line as it is, with those that were logged before it. */
  print(line: string): void {
    this.open()
    this.loaded().printAsIs(line)
  }

  /** Lines that were lost so far. */
  get dropped(): number {
    return this.output?.dropped ?? 0
  }

  write(record: Omit<LogRecord, 'time'>): void {
    const timed = { ...record, time: Date.now() }
    if (this.isOpen) {
      this.loaded().print(timed)
      return
    }
    if (this.early.length === 0) setTimeout(() => this.open(), earlyMs).unref()
    this.early.push(timed)
    const isTrouble = levelRanks[record.level] >= levelRanks.warn
    if (isTrouble || this.early.length >= mostEarly) this.open()
  }

  /** @throws where nobody can say what is to be hidden */
  redact(json: string): string {
    return this.loaded().redact(json)
  }

  flush(): void {
    this.open()
    this.output?.flush()
  }

  private open(): void {
    if (this.early.length === 0) return
    const { early } = this
    this.early = []
    this.isOpen = true
    for (const record of early) {
      if (levelRanks[record.level] >= this.levels.lowest(record.module)) this.loaded().print(record)
    }
  }

  private loaded(): LogOutput {
    if (this.output !== undefined) return this.output
    this.output = new (loadOutput().LogOutput)(this.settings, this.secrets)
    this.output.follow = this.follower
    return this.output
  }
}

/** Those that are in force are never left out. */
const withFormer = (secrets: readonly string[], former: readonly string[]): readonly string[] =>
  [...new Set([...secrets, ...former])].slice(0, Math.max(mostSecrets, secrets.length))
