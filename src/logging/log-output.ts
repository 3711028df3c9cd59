/** Where records go: through pino, which makes lines of them, to stderr and perhaps to a file. */
import { mkdirSync } from 'node:fs'
import type { Logger as PinoLogger } from 'pino'
import { type LogFacts, type LogLevel, levelRanks, unredacted } from '../ports/logger.js'
import { errorRecord } from './error-record.js'
import { type FileProblem, type FileSink, fileSink } from './file-sink.js'
import { loadPino } from './load-pino.js'
import { LogLevels } from './log-levels.js'
import { type LogSettings, plainSettings } from './log-settings.js'
import { oneLine } from './one-line.js'
import { prettyLine } from './pretty-line.js'
import { redactor } from './redactor.js'
import { type LineSink, stderrSink } from './stderr-sink.js'

interface LogRecord {
  readonly level: LogLevel
  readonly module: string | undefined
  readonly facts: LogFacts
  readonly message: string
  readonly time: number
}

/** Records of an uneventful start wait so long for pino, in milliseconds, if they are not too many. */
const earlyMs = 100
const mostEarly = 100

/**
 * pino takes a good part of an engine's start to load, so it is loaded when the first reply may be out, or with the first
 * record that tells of trouble. What else is needed for a line is made then, too.
 */
export class LogOutput {
  readonly levels: LogLevels
  private settings: LogSettings
  private secrets: readonly string[] = []
  private redacted: ((json: string) => string) | undefined
  private pino: PinoLogger | undefined
  private sink: LineSink | undefined
  private isTerminal = false
  private file: FileSink | undefined
  private early: LogRecord[] = []
  /** What pino is writing. */
  private current: Pick<LogRecord, 'level' | 'time'> = { level: 'info', time: 0 }

  constructor(level: LogLevel) {
    this.levels = new LogLevels(level)
    this.settings = plainSettings(level)
  }

  /** Records that wait for pino go by the new settings, too. */
  configure(settings: LogSettings, secrets: readonly string[]): void {
    if (JSON.stringify(settings.file) !== JSON.stringify(this.settings.file)) {
      this.file?.close()
      this.file = undefined
    }
    this.settings = settings
    this.secrets = secrets
    this.redacted = undefined
    this.levels.use(settings.level, settings.modules)
  }

  write(record: Omit<LogRecord, 'time'>): void {
    const timed = { ...record, time: Date.now() }
    if (this.pino !== undefined) {
      this.print(timed)
      return
    }
    if (this.early.length === 0) setTimeout(() => this.open(), earlyMs).unref()
    this.early.push(timed)
    const isTrouble = levelRanks[record.level] >= levelRanks.warn
    if (isTrouble || this.early.length >= mostEarly) this.open()
  }

  /** @throws what {@link redactor} throws */
  redact(json: string): string {
    this.redacted ??= redactor({ ...this.settings.redact, secrets: this.secrets })
    return this.redacted(json)
  }

  flush(): void {
    this.open()
    this.sink?.flush()
    this.file?.flush()
  }

  private open(): void {
    if (this.early.length === 0) return
    const { pino: create } = loadPino()
    this.sink = stderrSink()
    this.isTerminal = process.getBuiltinModule('node:tty').isatty(2)
    const timestamp = () => `,"time":${this.current.time}`
    const serializers = { err: errorRecord(create.stdSerializers.err) }
    const base = { pid: process.pid }
    // What is below its level does not get here.
    const options = { level: 'trace', base, timestamp, serializers }
    this.pino = create(options, { write: (line) => this.put(line) })
    const { early } = this
    this.early = []
    for (const record of early) {
      if (levelRanks[record.level] >= this.levels.lowest(record.module)) this.print(record)
    }
  }

  private print({ level, facts, message, time }: LogRecord): void {
    this.current = { level, time }
    try {
      this.pino?.[level](facts, message)
    } catch {
      this.pino?.[level]({}, message) // facts that cannot be printed
    }
  }

  private put(line: string): void {
    const safe = oneLine(this.safe(line))
    this.show(safe)
    if (this.settings.file === undefined) return
    this.file ??= fileSink(this.settings.file, {
      now: Date.now,
      makeFolder: (folder) => mkdirSync(folder, { recursive: true }),
      report: (problem) => this.showProblem(problem),
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

  private show(line: string): void {
    const { isTerminal } = this
    const { format } = this.settings
    const isPretty = format === 'auto' ? isTerminal : format === 'pretty'
    this.sink?.write(isPretty ? prettyLine(line, isTerminal && hasColours()) : line)
  }

  private showProblem({ failed, ...facts }: FileProblem): void {
    const what = failed === 'write' ? 'The log file does not take lines' : 'The log file grows'
    this.show(oneLine(lineOf('warn', Date.now(), { failed, ...facts }, what)))
  }
}

/** A line as pino writes it. */
const lineOf = (level: LogLevel, time: number, facts: LogFacts, msg: string): string =>
  `${JSON.stringify({ level: 10 * (levelRanks[level] + 1), time, pid: process.pid, ...facts, msg })}\n`

const hasColours = (): boolean => !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'
