/** What an engine's log is set to. May change while it runs. */
import type { LogLevel } from '../ports/logger.js'
import type { FileSinkSettings } from './file-sink.js'

export interface LogSettings {
  /** Lowest level that is written. */
  readonly level: LogLevel
  /** The same for the loggers of one module, `child({module: 'x'})`, in its place. `x.y` goes by that of `x` where it has none. */
  readonly modules: Readonly<Record<string, LogLevel>>
  /** What else is hidden: values of these keys, and what these regular expressions match in any text. */
  readonly redact: { readonly keys: readonly string[]; readonly patterns: readonly string[] }
  /** A file that gets JSON lines, whatever stderr shows. */
  readonly file: FileSinkSettings | undefined
  /** What stderr shows. `auto` is `pretty` on a terminal. */
  readonly format: 'auto' | 'json' | 'pretty'
}

/** Those of a log that nobody has configured. */
export const plainSettings = (level: LogLevel): LogSettings => ({
  level,
  modules: {},
  redact: { keys: [], patterns: [] },
  file: undefined,
  format: 'auto',
})
