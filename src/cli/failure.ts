/** What a command that cannot be carried out leaves on stderr. */

import { ConfigError } from '../config/problem.js'
import { exitCodes } from '../engine/lifecycle.js'
import { LoadError, UsageError } from './usage-error.js'

/** @returns the exit code */
export const tell = (error: unknown, verb: string): number => {
  if (error instanceof UsageError) {
    process.stderr.write(`sidestream ${verb}: ${error.message}\nSee: sidestream help ${verb}\n`)
    return exitCodes.usage
  }
  if (error instanceof ConfigError) {
    process.stderr.write(`sidestream ${verb}: ${error.message}\nSee: sidestream help config\n`)
    return exitCodes.config
  }
  if (error instanceof LoadError) process.stderr.write(`sidestream ${verb}: ${error.message}\n`)
  else
    process.stderr.write(`sidestream ${verb}: a defect in Sidestream itself\n${stackOf(error)}\n`)
  return exitCodes.startFailed
}

const stackOf = (error: unknown): string =>
  (error instanceof Error ? error.stack : undefined) ?? String(error)
