import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Arrival, Backlog } from '../../src/engine/backlog.js'
import { parseError } from '../../src/protocol/rpc-error.js'
import { virtualClock } from '../../src/testing/index.js'

const test = suite('backlog')

const setUp = () => {
  const clock = virtualClock()
  const due: Arrival[] = []
  return { clock, due, backlog: new Backlog(clock, (arrival) => due.push(arrival)) }
}
const within = (deadlineMs: unknown) => JSON.stringify({ id: 1, params: { _meta: { deadlineMs } } })
const arrived = (...frames: Arrival['frames']): Arrival => ({ frames, receivedAt: 0 })

test('gives back what came, from either end, and counts its length', () => {
  const { backlog } = setUp()
  const bad = parseError('bad')
  backlog.addLast(arrived('bb', bad))
  backlog.addLast(arrived('ccc'))
  backlog.addFirst(arrived('a'))
  assert.is(backlog.bytes, 6)
  assert.equal(backlog.shift(), arrived('a'))
  assert.equal(backlog.pop(), arrived('ccc'))
  assert.is(backlog.bytes, 2)
  assert.equal(backlog.shift(), arrived('bb', bad))
  assert.is(backlog.bytes, 0)
  assert.ok(backlog.isEmpty)
  assert.is(backlog.shift(), undefined)
  assert.is(backlog.pop(), undefined)
})

test('lets go what is due, each at its time, and keeps the rest', async () => {
  const { clock, due, backlog } = setUp()
  const [five, nine, late] = [within(5), within(9), within(1e300)]
  const batch = `[${within(7)},${within(2)},{"id":3}]`
  backlog.addLast(arrived('x', nine, five))
  backlog.addLast(arrived(batch, late))
  await clock.advance(1)
  assert.equal(due, [])
  await clock.advance(1)
  assert.equal(due, [arrived(batch)])
  await clock.advance(7)
  assert.equal(due.slice(1), [arrived(five), arrived(nine)])
  assert.is(backlog.bytes, 1 + late.length)
  assert.equal(backlog.shift(), arrived('x'))
  assert.equal(backlog.shift(), arrived(late))
  assert.is(backlog.bytes, 0)
})

test('what has none, or nothing that could be one, waits', async () => {
  const { clock, due, backlog } = setUp()
  const odd = [
    '"deadlineMs"',
    '{"deadlineMs"',
    'null',
    '[]',
    '[null,"deadlineMs"]',
    '{"params":null,"deadlineMs":1}',
  ]
  backlog.addLast(arrived(...odd, ...['1', null, {}, []].map(within)))
  backlog.addLast(
    arrived('{"params":{"_meta":null,"deadlineMs":1}}', '{"params":[{"_meta":{"deadlineMs":1}}]}'),
  )
  await clock.advance(1000)
  assert.equal(due, [])
})

test('a deadline that is over already does not wait for another turn of the clock than the next', async () => {
  const { clock, due, backlog } = setUp()
  await clock.advance(10)
  backlog.addLast(arrived(within(3), within(-1)))
  await clock.advance(0)
  assert.equal(due, [arrived(within(3), within(-1))])
})

test('is empty when all that came together is due', async () => {
  const { clock, due, backlog } = setUp()
  backlog.addLast(arrived(within(3), within(2)))
  await clock.advance(2)
  assert.not(backlog.isEmpty)
  await clock.advance(1)
  assert.is(due.length, 2)
  assert.ok(backlog.isEmpty)
  assert.is(backlog.shift(), undefined)
  assert.is(clock.pending, 0)
})

test('has one timer, for the first that is due', async () => {
  const { clock, due, backlog } = setUp()
  backlog.addLast(arrived(within(9)))
  backlog.addLast(arrived(within(3)))
  backlog.addLast(arrived(within(6)))
  assert.is(clock.pending, 1)
  await clock.advance(9)
  assert.equal(due, [arrived(within(3)), arrived(within(6)), arrived(within(9))])
})

test.run()
