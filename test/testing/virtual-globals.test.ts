import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { realClock } from '../../src/ports/clock.js'
import { type VirtualClock, virtualClock } from '../../src/testing/index.js'
import { installGlobals } from '../../src/testing/virtual-globals.js'
import { rejection } from './rejection.js'

const test = suite('installGlobals')

const installed = (body: (clock: VirtualClock) => Promise<void>) => async () => {
  const clock = virtualClock()
  const restore = installGlobals(clock)
  try {
    await body(clock)
  } finally {
    restore()
  }
}

const real = { setTimeout, setInterval, clearTimeout, clearInterval, Date, sleep }
const realNow = performance.now

test('puts everything back', async () => {
  await installed(async () => {
    assert.is.not(setTimeout, real.setTimeout)
    assert.is.not(sleep, real.sleep)
    assert.is.not(Date, real.Date)
  })()
  assert.equal({ setTimeout, setInterval, clearTimeout, clearInterval, Date, sleep }, real)
  assert.is(performance.now, realNow)
  assert.not.ok(Object.hasOwn(performance, 'now'))
})

test(
  'runs timeouts and intervals at their frames, with arguments',
  installed(async (clock) => {
    const seen: string[] = []
    const note = (name: string) => seen.push(`${name}@${clock.now()}`)
    setTimeout(note, 5, 'timeout')
    setTimeout(note, undefined, 'now')
    setTimeout(note, 2 ** 31, 'overflow') // as in Node
    const interval = setInterval(note, 3, 'interval')
    setTimeout(() => clearInterval(interval), 10)
    await clock.advance(20)
    assert.equal(seen, [
      'now@0',
      'overflow@1',
      'interval@3',
      'timeout@5',
      'interval@6',
      'interval@9',
    ])
    assert.is(clock.pending, 0)
  }),
)

test(
  'an interval can clear itself, and a timeout be cleared by its number or refreshed',
  installed(async (clock) => {
    let ticks = 0
    const interval = setInterval(() => {
      ticks += 1
      if (ticks === 2) clearInterval(interval)
    }, 1)
    clearTimeout(Number(setTimeout(() => assert.unreachable(), 1)))
    let ranAt = 0
    const timeout = setTimeout(() => {
      ranAt = clock.now()
    }, 5).unref()
    await clock.advance(3)
    timeout.refresh()
    await clock.advance(10)
    assert.is(ticks, 2)
    assert.is(ranAt, 8)
    assert.not(timeout.hasRef())
  }),
)

test('clears a real timer that was armed before', async () => {
  const timer = setTimeout(() => assert.unreachable(), 1)
  await installed(async () => clearTimeout(timer))()
  await sleep(5)
})

test(
  'Date and performance.now are the time of the clock',
  installed(async (clock) => {
    await clock.advance(1500)
    assert.is(Date.now(), 1500)
    assert.is(new Date().toISOString(), '1970-01-01T00:00:01.500Z')
    assert.is(new Date(7).valueOf(), 7)
    assert.is(Date(), new real.Date(1500).toString())
    assert.is(performance.now(), 1500)
    assert.ok(new Date() instanceof real.Date)
    assert.ok(new real.Date() instanceof Date)
    assert.is(Date.UTC(1970, 0), 0)
  }),
)

test(
  'drives realClock, timers/promises and a promisified setTimeout',
  installed(async (clock) => {
    const seen: unknown[] = []
    realClock.setTimer(() => seen.push(`realClock@${clock.now()}`), 2)
    sleep(3, 'slept').then((value) => seen.push(`${value}@${clock.now()}`))
    promisify(setTimeout)(4, 'promisified').then((value) => seen.push(`${value}@${clock.now()}`))
    await clock.runAll()
    assert.equal(seen, ['realClock@2', 'slept@3', 'promisified@4'])
  }),
)

test(
  'sleep ends with its signal',
  installed(async (clock) => {
    const controller = new AbortController()
    const slept = rejection(sleep(10, undefined, { signal: controller.signal }))
    setTimeout(() => controller.abort('why'), 4)
    await clock.runAll()
    const { name, cause } = await slept
    assert.equal([name, cause, clock.now()], ['AbortError', 'why', 4])
    assert.is((await rejection(sleep(1, 0, { signal: AbortSignal.abort() }))).name, 'AbortError')
  }),
)

test(
  'callbacks keep their async context',
  installed(async (clock) => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    storage.run('request 1', () => setTimeout(() => seen.push(storage.getStore()), 1))
    await clock.runAll()
    assert.equal(seen, ['request 1'])
  }),
)

test.run()
