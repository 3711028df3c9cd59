/** Where records go: through pino, which makes lines of them, to stderr and perhaps to a file. */
import { type Logger as PinoLogger, pino } from 'pino'
import { makeFolder } from '../platform/folders.js'
import { type LogFacts, type LogLevel, levelRanks, unredacted } from '../ports/logger.js'
import { errorRecord } from './error-record.js'
import { type FileProblem, type FileSink, fileSink } from './file-sink.js'
import type { LogSettings } from './log-settings.js'
import { oneLine } from './one-line.js'
import { prettyLine } from './pretty-line.js'
import { recordFacts } from './record-facts.js'
import { redactor } from './redactor.js'
import { type LineSink, stderrSink } from './stderr-sink.js'

export interface LogRecord {
  readonly level: LogLevel
  readonly module: string | undefined
  readonly facts: LogFacts
  readonly message: string
  readonly time: number
}

export class LogOutput {
  private readonly pino: PinoLogger
  private readonly sink: LineSink = stderrSink()
  private readonly isTerminal = process.getBuiltinModule('node:tty').isatty(2)
  private settings: LogSettings
  private secrets: readonly string[]
  private redacted: ((json: string) => string) | undefined
  private file: FileSink | undefined
  /** Of files that are not written any more. */
  private formerlyDropped = 0
  /** Takes each line, too. */
  follow: ((line: string) => void) | undefined
  /** What pino is writing. */
  private current: Pick<LogRecord, 'level' | 'time'> = { level: 'info', time: 0 }

  constructor(settings: LogSettings, secrets: readonly string[]) {
    this.settings = settings
    this.secrets = secrets
    const timestamp = () => `,"time":${this.current.time}`
    const serializers = { err: (told: unknown) => told } // pino's own would tell it twice
    const base = { pid: process.pid }
    // What is below its level does not get here.
    const options = { level: 'trace', base, timestamp, serializers }
    this.pino = pino(options, { write: (line) => this.put(line) })
  }

  configure(settings: LogSettings, secrets: readonly string[]): void {
    if (JSON.stringify(settings.file) !== JSON.stringify(this.settings.file)) {
      this.file?.flush() // what it has dropped is told, or nobody would
      this.formerlyDropped += this.file?.dropped ?? 0
      this.file?.close()
      this.file = undefined
    }
    this.settings = settings
    this.secrets = secrets
    this.redacted = undefined
  }

  print({ level, facts, message, time }: LogRecord): void {
    this.current = { level, time }
    try {
      this.pino[level](shownFacts(facts), message)
    } catch {
      this.pino[level]({}, message) // facts that cannot be printed
    }
  }

  /** @throws what {@link redactor} throws */
  redact(json: string): string {
    this.redacted ??= redactor({ ...this.settings.redact, secrets: this.secrets })
    return this.redacted(json)
  }

  flush(): void {
    this.sink.flush()
    this.file?.flush()
  }

  /** Lines that were lost so far, to stderr and to files. */
  get dropped(): number {
    return this.sink.dropped + this.formerlyDropped + (this.file?.dropped ?? 0)
  }

  private put(line: string): void {
    const safe = oneLine(this.safe(line))
    this.show(safe)
    this.follow?.(safe)
    if (this.settings.file === undefined) return
    this.file ??= fileSink(this.settings.file, {
      now: Date.now,
      makeFolder,
      report: (problem) => this.showProblem(problem),
      note: (dropped) => lineOf('warn', Date.now(), { dropped }, droppedLines),
    })
    this.file.write(safe)
  }

  /** A line of which nobody knows what it tells is told of instead. */
  private safe(line: string): string {
    try {
      return this.redact(line)
    } catch {
      const { level, time } = this.current
      return lineOf(level, time, {}, unredacted)
    }
  }

  /** Shows a line as it is, on stderr alone. */
  printAsIs(line: string): void {
    this.sink.write(`${line}\n`)
  }

  private show(line: string): void {
    const { isTerminal } = this
    const { format } = this.settings
    const isPretty = format === 'auto' ? isTerminal : format === 'pretty'
    this.sink.write(isPretty ? prettyLine(line, isTerminal && hasColours()) : line)
  }

  private showProblem({ failed, ...facts }: FileProblem): void {
    const what = failed === 'write' ? 'The log file does not take lines' : 'The log file grows'
    this.show(oneLine(lineOf('warn', Date.now(), { failed, ...facts }, what)))
  }
}

const droppedLines = 'log lines were dropped: the log file did not take them'

const shownFacts = recordFacts(errorRecord(pino.stdSerializers.err))

/** A line as pino writes it. */
const lineOf = (level: LogLevel, time: number, facts: LogFacts, msg: string): string =>
  `${JSON.stringify({ level: 10 * (levelRanks[level] + 1), time, pid: process.pid, ...facts, msg })}\n`

const hasColours = (): boolean => !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
