/** Why a group of engines could not be kept running, for who started it. */
import { stripVTControlCharacters } from 'node:util'
import type { EngineSpecs, MemberStatus } from '../host/index.js'
import { isPython } from './engine-file.js'
import { printable } from './style.js'

/** Lines of what an engine printed last. */
const mostLines = 10

/** @param verb - of the command that started them */
export const hostFailure = (
  verb: string,
  { engine, restarts, lastEnd }: MemberStatus,
  engines: EngineSpecs,
): string => {
  const { message = 'it did not start', stderr = [] } = lastEnd ?? {}
  const starts = restarts === 0 ? 'was started' : `was started ${restarts + 1} times`
  const lines = stderr
    .slice(-mostLines)
    .map((line) => `  ${printable(stripVTControlCharacters(line))}`)
  return [
    `sidestream ${verb}: The engine ${engine} ${starts}, and is not started again. ${message}.`,
    ...(lines.length > 0 ? ['What it printed last:', ...lines] : []),
    `See how it does alone: ${commandOf(engines, engine)}`,
    'All that is known of its end: sidestream explain\n',
  ].join('\n')
}

const commandOf = (engines: EngineSpecs, name: string): string => {
  const { command = '', args = [] } = engines[name] ?? {}
  const path = args.at(-1)
  return isPython(path ?? '') || (command === process.execPath && args.includes('run'))
    ? `sidestream health ${path}`
    : [command, ...args].join(' ')
}
