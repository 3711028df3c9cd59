/** Values that are told to others, without the secrets that the log would not show either. */
import type { Logger } from './logger.js'

type Redact = NonNullable<Logger['redact']>

/** @returns `instead` where nobody can say what is to be hidden */
export const redacted = <T>(value: T, { redact }: Logger, instead: T): T => {
  if (redact === undefined) return value
  try {
    return redactedJson(JSON.stringify(value), redact, instead)
  } catch {
    return instead // it cannot be printed
  }
}

/** The same of a value that has been printed. */
export const redactedJson = <T>(json: string, redact: Redact, instead: T): T => {
  try {
    return JSON.parse(redact(json))
  } catch {
    return instead
  }
}
