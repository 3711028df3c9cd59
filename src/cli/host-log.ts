/** What the engines of a group log, and what their host does about itself, as records for whoever shows them. */
import { type LogFacts, type Logger, type LogLevel, logLevels, withFacts } from '../ports/logger.js'

export interface HostRecord {
  readonly level: LogLevel
  readonly facts: LogFacts
  readonly message: string
}

/** The supervisor's own records that name a process are left out: they are told as events. */
export const hostLog = (write: (record: HostRecord) => void): Logger => {
  const loggerOf = (bound: LogFacts, isOwn: boolean): Logger => {
    const writers = logLevels.map((level) => [
      level,
      (facts: LogFacts, message: string): void => {
        if (!(isOwn && 'key' in facts)) write({ level, facts: withFacts(bound, facts), message })
      },
    ])
    return {
      ...(Object.fromEntries(writers) as Record<LogLevel, (facts: LogFacts, text: string) => void>),
      child: (facts) => loggerOf(withFacts(bound, facts), false),
      setLevel: () => {},
    }
  }
  return loggerOf({}, true)
}

/** As pino writes it. */
export const recordLine = ({ level, facts, message }: HostRecord, time: number): string => {
  const head = { level: 10 * (logLevels.indexOf(level) + 1), time }
  try {
    return JSON.stringify({ ...head, ...facts, msg: message }, withErrors)
  } catch {
    return JSON.stringify({ ...head, msg: message }) // facts that cannot be printed
  }
}

const withErrors = (_: string, value: unknown): unknown =>
  value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value
