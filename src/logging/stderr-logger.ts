/** The log of an engine: pino's records, one JSON object a line on stderr, easier to read on a terminal. */

import type { Logger as PinoLogger, pino } from 'pino'
import { type LogFacts, type Logger, type LogLevel, logLevels, withFacts } from '../ports/logger.js'
import { errorRecord } from './error-record.js'
import { prettyLine } from './pretty-line.js'
import { type LineSink, stderrSink } from './stderr-sink.js'

export interface StderrLogger extends Logger {
  /** Waits, for a second at most, for a slow reader to take what is left. */
  flush(): void
}

/** @param level - lowest level that is written */
export const stderrLogger = (level: LogLevel): StderrLogger => new LazyLogger(new Root(level), {})

interface EarlyRecord {
  readonly level: LogLevel
  readonly facts: LogFacts
  readonly message: string
  readonly time: number
}

/** Records of an uneventful start wait so long for pino, in milliseconds, if they are not too many. */
const earlyMs = 100
const mostEarly = 100

/**
 * pino takes a good part of an engine's start to load, so it is loaded when the first reply may be out, or with the first
 * record that tells of trouble.
 */
class Root {
  private pino: PinoLogger | undefined
  private sink: LineSink | undefined
  private level: LogLevel
  private early: EarlyRecord[] = []
  private time = 0

  constructor(level: LogLevel) {
    this.level = level
  }

  setLevel(level: LogLevel): void {
    this.level = level
    if (this.pino !== undefined) this.pino.level = level
  }

  write(level: LogLevel, facts: LogFacts, message: string): void {
    const rank = logLevels.indexOf(level)
    if (rank < logLevels.indexOf(this.level)) return
    const record = { level, facts, message, time: Date.now() }
    if (this.pino !== undefined) {
      this.print(record)
      return
    }
    if (this.early.length === 0) setTimeout(() => this.open(), earlyMs).unref()
    this.early.push(record)
    if (rank >= logLevels.indexOf('warn') || this.early.length >= mostEarly) this.open()
  }

  flush(): void {
    this.open()
    this.sink?.flush()
  }

  private open(): void {
    if (this.early.length === 0) return
    const { pino: create } = loadPino()
    const sink = stderrSink()
    this.sink = sink
    const stream = process.getBuiltinModule('node:tty').isatty(2)
      ? { write: (line: string) => sink.write(prettyLine(line, hasColours())) }
      : sink
    const timestamp = () => `,"time":${this.time}`
    const serializers = { err: errorRecord(create.stdSerializers.err) }
    const base = { pid: process.pid }
    this.pino = create({ level: this.level, base, timestamp, serializers }, stream)
    const { early } = this
    this.early = []
    for (const record of early) this.print(record)
  }

  private print({ level, facts, message, time }: EarlyRecord): void {
    this.time = time
    try {
      this.pino?.[level](facts, message)
    } catch {
      this.pino?.[level]({}, message) // facts that cannot be printed
    }
  }
}

const hasColours = (): boolean => !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'

/** Written so that bundlers see it; as an ES module, which only the source is, it has no `require` of its own. */
const loadPino = (): { readonly pino: typeof pino } => {
  if (typeof require !== 'undefined') return require('pino')
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('pino')
}

class LazyLogger implements StderrLogger {
  private readonly root: Root
  private readonly bound: LogFacts

  constructor(root: Root, bound: LogFacts) {
    this.root = root
    this.bound = bound
  }

  readonly trace = (facts: LogFacts, message: string) => this.write('trace', facts, message)
  readonly debug = (facts: LogFacts, message: string) => this.write('debug', facts, message)
  readonly info = (facts: LogFacts, message: string) => this.write('info', facts, message)
  readonly warn = (facts: LogFacts, message: string) => this.write('warn', facts, message)
  readonly error = (facts: LogFacts, message: string) => this.write('error', facts, message)
  readonly fatal = (facts: LogFacts, message: string) => this.write('fatal', facts, message)

  child(facts: LogFacts): StderrLogger {
    return new LazyLogger(this.root, withFacts(this.bound, facts))
  }

  setLevel(level: LogLevel): void {
    this.root.setLevel(level)
  }

  flush(): void {
    this.root.flush()
  }

  private write(level: LogLevel, facts: LogFacts, message: string): void {
    this.root.write(level, withFacts(this.bound, facts), message)
  }
}
