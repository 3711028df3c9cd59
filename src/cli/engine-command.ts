/** How the command starts an engine: as this Node, with `run`. */
import type { Command } from '../ports/child.js'

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

export const engineCommand = (path: string, { isVerbose, config, set = [] }: Passed): Command => ({
  command: process.execPath,
  args: [
    ...process.execArgv,
    process.argv[1] as string,
    'run',
    ...['--log-level', isVerbose ? 'info' : 'warn'],
    ...(config === undefined ? [] : ['--config', config]),
    ...set.flatMap((typed) => ['--set', typed]),
    ...['--', path],
  ],
  inherit: 'all', // it is the user's own, who typed this
  env: { OTEL_SERVICE_NAME: undefined }, // that is the command's
})
