/** pino, loaded when it is needed and not before. */
import type { pino } from 'pino'

/** Written so that bundlers see it; as an ES module, which only the source is, it has no `require` of its own. */
export const loadPino = (): { readonly pino: typeof pino } => {
  if (typeof require !== 'undefined') return require('pino')
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('pino')
}
