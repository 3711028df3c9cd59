/** What writes records, with pino, loaded when there is something to write and not before. */
import type * as output from './log-output.js'

/** As an ES module, which only the source is, this has no `require` of its own. */
export const loadOutput = (): typeof output => {
  if (typeof require !== 'undefined') return require('./log-output.js')
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('./log-output.ts')
}
