/** What is typed of a call: its params and its time. */
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { type Duration, toMs } from '../protocol/duration.js'
import { UsageError } from './usage-error.js'

/**
 * @param given - JSON, `@` and the path of a file, or `-` for stdin
 * @throws UsageError
 */
export const readParams = async (given: string | undefined): Promise<object | undefined> => {
  if (given === undefined) return undefined
  if (given === '-') return parse(decode(await buffer(process.stdin), 'stdin'), 'stdin')
  if (!given.startsWith('@')) return parse(given, 'PARAMS')
  const path = given.slice(1)
  try {
    return parse(decode(await readFile(path), path), path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`The params cannot be read from ${path}: ${(error as Error).message}`)
  }
}

/** Takes a byte order mark off, too. */
const decode = (bytes: Uint8Array, source: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${source} is no UTF-8: save it as that`)
  }
}

const parse = (json: string, source: string): object => {
  let params: unknown
  try {
    params = JSON.parse(json)
  } catch (error) {
    throw new UsageError(`${source} is no JSON: ${(error as Error).message}${quoteHint(source)}`)
  }
  if (typeof params === 'object' && params !== null) return params
  throw new UsageError(
    `${source} must be an object or an array, such as {"a": 1}${quoteHint(source)}`,
  )
}

const quoteHint = (source: string): string =>
  source === 'PARAMS'
    ? `\nMind the shell's quotes: '{"a": 1}'. Or take a file, @params.json, or - for stdin.`
    : ''

/** @throws UsageError */
export const readDuration = (given: string): number => {
  try {
    return toMs(given as Duration)
  } catch {
    throw new UsageError(`--timeout is a time such as 500ms, 30s or 5m, and not ${given}`)
  }
}
