/** Values that are told to others, without the secrets that the log would not show either. */
import type { Logger } from './logger.js'

/** @returns `instead` where nobody can say what is to be hidden */
export const redacted = <T>(value: T, { redact }: Logger, instead: T): T => {
  if (redact === undefined) return value
  try {
    return JSON.parse(redact(JSON.stringify(value)))
  } catch {
    return instead
  }
}
