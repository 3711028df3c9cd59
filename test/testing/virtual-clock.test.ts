import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virtualClock } from '../../src/testing/index.js'
import { rejection } from './rejection.js'

const test = suite('virtualClock')

test('runs timers by time, then by insertion', async () => {
  const clock = virtualClock()
  const seen: string[] = []
  const note = (name: string, delayMs: number) =>
    clock.setTimer(() => seen.push(`${name}@${clock.now()}`), delayMs)
  note('c', 5)
  note('a', 2)
  note('d', 5)
  note('b', 2)
  await clock.advance(4)
  assert.equal(seen, ['a@2', 'b@2'])
  assert.is(clock.now(), 4)
  await clock.runUntil(10)
  assert.equal(seen, ['a@2', 'b@2', 'c@5', 'd@5'])
  assert.is(clock.now(), 10)
})

test('settles promise chains within the frame, before the timers that they and others arm for it', async () => {
  const clock = virtualClock()
  const seen: string[] = []
  clock.setTimer(async () => {
    clock.setTimer(() => seen.push(`armed in frame@${clock.now()}`), 0)
    for (let step = 0; step < 50; step += 1) await Promise.resolve()
    seen.push(`promise@${clock.now()}`)
    clock.setTimer(() => seen.push(`armed by promise@${clock.now()}`), 0)
  }, 3)
  clock.setTimer(() => seen.push('next frame'), 4)
  await clock.runAll()
  assert.equal(seen, ['promise@3', 'armed in frame@3', 'armed by promise@3', 'next frame'])
})

test('lets ticks, microtasks and chains of immediates pass within the frame, in the order of Node', async () => {
  const clock = virtualClock()
  const seen: string[] = []
  const note = (name: string) => () => seen.push(`${name}@${clock.now()}`)
  const immediate = () => new Promise<void>((resolve) => setImmediate(resolve))
  clock.setTimer(async () => {
    setImmediate(note('immediate'))
    queueMicrotask(note('microtask'))
    process.nextTick(note('tick'))
    for (let turn = 0; turn < 5; turn += 1) await immediate()
    note('chain')()
  }, 1)
  clock.setTimer(note('timer'), 2)
  await clock.advance(7)
  assert.equal(seen, ['tick@1', 'microtask@1', 'immediate@1', 'chain@1', 'timer@2'])
})

test('ends when immediates never do', async () => {
  let isOver = false
  const again = () => void (isOver || setImmediate(again))
  again()
  const { message } = await rejection(virtualClock().advance(1))
  isOver = true
  assert.match(message, 'setImmediate callbacks arm each other')
})

test('two clocks do not wait for each other', async () => {
  const clocks = [virtualClock(), virtualClock()]
  await Promise.all(clocks.map((clock) => clock.advance(5)))
  assert.equal(
    clocks.map((clock) => clock.now()),
    [5, 5],
  )
})

test('never runs a timer early: fractions are rounded up, Infinity is never, NaN is a bug', async () => {
  const clock = virtualClock()
  let ranAt = -1
  clock.setTimer(() => {
    ranAt = clock.now()
  }, 1.2)
  clock.setTimer(() => assert.unreachable(), Infinity)
  await clock.runAll()
  assert.is(ranAt, 2)
  assert.throws(() => clock.setTimer(() => {}, Number.NaN), /not a number/)
})

test('counts pending timers and forgets cleared ones, in the running frame too', async () => {
  const clock = virtualClock()
  const first = clock.setTimer(() => clock.clearTimer(second), 1)
  const second = clock.setTimer(() => assert.unreachable(), 1)
  assert.is(clock.pending, 2)
  await clock.runAll()
  assert.is(clock.pending, 0)
  clock.clearTimer(first)
})

test('names the timers of a frame that does not end', async () => {
  const clock = virtualClock()
  const again = () => clock.setTimer(again, 0)
  clock.setTimer(again, 7)
  const { message } = await rejection(clock.runAll())
  assert.match(message, 'frame 7 does not end')
  assert.match(message, 'setTimer again, due at frame 7')
})

test('names the timers that are armed for ever', async () => {
  const clock = virtualClock()
  const tick = () => clock.setTimer(tick, 60_000, 'health tick')
  tick()
  const { message } = await rejection(clock.runAll(120_000))
  assert.match(message, 'still armed at frame 3720000, long after 120000: health tick, due at')
})

test('rejects with what a timer throws, and keeps the other timers', async () => {
  const clock = virtualClock()
  let ran = 0
  clock.setTimer(() => {
    throw new Error('in a timer')
  }, 1)
  clock.setTimer(() => {
    ran += 1
  }, 1)
  assert.is((await rejection(clock.advance(5))).message, 'in a timer')
  await clock.advance(0)
  assert.is(ran, 1)
})

test('moves one call at a time, and not back', async () => {
  const clock = virtualClock()
  const first = clock.advance(1)
  assert.match((await rejection(clock.advance(1))).message, 'already moving')
  await first
  assert.match((await rejection(clock.runUntil(0))).message, 'cannot run from frame 1 to 0')
  assert.match((await rejection(clock.runUntil(Infinity))).message, 'to Infinity')
})

test('runs nothing once it is closed', async () => {
  const clock = virtualClock()
  clock.setTimer(() => assert.unreachable(), 1)
  clock.close()
  clock.setTimer(() => assert.unreachable(), 1)
  assert.is(clock.pending, 0)
  await clock.advance(5)
})

test('holds 100,000 timers in any order', async () => {
  const clock = virtualClock()
  let last = -1
  for (let i = 0; i < 100_000; i += 1) {
    const dueMs = (i * 7919) % 50_021
    const timer = clock.setTimer(() => {
      assert.ok(dueMs >= last)
      last = dueMs
    }, dueMs)
    if (i % 3 === 0) clock.clearTimer(timer)
  }
  assert.is(clock.pending, 66_666)
  await clock.runAll()
  assert.is(last, 50_020)
})

test.run()
