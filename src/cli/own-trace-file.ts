/** Where traces are that were asked for by an option. */
import { join } from 'node:path'
import { stateFolder } from '../platform/text-files.js'

/** `call --trace` writes to it, and `trace show` reads from it. */
export const ownTraceFile = (): string => join(stateFolder(), 'traces.jsonl')
