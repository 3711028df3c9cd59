/** Starts an engine, asks it one question about itself, and prints the answer. */
import type { Client } from '../host/client.js'
import { isRpcError } from '../protocol/rpc-error.js'
import { callFailed } from './call-failed.js'
import { quietDisplay } from './display.js'
import { passedOf } from './engine-command.js'
import { started } from './started.js'
import { type Style, styleOf } from './style.js'
import { withEngine } from './with-engine.js'

/** How long an engine may take to start, and then to tell of itself, in milliseconds. */
const deadlineMs = 30_000

export const ask = (
  path: string,
  method: string,
  options: { readonly json?: true } & Parameters<typeof passedOf>[0],
  show: (answer: unknown, style: Style) => { readonly text: string; readonly exitCode: number },
): Promise<number> => {
  const isJson = options.json === true
  const { line } = quietDisplay(process.stderr)
  const use = async (engine: Client, signal: AbortSignal): Promise<number> => {
    try {
      let answer = await engine.request(method, {}, { deadlineMs, signal })
      if (isBeforeStart(answer)) {
        await started(engine, { deadlineMs, signal })
        answer = await engine.request(method, {}, { deadlineMs, signal })
      }
      const { text, exitCode } = show(answer, styleOf(process.stdout))
      process.stdout.write(`${isJson ? JSON.stringify(answer) : text}\n`)
      return exitCode
    } catch (error) {
      if (!isRpcError(error)) throw error
      if (signal.reason === 'unread') return 1
      line(await callFailed(error, { engine, path, method, isJson }))
      return 1
    }
  }
  return withEngine({ path, passed: passedOf(options), show: line }, use)
}

const isBeforeStart = (answer: unknown): boolean => {
  const { state } = answer as { state?: unknown }
  return state === 'starting' || state === 'failed'
}
