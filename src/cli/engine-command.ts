/** How the command starts an engine: as this Node, with `run`; a Python program as Python does. */
import { resolve } from 'node:path'
import { pythonCommand } from '../bridge/python.js'
import type { Command } from '../ports/child.js'
import { isPython } from './engine-file.js'
import { UsageError } from './usage-error.js'

/** What was typed for the engine. */
export interface Passed {
  /** Shows what it logs below warnings, too. */
  readonly isVerbose: boolean
  readonly config: string | undefined
  readonly set: readonly string[] | undefined
}

/** Options that commands which start an engine have in common. */
export const passedKinds = { verbose: 'flag', config: 'text', set: 'list' } as const

export const passedOf = (options: {
  readonly verbose?: true
  readonly config?: string
  readonly set?: readonly string[]
}): Passed => ({ isVerbose: options.verbose === true, config: options.config, set: options.set })

/** @throws UsageError */
export const engineCommand = (path: string, passed: Passed): Command =>
  isPython(path) ? pythonEngine(path, passed) : nodeEngine(path, passed)

const shared = {
  inherit: 'all', // it is the user's own, who typed this
  env: { OTEL_SERVICE_NAME: undefined }, // that is the command's
} as const

const levelOf = ({ isVerbose }: Passed): string => (isVerbose ? 'info' : 'warn')

const nodeEngine = (path: string, passed: Passed): Command => ({
  ...shared,
  command: process.execPath,
  args: [
    ...process.execArgv,
    process.argv[1] as string,
    'run',
    ...['--log-level', levelOf(passed)],
    ...(passed.config === undefined ? [] : ['--config', passed.config]),
    ...(passed.set ?? []).flatMap((typed) => ['--set', typed]),
    ...['--', path],
  ],
})

const pythonEngine = (path: string, passed: Passed): Command => {
  if (passed.config !== undefined || passed.set !== undefined)
    throw new UsageError(
      `--config and --set are for engines in JavaScript: ${path} reads no settings`,
    )
  const { PYTHONPATH, HF_HUB_OFFLINE = '1' } = process.env
  return pythonCommand({
    ...shared,
    file: resolve(path),
    env: { ...shared.env, PYTHONPATH, HF_HUB_OFFLINE, SIDESTREAM_LOG_LEVEL: levelOf(passed) },
  })
}
