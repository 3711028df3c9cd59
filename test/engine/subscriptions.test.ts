import { map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EngineDefinition, engine } from '../../src/index.js'
import type { Logger, LogLevel } from '../../src/ports/logger.js'
import { marbles, testEngine } from '../../src/testing/index.js'

const test = suite('log subscriptions')

const demo = (handler: (log: Logger) => void, more: Partial<EngineDefinition> = {}) =>
  engine({
    name: 'demo',
    version: '1.0.0',
    methods: { say: { handler: (_, { log }) => handler(log) } },
    ...more,
  })

const subscribe = (level: LogLevel) => ({ method: 'engine.subscribe', params: { log: { level } } })
const params = map((message: Readonly<Record<string, unknown>>) => message['params'])

test(
  'every level is told by its name, from the one that was asked for',
  marbles(({ clock, expectObservable }) => {
    const say = (log: Logger) => {
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
        log[level]({}, level)
    }
    const { send, notifications } = testEngine(clock, demo(say))
    const messages = { t: subscribe('trace'), d: subscribe('debug'), a: { method: 'say' } }
    send('ta--------da', messages)
    const levels = map((message: Readonly<Record<string, unknown>>) => {
      const { level, message: said } = message['params'] as Readonly<Record<string, string>>
      return level === said ? level?.[0] : `${level} for ${said}`
    })
    expectObservable(notifications.pipe(levels)).toBe('-(tdiwef)--(diwef)')
  }),
)

test(
  'a record has the facts of all logs it came through, the nearest first',
  marbles(({ clock, expectObservable }) => {
    const say = (log: Logger) =>
      log.child({ model: 'tiny', n: 1 }).child({ step: 2 }).info({ n: 3 }, 'loaded')
    const { send, notifications, records } = testEngine(clock, demo(say))
    send('sa', { s: subscribe('info'), a: { method: 'say' } })
    const facts = { method: 'say', requestId: 'a', model: 'tiny', n: 3, step: 2 }
    expectObservable(notifications.pipe(params)).toBe('-l', {
      l: { ...facts, level: 'info', message: 'loaded' },
    })
    clock.setTimer(() => assert.equal(records.at(-1)?.facts, facts), 3)
  }),
)

test(
  'a peer that reads too slowly misses records, and is told how many',
  marbles(({ clock, expectObservable }) => {
    const say = (log: Logger) => {
      for (let count = 0; count < 6; count += 1) log.info({}, 'x'.repeat(200))
    }
    const { send, notifications, peer } = testEngine(
      clock,
      demo(say, { limits: { bufferBytes: 300 } }),
    )
    send('s-a------------------a', { s: subscribe('info'), a: { method: 'say', id: undefined } })
    clock.setTimer(() => peer.stall(), 1)
    clock.setTimer(() => peer.read(), 12)
    const missed = map((message: Readonly<Record<string, unknown>>) => {
      const { missed: count } = message['params'] as { missed?: number }
      return `${count ?? '-'}`
    })
    const none = { n: '-', f: '4' }
    expectObservable(notifications.pipe(missed)).toBe('------------(nn)-----(fnnnnn)', none)
  }),
)

test(
  'the level of the log itself may be set',
  marbles(({ clock, expectObservable }) => {
    const levels: string[] = []
    const { send, replies } = testEngine(
      clock,
      demo((log) => log.setLevel('warn')),
      { log: levelled(levels) },
    )
    const one = { level: 'trace', module: 'vad' }
    send('abcd', {
      a: { method: 'log.setLevel', params: { level: 'debug' } },
      b: { method: 'say' },
      c: { method: 'log.setLevel', params: one },
      d: { method: 'log.setLevel', params: { ...one, modul: 'x' } },
    })
    const gist = map(({ id, error }: Readonly<Record<string, unknown>>) =>
      error === undefined ? id : 'e',
    )
    expectObservable(replies.pipe(gist)).toBe('abce')
    clock.setTimer(() => assert.equal(levels, ['debug', 'warn', 'trace vad']), 5)
  }),
)

const levelled = (levels: string[]): Logger => {
  const drop = () => {}
  const log: Logger = {
    trace: drop,
    debug: drop,
    info: drop,
    warn: drop,
    error: drop,
    fatal: drop,
    child: () => log,
    setLevel: (level, module) => levels.push([level, module].filter(Boolean).join(' ')),
  }
  return log
}

test.run()
