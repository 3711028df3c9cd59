/** Structured logging as the core asks for it; pino and others fit behind it. */

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof logLevels)[number]

/** Facts of one record. `err` holds an Error, with its stack. */
export type LogFacts = Readonly<Record<string, unknown>>

/** Never throws, whatever it is given: most of what it tells of is something that went wrong. */
export interface Logger
  extends Readonly<Record<LogLevel, (facts: LogFacts, message: string) => void>> {
  /** The same sink, with these facts on every record. */
  child(facts: LogFacts): Logger
  /** Leaves out records below this level from now on, in all children too. */
  setLevel(level: LogLevel): void
}

/** Facts of a record with those of the loggers it came through. Those that cannot be read are left out. */
export const withFacts = (bound: LogFacts, facts: LogFacts): LogFacts => {
  try {
    return { ...bound, ...facts }
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
