/** What OpenTelemetry says of itself, on our log. Its own ways would write to stdout, or say the same every second. */
import { type DiagLogger, DiagLogLevel } from '@opentelemetry/api'
import type { Logger, LogLevel } from '../src/ports/logger.js'
import { messageOf } from '../src/protocol/rpc-error.js'
import { type Environment, variable } from './asked.js'

/** The module of these records. They are not exported: what is told of an export would be the next one. */
export const diagnosticsModule = 'opentelemetry'

/** A text that was told is not told again before this, in milliseconds. */
const silentMs = 60_000
/** Texts that are remembered. */
const mostTexts = 100
const longestDetail = 300

const levels: ReadonlyMap<string, readonly [DiagLogLevel, LogLevel]> = new Map([
  ['none', [DiagLogLevel.NONE, 'fatal']],
  ['error', [DiagLogLevel.ERROR, 'error']],
  ['warn', [DiagLogLevel.WARN, 'warn']],
  ['info', [DiagLogLevel.INFO, 'info']],
  ['debug', [DiagLogLevel.DEBUG, 'debug']],
  ['verbose', [DiagLogLevel.VERBOSE, 'trace']],
  ['all', [DiagLogLevel.ALL, 'trace']],
])

export interface Diagnostics {
  readonly logger: DiagLogger
  readonly level: DiagLogLevel
}

/**
 * @param logger - whose level for these records is set as `OTEL_LOG_LEVEL` asks for
 * @param now - in milliseconds
 */
export const diagnostics = (
  logger: Logger,
  env: Environment,
  now: () => number = Date.now,
): Diagnostics => {
  const told = new Map<string, { at: number; repeated: number }>()
  const ours = logger.child({ module: diagnosticsModule })

  const tell = (level: LogLevel, text: string): void => {
    const before = told.get(text)
    if (before !== undefined && now() - before.at < silentMs) {
      before.repeated += 1
      return
    }
    told.delete(text) // the oldest stands first
    told.set(text, { at: now(), repeated: 0 })
    for (const oldest of told.keys()) {
      if (told.size <= mostTexts) break
      told.delete(oldest)
    }
    ours[level](before?.repeated ? { repeated: before.repeated } : {}, text)
  }
  const at =
    (level: LogLevel) =>
    (...parts: unknown[]): void =>
      tell(level, parts.map(detail).filter(Boolean).join(': '))

  const asked = variable(env, 'OTEL_LOG_LEVEL')?.toLowerCase() ?? ''
  const [level, logLevel] = levels.get(asked) ?? [DiagLogLevel.WARN, undefined]
  if (logLevel === undefined && asked !== '') {
    const fitting = [...levels.keys()].join(', ')
    tell('warn', `OTEL_LOG_LEVEL is ${asked}, which is none of ${fitting}; warn is used`)
  }
  if (logLevel !== undefined) logger.setLevel(logLevel, diagnosticsModule)
  return {
    level,
    logger: {
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
      verbose: at('trace'),
    },
  }
}

/** Whole batches are among what is told for debugging. */
const detail = (part: unknown): string => {
  if (typeof part === 'string') return part
  if (part instanceof Error) return failureText(part)
  return typeof part === 'object' ? '' : String(part).slice(0, longestDetail)
}

/** What went wrong, in a few words. An error of several addresses has no message, and one of a collector much text. */
export const failureText = (error: unknown): string => {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  const text = error === undefined ? '' : messageOf(error)
  const both = code === undefined || text.includes(String(code)) ? [text] : [text, String(code)]
  return both.filter(Boolean).join(' ').slice(0, longestDetail) || 'the collector did not take it'
}
