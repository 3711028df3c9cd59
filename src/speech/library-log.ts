/** The log of a child that works with libraries of others: what these warn of is seldom for who uses the engine. */
import type { LogFacts, Logger } from '../ports/logger.js'

/** Their own log says which of them it is; Python's warnings, and what they print, are no log. */
const isLogged = ({ logger }: LogFacts): boolean => logger !== undefined && logger !== 'py.warnings'

/** @returns the same log, where what a child prints, or Python warns of, is at most info */
export const libraryLog = (log: Logger): Logger => ({
  ...log,
  child: (facts) => quiet(log.child(facts)),
  setLevel: (level, module) => log.setLevel(level, module),
})

const quiet = (log: Logger): Logger => ({
  ...libraryLog(log),
  warn: (facts, message) => log[isLogged(facts) ? 'warn' : 'info'](facts, message),
})
