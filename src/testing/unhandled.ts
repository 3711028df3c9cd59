/** Errors that nobody handles while a test runs: they fail it, rather than the process or nothing. */
import { inspect } from 'node:util'
import { config } from 'rxjs'

export interface Unhandled {
  /** Throws the first one, if there is one. */
  rethrow(): void
  stop(): void
}

/** Watches rejections, uncaught exceptions, and what RxJS reports when a subscriber throws or takes no errors. */
export const watchUnhandled = (): Unhandled => {
  const errors: unknown[] = []
  const add = (error: unknown) => {
    errors.push(error)
  }
  const { onUnhandledError } = config
  config.onUnhandledError = add
  process.on('unhandledRejection', add)
  process.on('uncaughtException', add)
  return {
    rethrow: () => {
      const [first] = errors
      if (first instanceof Error) throw first
      if (errors.length > 0) throw new Error(`unhandled in the test: ${inspect(first)}`)
    },
    stop: () => {
      config.onUnhandledError = onUnhandledError
      process.off('unhandledRejection', add)
      process.off('uncaughtException', add)
    },
  }
}
