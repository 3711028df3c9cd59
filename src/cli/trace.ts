/** `sidestream trace`: what became of calls, as their traces tell. */
import { didYouMean } from '../protocol/nearest.js'
import { ownTraceFile } from './own-trace-file.js'
import { traceShow } from './trace-show.js'
import { UsageError } from './usage-error.js'

export const trace = async ([name = '', ...args]: readonly string[]): Promise<number> => {
  if (name === 'show') return traceShow(args, ownTraceFile())
  throw new UsageError(
    name === ''
      ? 'What of traces? Such as: sidestream trace show'
      : `There is no verb trace ${name}.${didYouMean(name, ['show'])}`,
  )
}
