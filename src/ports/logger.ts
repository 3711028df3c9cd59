/** Structured logging as the core asks for it; pino and others fit behind it. */

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

/** Facts of one record. `err` holds an Error, with its stack. */
export type LogFacts = Readonly<Record<string, unknown>>

export interface Logger
  extends Readonly<Record<LogLevel, (facts: LogFacts, message: string) => void>> {
  /** The same sink, with these facts on every record. */
  child(facts: LogFacts): Logger
  /** Leaves out records below this level from now on, in all children too. */
  setLevel(level: LogLevel): void
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
