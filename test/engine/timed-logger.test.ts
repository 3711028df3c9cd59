import { of } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { timedLogger } from '../../src/engine/timed-logger.js'
import { engine } from '../../src/index.js'
import type { TimedLogger } from '../../src/ports/logger.js'
import { testEngine, virtualClock } from '../../src/testing/index.js'
import { testLog } from '../../src/testing/test-log.js'

const test = suite('timedLogger')

const setUp = () => {
  const clock = virtualClock()
  const { log, records } = testLog()
  return { clock, log: timedLogger(log, clock), records }
}
const wait = (clock: ReturnType<typeof virtualClock>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.setTimer(resolve, ms)
  })

test('work that returns is told of, and its value returned', () => {
  const { log, records } = setUp()
  const value = new Map()
  assert.is(
    log.timed('work', () => value),
    value,
  )
  assert.equal(records, [
    {
      level: 'info',
      message: 'timed',
      facts: { timed: 'work', durationMs: 0, outcome: 'ok' },
    },
  ])
})

test('work that throws has failed, and what it threw goes on', () => {
  const { log, records } = setUp()
  const thrown = new Error('no')
  const work = (): number => {
    throw thrown
  }
  try {
    log.timed('work', work)
    assert.unreachable()
  } catch (caught) {
    assert.is(caught, thrown)
  }
  assert.is(records[0]?.facts['outcome'], 'failed')
})

test('a Promise is waited for, and its value or failure comes through', async () => {
  const { clock, log, records } = setUp()
  const slow = log.timed('slow', async () => {
    await wait(clock, 7)
    return 'done'
  })
  const broken = log.timed('broken', async () => {
    await wait(clock, 3)
    throw new Error('no')
  })
  const ends = Promise.allSettled([slow, broken])
  await clock.runAll()
  assert.equal(
    (await ends).map((end) => (end.status === 'fulfilled' ? end.value : String(end.reason))),
    ['done', 'Error: no'],
  )
  assert.equal(
    records.map(({ facts }) => facts),
    [
      { timed: 'broken', durationMs: 3, outcome: 'failed' },
      { timed: 'slow', durationMs: 7, outcome: 'ok' },
    ],
  )
})

test('an Observable is only returned', () => {
  const { log, records } = setUp()
  const values = of(1)
  assert.is(
    log.timed('stream', () => values),
    values,
  )
  assert.is(records.length, 1)
})

test('a child times too, with its facts; times are told to the microsecond', () => {
  const { log, records } = testLog()
  const times = [1, 1.0123456]
  const clock = { ...virtualClock(), now: () => times.shift() ?? 0 }
  timedLogger(log, clock)
    .child({ model: 'tiny' })
    .timed('load', () => {})
  assert.equal(records[0]?.facts, {
    model: 'tiny',
    timed: 'load',
    durationMs: 0.012,
    outcome: 'ok',
  })
})

test('handlers and hooks of an engine have it', async () => {
  const clock = virtualClock()
  const pause = (log: TimedLogger) => log.timed('pause', () => wait(clock, 5))
  const demo = engine({
    name: 'demo',
    version: '1.0.0',
    methods: { work: { handler: (_, { log }) => pause(log) } },
    onStart: ({ log }) => pause(log),
  })
  const { send, records } = testEngine(clock, demo)
  send('------a', { a: { method: 'work' } })
  await clock.runUntil(20)
  const fact = { timed: 'pause', durationMs: 5, outcome: 'ok' }
  assert.equal(
    records.filter(({ message }) => message === 'timed').map(({ facts }) => facts),
    [fact, { method: 'work', requestId: 'a', ...fact }],
  )
})

test.run()
