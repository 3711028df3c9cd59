/** What the process is told by its surroundings, as events of the engine's lifecycle. */
import { Observable } from 'rxjs'
import type { LifecycleEvent, Signal } from '../engine/lifecycle.js'
import type { Logger } from '../ports/logger.js'

const signals: readonly Signal[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

export const signals$ = new Observable<LifecycleEvent>((subscriber) => {
  const listeners = signals.map((signal) => {
    const listener = () => subscriber.next({ type: 'signal', signal })
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
})

/** Node's warnings and what nobody caught become log records; the engine goes on. */
export const logProcessEvents = (log: Logger): void => {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    const { name, message, code } = warning as Error & { code?: string }
    log.warn({ source: 'node', name, ...(code !== undefined && { code }) }, message)
  })
  process.on('uncaughtException', (err) => log.error({ err }, 'Nobody caught this error'))
  process.on('unhandledRejection', (err) => log.error({ err }, 'Nobody handled this rejection'))
}

