/** What the process is told by its surroundings: signals as events, warnings and lost errors as log records. */
import { Observable } from 'rxjs'
import type { Logger } from '../ports/logger.js'
import type { ProcessEvent, Signal } from '../ports/process-event.js'

const signals: readonly Signal[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

export const signals$ = new Observable<ProcessEvent>((subscriber) => {
  const listeners = signals.map((signal) => {
    const listener = () => subscriber.next({ type: 'signal', signal })
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
})

/**
 * Node's warnings and what nobody caught become log records; the engine goes on.
 *
 * @param log - asked for each record
 */
export const logProcessEvents = (log: () => Logger): void => {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    const { name, message, code } = warning as Error & { code?: string }
    log().warn({ source: 'node', name, ...(code !== undefined && { code }) }, message)
  })
  process.on('uncaughtException', (err) => log().error({ err }, 'Nobody caught this error'))
  process.on('unhandledRejection', (err) => log().error({ err }, 'Nobody handled this rejection'))
}
