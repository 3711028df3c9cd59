/** An error in a log record. What is wrong with it must not keep it from being told. */
import { messageOf } from '../protocol/rpc-error.js'

/**
 * Makes pino's serializer one that never throws: it marks what it has seen, which a frozen error does not take, and reads
 * everything, which a getter may not like. Such an error is told as far as it can be.
 */
export const errorRecord =
  (serialize: (error: never) => unknown) =>
  (error: unknown): unknown => {
    try {
      return serialize(error as never)
    } catch {
      const errors = read(error, 'errors')
      return {
        type: text(error, 'name'),
        message: messageOf(error),
        stack: stackOf(error),
        ...(Array.isArray(errors) && { aggregateErrors: errors }),
      }
    }
  }

/** Errors that are the cause of others, told beside them up to this depth. */
const deepestCause = 5

/** As pino puts it together. */
const stackOf = (error: unknown, depth = deepestCause): string => {
  const stack = text(error, 'stack') ?? messageOf(error)
  const cause = read(error, 'cause')
  return cause === undefined || depth === 0
    ? stack
    : `${stack}\ncaused by: ${stackOf(cause, depth - 1)}`
}

const text = (value: unknown, key: string): string | undefined => {
  const found = read(value, key)
  return typeof found === 'string' ? found : undefined
}

const read = (value: unknown, key: string): unknown => {
  try {
    return (value as Readonly<Record<string, unknown>>)[key]
  } catch {
    return undefined
  }
}
