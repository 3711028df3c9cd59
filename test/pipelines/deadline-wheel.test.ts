import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeadlineWheel, type WheelEntry } from '../../pipelines/deadline-wheel.js'
import { virtualClock } from '../../src/testing/index.js'

const test = suite('deadline wheel')

const entry = (deadline: number): WheelEntry & { deadline: number } => ({
  deadline,
  wheelNext: undefined,
  wheelPrevious: undefined,
})

/** A wheel that notes what expired, and when. */
const watched = (clock = virtualClock()) => {
  const expired: { deadline: number; at: number }[] = []
  const wheel = new DeadlineWheel<WheelEntry>(clock, ({ deadline }) => {
    expired.push({ deadline, at: clock.now() })
  })
  return { clock, wheel, expired }
}

/** Numbers that look random and are the same in every run. */
const numbers = (count: number, below: number): readonly number[] => {
  let seed = 42
  return Array.from({ length: count }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  })
}

test('expires each entry in its own millisecond, in the order of deadlines', async () => {
  const { clock, wheel, expired } = watched()
  const deadlines = [5, 1, 4096, 8, 7, 4104, 9000, 100_000, 3, 0]
  for (const deadline of deadlines) wheel.add(entry(deadline))
  await clock.runAll()
  const sorted = [...deadlines].sort((a, b) => a - b)
  assert.equal(
    expired,
    sorted.map((deadline) => ({ deadline, at: deadline })),
  )
  assert.is(wheel.size, 0)
})

test('is never early, also between two milliseconds', async () => {
  const { clock, wheel, expired } = watched()
  for (const deadline of [10.2, 10.9, 8191.5]) wheel.add(entry(deadline))
  await clock.runAll()
  assert.equal(
    expired.map(({ at }) => at),
    [11, 11, 8192],
  )
})

test('100,000 entries added and taken off at all times expire to the millisecond', async () => {
  const { clock, wheel, expired } = watched()
  const delays = numbers(100_000, 20_000)
  const kept: number[] = []
  for (const [index, delayMs] of delays.entries()) {
    if (index % 1000 === 0) await clock.advance(1)
    const one = entry(clock.now() + delayMs)
    wheel.add(one)
    if (index % 3 === 0) wheel.delete(one)
    else kept.push(one.deadline)
  }
  await clock.runAll()
  assert.is(expired.length, kept.length)
  assert.ok(expired.every(({ deadline, at }) => at === deadline))
  assert.is(wheel.size, 0)
})

test('after a sleep what is overdue comes first to last, a thousand a turn', async () => {
  const clock = virtualClock()
  const turns: number[][] = []
  let asleepMs = 0
  const sleepy = { ...clock, now: () => clock.now() + asleepMs }
  const wheel = new DeadlineWheel<WheelEntry>(
    {
      ...sleepy,
      setTimer: (task, delayMs) =>
        clock.setTimer(() => {
          turns.push([])
          task()
        }, delayMs),
    },
    ({ deadline }) => turns.at(-1)?.push(deadline),
  )
  const deadlines = numbers(2500, 60_000)
  for (const deadline of deadlines) wheel.add(entry(deadline + 1))
  asleepMs = 3_600_000
  await clock.advance(100)
  const full = turns.filter(({ length }) => length > 0)
  assert.equal(
    full.map(({ length }) => length),
    [1000, 1000, 500],
  )
  assert.equal(
    full.flat(),
    deadlines.map((deadline) => deadline + 1).sort((a, b) => a - b),
  )
  assert.is(clock.pending, 0)
})

test('an entry that moves expires at its new time only', async () => {
  const { clock, wheel, expired } = watched()
  const moving = entry(50)
  wheel.add(moving)
  await clock.advance(10)
  for (const deadline of [9000, 30, 20]) {
    wheel.delete(moving)
    moving.deadline = deadline
    wheel.add(moving)
  }
  await clock.runAll()
  assert.equal(expired, [{ deadline: 20, at: 20 }])
})

test('what is overdue when it is added expires at once', async () => {
  const { clock, wheel, expired } = watched()
  wheel.add(entry(5_000))
  await clock.advance(4_000)
  wheel.add(entry(1))
  await clock.advance(0)
  assert.equal(expired, [{ deadline: 1, at: 4_000 }])
})

test('taking off what is not there changes nothing', () => {
  const { wheel } = watched()
  const one = entry(10)
  wheel.add(one)
  wheel.delete(one)
  wheel.delete(one)
  wheel.delete(entry(10))
  assert.is(wheel.size, 0)
})

test('an expiring entry may take off others, and add more', async () => {
  const clock = virtualClock()
  const expired: number[] = []
  const [a, b, c] = [entry(10), entry(10), entry(10)]
  const wheel = new DeadlineWheel<WheelEntry>(clock, ({ deadline }) => {
    expired.push(deadline)
    if (deadline === 10) {
      wheel.delete(b)
      wheel.delete(c)
      wheel.add(entry(12))
    }
  })
  for (const one of [a, b, c]) wheel.add(one)
  await clock.runAll()
  assert.equal(expired, [10, 12])
  assert.is(wheel.size, 0)
})

test('a deadline years ahead costs a look every few seconds, and fires then', async () => {
  const { clock, wheel, expired } = watched()
  wheel.add(entry(60_000_000))
  wheel.add(entry(2 ** 53))
  await clock.advance(59_999_999)
  assert.equal(expired, [])
  await clock.advance(1)
  assert.equal(expired, [{ deadline: 60_000_000, at: 60_000_000 }])
  assert.is(wheel.size, 1)
})

test('an empty wheel arms nothing', async () => {
  const { clock, wheel } = watched()
  assert.is(clock.pending, 0)
  for (const deadline of numbers(1000, 4000)) {
    const one = entry(deadline)
    wheel.add(one)
    wheel.delete(one)
  }
  assert.ok(clock.pending <= 1)
  await clock.runAll()
  assert.is(clock.pending, 0)
})

test('what is long overdue when it is added expires at once', async () => {
  const { clock, wheel, expired } = watched()
  await clock.advance(1000)
  wheel.add(entry(5000))
  wheel.add(entry(1))
  wheel.add(entry(500))
  await clock.advance(0)
  assert.equal(expired, [
    { deadline: 1, at: 1000 },
    { deadline: 500, at: 1000 },
  ])
  assert.is(wheel.size, 1)
})

test('one that another puts off while both are due waits for its new deadline', async () => {
  const clock = virtualClock()
  const expired: unknown[] = []
  const second = entry(5)
  const wheel = new DeadlineWheel<WheelEntry>(clock, (it) => {
    expired.push([it.deadline, clock.now()])
    if (it === second || second.deadline > 5) return
    wheel.delete(second)
    second.deadline = 20
    wheel.add(second)
  })
  wheel.add(entry(5))
  wheel.add(second)
  await clock.runAll()
  assert.equal(expired, [
    [5, 5],
    [20, 20],
  ])
})

test.run()
