/** `sidestream run ENGINE`: serves an engine over stdin and stdout. */
import type { Engine } from '../engine/define.js'
import { resolveMethods } from '../engine/specs.js'
import { logLevels } from '../ports/logger.js'
import { oneOf, readArguments } from './arguments.js'
import { configured } from './configured.js'
import { engineFile } from './engine-file.js'
import { givenBy } from './flags-of.js'
import { loadEngine } from './load-engine.js'
import { prepareProcess, serveOn } from './serve.js'
import { UsageError } from './usage-error.js'

const kinds = {
  config: 'text',
  set: 'list',
  framing: 'text',
  'no-parent-watch': 'flag',
  'log-level': 'text',
} as const

/** What the installed command brings along, as it comes before all modules. */
export interface Launch {
  /** Node's own: to make one takes a module more. */
  readonly require: (file: string) => unknown
  /** Told once, when an engine has done what its start and a call take. */
  readonly onFirstReply?: () => void
}

export const run = async (
  args: readonly string[],
  { require, onFirstReply }: Launch,
): Promise<never> => {
  const { positionals, options } = readArguments(args, kinds, 1)
  const [path] = positionals
  if (path === undefined)
    throw new UsageError('Which engine? Give the path of a module: sidestream run ./engine.js')
  oneOf('framing', options.framing, ['ndjson', 'content-length'])
  const logLevel = oneOf('log-level', options['log-level'], logLevels)
  const file = engineFile(path)
  // From here on stdout belongs to the frames, whatever the module prints.
  const stage = prepareProcess(logLevel, options['no-parent-watch'] !== true)
  try {
    const settingsOf = await configured(stage, givenBy(options))
    const engine = await loadEngine(file, path, require)
    const settings = await settingsOf(engine)
    if (process.stdin.isTTY) process.stderr.write(hint(engine, path))
    process.exit(await serveOn(stage, engine, settings, onFirstReply))
  } catch (error) {
    stage.log.flush()
    const { tell } = await import('./failure.js')
    process.exit(tell(error, 'run'))
  }
}

/** For who started an engine by hand. */
const hint = (engine: Engine, path: string): string => {
  const method = resolveMethods(engine)[0]?.name ?? 'health.check'
  const request = { jsonrpc: '2.0', id: 1, method, params: {} }
  return [
    `${engine.name} ${engine.version} waits for JSON-RPC on stdin, one message a line, such as`,
    `  ${JSON.stringify(request)}`,
    `It ends with Ctrl-D. To call a method from here: sidestream call ${path} ${method} '{}'\n`,
  ].join('\n')
}
