/** An engine with a method of each sort. */
import { group, method, notification } from '../../src/engine/define.js'
import { engineOf } from './wire.js'

export const definition = engineOf(
  {
    quick: method({ description: 'Is quick.', idempotent: true, handler: () => 1 }),
    models: group({ methods: { load: method({ handler: () => 2 }) } }),
    hang: method({ handler: () => new Promise(() => {}) }),
    say: method({
      handler: (_, { log }) => {
        for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const)
          log[level]({ level: 'fact', message: 'fact', n: 1 }, level)
        log.warn({ err: new Error('why'), odd: 1n }, 'odd')
      },
    }),
  },
  {
    description: 'For tests.',
    notifications: { note: notification({ handler: () => {} }) },
    health: { disk: () => ({ status: 'ok', freeBytes: 5 }) },
    drain: 1000,
  },
)
