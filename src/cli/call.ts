/** `sidestream call ENGINE METHOD [PARAMS]`: one call, from start to stop of an engine. */
import type { Client } from '../host/client.js'
import { isRpcError } from '../protocol/rpc-error.js'
import { readArguments } from './arguments.js'
import { callFailed } from './call-failed.js'
import { readDuration, readParams } from './call-input.js'
import { type Display, displayOn, quietDisplay } from './display.js'
import { passedKinds, passedOf } from './engine-command.js'
import { healthText } from './health-text.js'
import { prettyJson } from './pretty-json.js'
import { styleOf, widthOf } from './style.js'
import { isTimeline, timeline } from './timeline.js'
import { UsageError } from './usage-error.js'
import { mayBeWatched } from './watched.js'
import { withEngine } from './with-engine.js'

const kinds = {
  timeout: 'text',
  stream: 'flag',
  json: 'flag',
  health: 'flag',
  trace: 'flag',
  ...passedKinds,
} as const

export const call = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, kinds, 3)
  const [path, method, text] = positionals
  if (path === undefined || method === undefined) {
    throw new UsageError(
      "Which engine, and which method? Such as: sidestream call ./engine.js add '{}'",
    )
  }
  const deadlineMs = options.timeout === undefined ? undefined : readDuration(options.timeout)
  const params = await readParams(text)
  const { stdout, stderr } = process
  const isPlain = options.json === true || options.stream === true
  const display = isPlain ? quietDisplay(stderr) : displayOn(stderr, method)
  const onProgress =
    options.stream === true
      ? (value: unknown) => void stdout.write(`${JSON.stringify(value)}\n`)
      : (value: unknown) => display.progress(value)
  const print = isPlain ? JSON.stringify : (result: unknown) => resultText(result)

  const use = async (engine: Client, signal: AbortSignal): Promise<number> => {
    const timeout = deadlineMs === undefined ? {} : { deadlineMs }
    try {
      const result = await engine.request(method, params, { ...timeout, signal, onProgress })
      display.end()
      stdout.write(`${print(result)}\n`)
      if (options.health === true) await showHealth(engine, display)
      return 0
    } catch (error) {
      display.end()
      if (!isRpcError(error)) throw error
      if (signal.reason === 'unread') return 1
      display.line(await callFailed(error, { engine, path, method, isJson: options.json === true }))
      return 1
    }
  }
  const show = (line: string): void => display.line(line)
  const engine = { path, passed: passedOf(options), show }
  const isTraced = options.trace === true
  if (!isTraced && !mayBeWatched(undefined)) return withEngine(engine, use)
  return (await import('./watched-call.js')).watchedCall(engine, isTraced, use)
}

const resultText = (result: unknown): string => {
  const style = styleOf(process.stdout)
  const columns = widthOf(process.stdout)
  return isTimeline(result) ? timeline(result, style, columns) : prettyJson(result, style, columns)
}

/** Beside the result, not in it: on stderr. */
const showHealth = async (engine: Client, display: Display): Promise<void> => {
  const snapshot = await engine.request('health.check')
  display.line(`\n${healthText(snapshot, styleOf(process.stderr))}`)
}
