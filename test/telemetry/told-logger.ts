/** A logger that keeps what it is told. */
import { type LogFacts, type Logger, type LogLevel, logLevels } from '../../src/ports/logger.js'

export interface Told {
  readonly level: LogLevel
  readonly facts: LogFacts
  readonly message: string
}

export const toldLogger = () => {
  const told: Told[] = []
  const levels: [LogLevel, string | undefined][] = []
  const make = (bound: LogFacts): Logger => ({
    ...(Object.fromEntries(
      logLevels.map((level) => [
        level,
        (facts: LogFacts, message: string) =>
          told.push({ level, facts: { ...bound, ...facts }, message }),
      ]),
    ) as unknown as Record<LogLevel, (facts: LogFacts, message: string) => void>),
    child: (facts) => make({ ...bound, ...facts }),
    setLevel: (level, module) => levels.push([level, module]),
  })
  return { logger: make({}), told, levels }
}
