/** What happens to supervised engines, in words. */
import type { HostEvent } from '../host/status.js'
import type { LogLevel } from '../ports/logger.js'
import { span } from './time-text.js'

export interface EventText {
  readonly level: LogLevel
  readonly text: string
}

export const eventText = (event: HostEvent): EventText => {
  switch (event.type) {
    case 'starting':
      return info(event.epoch === 1 ? 'is started' : 'is started again')
    case 'ready':
      return info(`is ready after ${event.startMs} ms, as process ${event.pid}`)
    case 'busy':
      return warn('is busy: its event loop is blocked, or it does not answer')
    case 'recovered':
      return info('answers again')
    case 'ended':
      return event.reason === 'stopped'
        ? info('has stopped')
        : warn(event.message.replace(/^It /, ''))
    case 'black-box':
      return info(`To see why it ended: sidestream explain ${event.file}`)
    case 'restarting':
      return info(`starts again in ${span(event.delayMs)}, attempt ${event.attempt}`)
    case 'quarantined':
      return { level: 'error', text: `is quarantined: it failed ${when[event.budget]}` }
    case 'recycling':
      return info(`is replaced: ${why[event.why]}`)
  }
}

const info = (text: string): EventText => ({ level: 'info', text })
const warn = (text: string): EventText => ({ level: 'warn', text })

const when = { startFailures: 'at its start', crashes: 'after it was ready' } as const
const why = {
  calls: 'it has served its number of calls',
  age: 'it has reached its age',
  memory: 'it uses more memory than it should',
  asked: 'it was asked for',
} as const
