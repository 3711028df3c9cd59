/** `sidestream describe ENGINE [METHOD]`: shows what an engine can do. */
import type { OpenRpcDocument } from '../engine/open-rpc.js'
import { didYouMean } from '../protocol/nearest.js'
import { readArguments } from './arguments.js'
import { ask } from './ask.js'
import { describeText } from './describe-text.js'
import { passedKinds } from './engine-command.js'
import { UsageError } from './usage-error.js'

export const describe = async (args: readonly string[]): Promise<number> => {
  const { positionals, options } = readArguments(args, { json: 'flag', ...passedKinds }, 2)
  const [path, method] = positionals
  if (path === undefined)
    throw new UsageError('Which engine? Such as: sidestream describe ./engine.js')
  return ask(path, 'rpc.discover', options, (answer, style) => {
    const document = answer as OpenRpcDocument
    const names = document.methods.map(({ name }) => name)
    if (method === undefined || names.includes(method)) {
      return { text: describeText(document, method, style), exitCode: 0 }
    }
    throw new UsageError(`There is no method ${method}.${didYouMean(method, names)}`)
  })
}
