/** What every job has, in the process that does the work. */
import { setImmediate } from 'node:timers/promises'
import { requestCancelled } from '../../protocol/rpc-error.js'

export interface Work {
  /** How far it is. */
  tell(value: object): void
  readonly signal: AbortSignal
  /** After a native call: what it has printed is judged. */
  mark(): void
  /** Made when there is a file for it. */
  readonly folder: string
}

/** Lets messages in: a cancel is one. Throws when there was one. */
export const breathe = async ({ signal }: Work): Promise<void> => {
  await setImmediate()
  if (signal.aborted) throw requestCancelled()
}
