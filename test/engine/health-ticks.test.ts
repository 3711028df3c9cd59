/** What a peer, or a user, subscribes to. */
import { map } from 'rxjs'
import { suite } from 'uvu'
import type { Context } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { demo } from './demo-engine.js'

const test = suite('health ticks')

const check = { method: 'health.check' }
test(
  'subscribed ticks come now and each so many milliseconds, until unsubscribed',
  marbles(({ clock, expectObservable }) => {
    const { send, notifications } = testEngine(clock, demo())
    send('-s 24ms u', {
      s: { method: 'engine.subscribe', params: { health: { everyMs: 10 } } },
      u: { method: 'engine.unsubscribe' },
    })
    const ticks = notifications.pipe(
      map(({ method, params }) => [method, (params as { uptimeMs: number }).uptimeMs]),
    )
    expectObservable(ticks).toBe('-a 9ms b 9ms c', {
      a: ['health.tick', 1],
      b: ['health.tick', 11],
      c: ['health.tick', 21],
    })
  }),
)

for (const everyMs of [0, -5, 1]) {
  test(
    `ticks every ${everyMs} ms come each 10 ms`,
    marbles(({ clock, expectObservable }) => {
      const { send, notifications } = testEngine(clock, demo())
      send('s 24ms u', {
        s: { method: 'engine.subscribe', params: { health: { everyMs } } },
        u: { method: 'engine.unsubscribe' },
      })
      expectObservable(notifications.pipe(map(({ method }) => method))).toBe('t 9ms t 9ms t', {
        t: 'health.tick',
      })
    }),
  )
}

test(
  'a new subscription takes the place of the old one',
  marbles(({ clock, expectObservable }) => {
    const { send, notifications } = testEngine(clock, demo())
    const every = (everyMs: number) => ({
      method: 'engine.subscribe',
      params: { health: { everyMs } },
    })
    send('ab 28ms u', { a: every(10), b: every(20), u: { method: 'engine.unsubscribe' } })
    expectObservable(notifications.pipe(map(({ method }) => method))).toBe('tt 19ms t', {
      t: 'health.tick',
    })
  }),
)

test(
  'nothing is sent unasked',
  marbles(({ clock, expectObservable }) => {
    const { send, notifications } = testEngine(clock, demo())
    send('h|', { h: check })
    expectObservable(notifications).toBe('-')
  }),
)

test(
  'log records are told from the level that was asked for',
  marbles(({ clock, expectObservable }) => {
    const methods = {
      chat: {
        handler: (_: unknown, { log }: Context) => {
          log.info({ step: 1 }, 'low')
          log.warn({ step: 2, err: new Error('no'), big: 1n }, 'high')
          log.warn({ step: 3, err: new Error('no') }, 'high')
        },
      },
    }
    const { send, notifications } = testEngine(clock, demo({ methods }))
    send('sc', {
      s: { method: 'engine.subscribe', params: { log: { level: 'warn' } } },
      c: { method: 'chat' },
    })
    const bound = { method: 'chat', requestId: 'c' }
    expectObservable(notifications.pipe(map(({ params }) => params))).toBe('-(ab)', {
      a: { level: 'warn', message: 'high' }, // facts that cannot be printed are left out
      b: { level: 'warn', message: 'high', ...bound, step: 3, error: 'no' },
    })
  }),
)

test(
  'health$ ticks each second while it is subscribed',
  marbles(({ clock, expectObservable }) => {
    const { health$ } = testEngine(clock, demo())
    const uptime = health$.pipe(map(({ uptimeMs }) => uptimeMs))
    expectObservable(uptime, '^ 2500ms !').toBe('a 999ms b 999ms c', { a: 0, b: 1000, c: 2000 })
  }),
)

test(
  'and completes when the engine has stopped',
  marbles(({ clock, expectObservable }) => {
    const { health$, peer } = testEngine(clock, demo())
    clock.setTimer(() => peer.end(), 1500)
    const uptime = health$.pipe(map(({ uptimeMs }) => uptimeMs))
    expectObservable(uptime).toBe('a 999ms b 499ms |', { a: 0, b: 1000 })
  }),
)

test.run()
