import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { realClock } from '../../src/ports/clock.js'
import { virtualClock } from '../../src/testing/index.js'
import { WallTime } from '../../telemetry/wall-time.js'

const test = suite('wall time')

test('is the time of day, more exactly than to the millisecond', () => {
  const wallTime = new WallTime(realClock)
  const before = performance.timeOrigin + performance.now()
  const [seconds, nanos] = wallTime.at(realClock.now())
  const after = performance.timeOrigin + performance.now()
  const ms = seconds * 1e3 + nanos / 1e6
  assert.ok(ms > before - 0.1 && ms < after + 0.1, `${before} ${ms} ${after}`)
})

test('goes on from the clock, in whole nanoseconds', async () => {
  const clock = virtualClock()
  const wallTime = new WallTime(clock, () => 1_700_000_000_000)
  await clock.advance(1)
  assert.equal(wallTime.at(clock.now()), [1_700_000_000, 1e6])
  assert.equal(wallTime.at(2500.25), [1_700_000_002, 500_250_000])
})

test('follows the world when that is set right, or the computer has slept, and no jitter', async () => {
  const clock = virtualClock()
  let ahead = 0
  const wallTime = new WallTime(clock, () => 1_700_000_000_000 + clock.now() + ahead)
  await clock.advance(1000)
  ahead = 10
  wallTime.adjust()
  assert.equal(wallTime.at(clock.now()), [1_700_000_001, 0])
  ahead = 3_600_000
  wallTime.adjust()
  assert.equal(wallTime.at(clock.now()), [1_700_003_601, 0])
})

test.run()
