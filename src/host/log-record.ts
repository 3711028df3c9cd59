/** What an engine says on stderr, in whatever way its language logs, as a record of ours. */
import type { LogFacts, LogLevel } from '../ports/logger.js'
import { namedLevel, numberedLevel } from './log-level.js'
import { readText } from './log-text.js'

export interface LogRecord {
  readonly level: LogLevel
  /** Without control characters but tabs and newlines; at most 8 KiB in UTF-8. */
  readonly message: string
  /** Text has at most a `logger`, its name. */
  readonly facts: LogFacts
  /** `pino` is any JSON logger; `python` a format of its logging that names the logger. */
  readonly source: 'pino' | 'python' | 'text'
}

/** Never throws: what is no log record is a message. */
export const readRecord = (line: string): LogRecord => {
  const plain = harmless(line)
  const record = readJson(plain) ?? readText(plain)
  return { ...record, message: shortened(record.message) }
}

const levelKeys = ['level', 'severity', 'levelname']
/** Our own log writes these, and twice the same key is no good JSON; the time of a line is nearly that of its reading. */
const ownKeys = ['level', 'msg', 'time', 'pid', 'hostname']
const timeKeys = ['timestamp', '@timestamp', 'ts', 'asctime']

const readJson = (line: string): LogRecord | undefined => {
  if (!line.startsWith('{')) return undefined
  let fields: Readonly<Record<string, unknown>>
  try {
    fields = JSON.parse(line) as typeof fields
  } catch {
    return undefined
  }
  const levelKey = levelKeys.find((key) => levelOf(fields[key]) !== undefined)
  const level = levelKey === undefined ? undefined : levelOf(fields[levelKey])
  // structlog says `event`, and so do many that are no log.
  const messageKeys = level === undefined ? ['msg', 'message'] : ['msg', 'message', 'event']
  const messageKey = messageKeys.find((key) => typeof fields[key] === 'string')
  if (level === undefined && messageKey === undefined) return undefined
  const leftOut = new Set([...ownKeys, ...timeKeys, levelKey, messageKey])
  return {
    level: level ?? 'info',
    message: messageKey === undefined ? '' : harmless(fields[messageKey] as string),
    facts: Object.fromEntries(Object.entries(fields).filter(([key]) => !leftOut.has(key))),
    source: 'pino',
  }
}

const levelOf = (value: unknown): LogLevel | undefined => {
  if (typeof value === 'number') return numberedLevel(value)
  return typeof value === 'string' ? namedLevel(value) : undefined
}

/** Colours and cursor movements, titles and links, and shorter ones. */
const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: so are these, and a byte order mark
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\uFEFF]/g

const harmless = (text: string): string => text.replace(escapes, '').replace(controls, '')

const mostBytes = 8192
const ellipsis = '…'
const scratch = new Uint8Array(mostBytes - 3) // its three bytes
const encoder = new TextEncoder()

const shortened = (message: string): string => {
  if (message.length * 3 <= mostBytes || Buffer.byteLength(message) <= mostBytes) return message
  const { read } = encoder.encodeInto(message, scratch) // whole characters only
  return message.slice(0, read) + ellipsis
}
