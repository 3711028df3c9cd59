/** Levels as the loggers of other languages name them. */
import { type LogLevel, logLevels } from '../ports/logger.js'

const words = new Map<string, LogLevel>([
  ['trace', 'trace'],
  ['verbose', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['notice', 'info'],
  ['success', 'info'], // loguru
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['err', 'error'],
  ['error', 'error'],
  ['crit', 'fatal'],
  ['critical', 'fatal'],
  ['fatal', 'fatal'],
  ['panic', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
])
/** As glog and onnxruntime write them. */
const letters = new Map<string, LogLevel>([
  ['V', 'debug'],
  ['I', 'info'],
  ['W', 'warn'],
  ['E', 'error'],
  ['F', 'fatal'],
])

export const levelWords = [...words.keys()]
export const levelLetters = [...letters.keys()]

/** @param name - a word in any case, or a letter */
export const namedLevel = (name: string): LogLevel | undefined =>
  letters.get(name) ?? words.get(name.toLowerCase())

/**
 * Of pino and bunyan: 10 is trace, 60 is fatal, and one's own lie between.
 *
 * @returns undefined for numbers of another scale, such as syslog's
 */
export const numberedLevel = (level: number): LogLevel | undefined =>
  logLevels[Math.min(Math.floor(level / 10), logLevels.length) - 1]
