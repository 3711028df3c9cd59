/** A log that tests can read. */
import { type LogFacts, type Logger, type LogLevel, logLevels, withFacts } from '../ports/logger.js'

export interface LogRecord {
  readonly level: LogLevel
  readonly message: string
  readonly facts: LogFacts
}

export interface TestLog {
  readonly log: Logger
  /** What was logged, at any level, with the facts of children on it. */
  readonly records: readonly LogRecord[]
}

export const testLog = (): TestLog => {
  const records: LogRecord[] = []
  const logger = (bound: LogFacts): Logger => {
    const writers = logLevels.map((level) => [
      level,
      (facts: LogFacts, message: string) => {
        records.push({ level, message, facts: withFacts(bound, facts) })
      },
    ])
    return {
      ...(Object.fromEntries(writers) as Pick<Logger, LogLevel>),
      child: (facts) => logger(withFacts(bound, facts)),
      setLevel: () => {},
    }
  }
  return { log: logger({}), records }
}
