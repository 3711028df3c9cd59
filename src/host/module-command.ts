/** How to start an engine that is a module. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Command } from '../ports/child.js'

/**
 * What starts a module whose default export is an engine, by the Node that runs this: `.js`, or `.ts` as it is. In
 * Electron that is its own Node.
 *
 * @param path - of the module, from the working directory, or the name of an engine that is built in
 * @param args - more arguments of `sidestream run`, such as `--log-level=warn`
 */
export const moduleCommand = (path: string, args: readonly string[] = []): Command => ({
  command: process.execPath,
  args: [commandFile(), 'run', ...args, '--', path],
  ...('electron' in process.versions && { env: { ELECTRON_RUN_AS_NODE: '1' } }),
})

const commandFile = (): string => {
  const self = createRequire(import.meta.url).resolve('sidestream/package.json')
  return join(dirname(self), 'dist', 'cli.cjs')
}
