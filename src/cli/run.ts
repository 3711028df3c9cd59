/** `sidestream run ENGINE`: serves an engine over stdin and stdout. */
import { parseArgs } from 'node:util'
import type { Framing } from '../protocol/frame.js'
import type { LogLevel } from '../ports/logger.js'
import { loadEngine } from './load-engine.js'
import { prepareProcess, serveOn } from './serve.js'

export const run = async (args: string[]): Promise<void> => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: {
    framing: { type: 'string' }, 'no-parent-watch': { type: 'boolean' }, 'log-level': { type: 'string' } } })
  const stage = prepareProcess(values['log-level'] as LogLevel | undefined)
  const engine = await loadEngine(positionals[0] as string)
  process.exit(await serveOn(stage, engine, { framing: values.framing as Framing | undefined, parentWatch: values['no-parent-watch'] !== true }))
}
