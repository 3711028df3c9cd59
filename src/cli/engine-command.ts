/** How the command starts an engine: as this Node, with `run`. */
import type { Command } from '../ports/child.js'

export const engineCommand = (path: string, isVerbose: boolean): Command => ({
  command: process.execPath,
  args: [
    ...process.execArgv,
    process.argv[1] as string,
    'run',
    ...['--log-level', isVerbose ? 'info' : 'warn', '--', path],
  ],
  inherit: 'all', // it is the user's own, who typed this
})
