/** What ends a command that runs for long: signals, and output that nobody reads. */
import { fromEvent, map, merge, share } from 'rxjs'
import type { OpenTelemetry } from '../../telemetry/open.js'
import { mayBeWatched } from './watched.js'
import { type Signal, signalNumbers } from './with-engine.js'

const signals = Object.keys(signalNumbers) as readonly Signal[]

/** Whoever subscribes does so until the end: without a listener, a signal would end this process and leave its engines. */
export const interrupts$ = merge(
  ...signals.map((name) => fromEvent(process, name, () => name)),
).pipe(share())

export const unread$ = merge(
  fromEvent(process.stdout, 'error'),
  fromEvent(process.stderr, 'error'),
).pipe(
  map((error) => error as NodeJS.ErrnoException),
  share(),
)

/** The host's part of what is watched, if anything is. */
export const hostWatch = async (): Promise<OpenTelemetry | undefined> => {
  if (!mayBeWatched(undefined)) return undefined
  const { hostTelemetry } = await import('./process-telemetry.js')
  return hostTelemetry((line) => void process.stderr.write(`${line}\n`))
}
