/** `sidestream health ENGINE`: starts an engine and shows how it is. */

import { readArguments } from './arguments.js'
import { ask } from './ask.js'
import { passedKinds } from './engine-command.js'
import { healthText } from './health-text.js'
import { UsageError } from './usage-error.js'

export const health = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, { json: 'flag', ...passedKinds }, 1)
  const [path] = positionals
  if (path === undefined)
    throw new UsageError('Which engine? Such as: sidestream health ./engine.js')
  return ask(path, 'health.check', options, (snapshot, style) => ({
    text: healthText(snapshot, style),
    exitCode: (snapshot as { status?: unknown }).status === 'ok' ? 0 : 1,
  }))
}
