/** Structured logging as the core asks for it; pino and others fit behind it. */
import { messageOf } from '../protocol/rpc-error.js'

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

/** Levels in their order, from 0. */
export const levelRanks: Readonly<Record<LogLevel, number>> = {
  trace: 0,
  debug: 1,
  info: 2,
  warn: 3,
  error: 4,
  fatal: 5,
}

/** Facts of one record. `err` holds an Error, with its stack. */
export type LogFacts = Readonly<Record<string, unknown>>

/** Never throws, whatever it is given: most of what it tells of is something that went wrong. */
export interface Logger
  extends Readonly<Record<LogLevel, (facts: LogFacts, message: string) => void>> {
  /** The same sink, with these facts on every record. */
  child(facts: LogFacts): Logger
  /**
   * Leaves out records below this level from now on, in all children too.
   *
   * @param module - of whose loggers alone, `child({module})`; others keep their level
   */
  setLevel(level: LogLevel, module?: string): void
  /**
   * Takes secrets out of a record that somebody else is to be told, as JSON text; not there where all may be told.
   * Throws when it cannot say what is in it.
   */
  readonly redact?: ((json: string) => string) | undefined
}

/** What handlers and hooks get. */
export interface TimedLogger extends Logger {
  child(facts: LogFacts): TimedLogger
  /**
   * Does some work and writes how long it took: `{timed, durationMs, outcome}`, at info. A Promise is waited for; an
   * Observable is not, it has begun nothing yet.
   *
   * @returns what the work returned; what it throws is thrown
   */
  timed<T>(name: string, work: () => T): T
}

/** The message in the place of a record of which nobody knows what it would tell. */
export const unredacted = 'A record could not be redacted and is not shown'

/**
 * Facts and message of a record, of whatever JavaScript may log: as pino takes it, a text or an error alone, or an error
 * before a message; and a text before an error, as `console` takes it.
 */
export const asRecord = (
  facts: unknown,
  message: unknown,
): { readonly facts: LogFacts; readonly message: string } => {
  if (typeof facts === 'string') {
    if (typeof message !== 'string') return asRecord(message, facts)
    return { facts: {}, message: `${facts} ${message}` }
  }
  if (isError(facts)) {
    const text = typeof message === 'string' ? message : messageOf(facts)
    return { facts: { err: facts }, message: text }
  }
  return {
    facts: typeof facts === 'object' && facts !== null ? (facts as LogFacts) : {},
    message: typeof message === 'string' ? message : '',
  }
}

/** Of this realm or another one, as `node:vm` makes them. */
export const isError = (value: unknown): value is Error => {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false // a proxy that lets nobody look
  }
}

/** Facts of a record with those of the loggers it came through. Those that cannot be read are left out. */
export const withFacts = (bound: LogFacts, facts: LogFacts): LogFacts => {
  try {
    return Object.assign({}, bound, facts) // two spreads take V8 ten times as long
  } catch {
    return { ...bound, ...readable(facts) }
  }
}

const readable = (facts: LogFacts): LogFacts => {
  const read: Record<string, unknown> = {}
  try {
    for (const key of Object.keys(facts)) {
      try {
        read[key] = facts[key]
      } catch {}
    }
  } catch {} // not even its keys can be told
  return read
}

const ignore = () => {}

export const noLogger: Logger = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  child: () => noLogger,
  setLevel: ignore,
}
