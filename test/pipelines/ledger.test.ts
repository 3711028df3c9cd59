import { left } from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ledger } from '../../pipelines/ledger.js'
import type { RequestId } from '../../src/protocol/request-id.js'
import { requestCancelled } from '../../src/protocol/rpc-error.js'
import { testCalls, virtualClock } from '../../src/testing/index.js'

const test = suite('ledger')

const distinct: readonly RequestId[] = [
  1,
  '1',
  0,
  '',
  '\0',
  '\0digits',
  '\x001',
  { digits: '1e400' },
  1.5,
  -1,
]

test('finds a call by its id, told apart by value and type', () => {
  const { call, ledger } = testCalls(virtualClock())
  const calls = distinct.map((id) => call({ id }))
  assert.is(ledger.size, distinct.length)
  for (const [index, id] of distinct.entries()) assert.is(ledger.find(id), calls[index])
  assert.is(ledger.find(2), undefined)
})

test('calls with id null, and notifications, are counted and never found', () => {
  const { call, ledger } = testCalls(virtualClock())
  const calls = [call({ id: null }), call({ id: null }), call({ id: undefined })]
  assert.is(ledger.size, 3)
  assert.is(ledger.find(null), undefined)
  for (const one of calls) one.reply(1)
  assert.is(ledger.size, 0)
})

test('is empty, wheel and bytes too, when all have been settled in any order', async () => {
  const clock = virtualClock()
  const { call, ledger } = testCalls(clock)
  const calls = Array.from({ length: 10_000 }, () => call({ params: [] }))
  for (const [index, one] of calls.entries()) one.lowerDeadline(index % 100)
  assert.is(ledger.timed, 10_000)
  for (const [index, one] of calls.entries()) {
    if (index % 3 === 0) one.reply(1)
    if (index % 3 === 1) one.settle(left(requestCancelled()))
  }
  assert.equal([ledger.size, ledger.timed], [3333, 3333])
  await clock.runAll()
  assert.equal([ledger.size, ledger.timed, ledger.openBytes], [0, 0, 0])
  assert.ok(calls.every(({ isSettled }) => isSettled))
})

test('a call may leave once only', () => {
  const { call, ledger } = testCalls(virtualClock())
  const one = call()
  call()
  ledger.close(one)
  ledger.close(one)
  assert.is(ledger.size, 1)
})

test('tells when a call is closed', () => {
  const { call, ledger } = testCalls(virtualClock())
  const sizes: number[] = []
  ledger.onClose = () => sizes.push(ledger.size)
  const calls = [call(), call()]
  for (const one of calls) one.reply(1)
  assert.equal(sizes, [1, 0])
})

test('lists the call at the intake once, whether it has been added or not', () => {
  const { call, ledger } = testCalls(virtualClock())
  const one = call()
  ledger.atIntake = one
  assert.equal(ledger.calls(), [one])
  ledger.close(one)
  assert.equal(ledger.calls(), [one])
})

test('counts what open calls hold', () => {
  const clock = virtualClock()
  const ledger = new Ledger(clock, () => {})
  const { call } = testCalls(clock)
  const one = call()
  ledger.add(one)
  assert.ok(ledger.openBytes > 0)
  one.isOpen = true
  ledger.close(one)
  assert.is(ledger.openBytes, 0)
})

test.run()
