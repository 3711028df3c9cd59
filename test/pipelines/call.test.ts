import { left, right } from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { requestCancelled, rpcError, shuttingDown } from '../../src/protocol/rpc-error.js'
import { testCalls, virtualClock } from '../../src/testing/index.js'

const test = suite('call')

const made = (clock = virtualClock()) => {
  const tested = testCalls(clock)
  const call = tested.call({ id: 'a' })
  const seen: unknown[] = []
  tested.outcomes.subscribe((outcome) => {
    seen.push(outcome.kind === 'reply' ? outcome.result : outcome.value)
  })
  return { ...tested, clock, one: call, seen }
}

test('the first to settle it wins, and it says false to go no further', () => {
  const { one, seen } = made()
  assert.is(one.settle(right(1)), false)
  assert.is(one.settle(left(shuttingDown())), false)
  one.reply(2)
  one.fail('too late')
  assert.equal(seen, [right(1)])
  assert.equal(one.result, right(1))
})

test('settling it while it is settled changes nothing', () => {
  const { one, seen } = made()
  one.whenSettled(() => one.reply('again'))
  one.reply('first')
  assert.equal(seen, [right('first')])
})

test('tasks run when it is settled, at once if it has been, and one that throws stops no other', () => {
  const { one, records } = made()
  const log: string[] = []
  one.whenSettled(() => log.push('a'))
  one.whenSettled(() => {
    throw new Error('b')
  })
  one.whenSettled(() => log.push('c'))
  one.reply(1)
  one.whenSettled(() => log.push('d'))
  assert.equal(log, ['a', 'c', 'd'])
  assert.equal(
    records.map(({ level, facts }) => [level, facts['err']]),
    [['error', new Error('b')]],
  )
})

test('its signal aborts when it is settled by another', () => {
  const { one } = made()
  const { signal } = one
  assert.not(signal.aborted)
  one.settle(left(requestCancelled()))
  assert.ok(signal.aborted)
  assert.is(one.signal, signal)
})

test('a signal that is asked for too late has been aborted', () => {
  const { one } = made()
  one.settle(left(requestCancelled()))
  assert.ok(one.signal.aborted)
})

test('fail takes an error of the table, an Error, a text, and the kinds that its method declares', () => {
  const definition = {
    errors: { Busy: { code: -32050, message: 'The model is busy', retryable: true } },
    handler: () => 0,
  }
  const failed = (error: unknown) => {
    const { call } = testCalls(virtualClock())
    const one = call({ definition })
    one.fail(error)
    assert.ok(one.result?._tag === 'Left')
    const { kind, code, message, retryable, facts } = one.result.left
    return { kind, code, message, retryable, facts }
  }
  const plain = { kind: 'EngineError', code: -32000, retryable: false, facts: {} }
  assert.equal(failed('no'), { ...plain, message: 'no' })
  assert.equal(failed(new RangeError('no')), { ...plain, message: 'no' })
  assert.equal(failed({ kind: 'Odd', message: 'no', at: 3 }), {
    ...plain,
    kind: 'Odd',
    message: 'no',
    facts: { at: 3 },
  })
  const busy = { kind: 'Busy', code: -32050, retryable: true }
  assert.equal(failed({ kind: 'Busy' }), { ...busy, message: 'The model is busy', facts: {} })
  assert.equal(failed(rpcError('Busy', 'still busy', { for: 5 })), {
    ...busy,
    message: 'still busy',
    facts: { for: 5 },
  })
  assert.equal(failed(undefined), { ...plain, message: 'Internal error' })
  assert.is(failed({ kind: 'toString' }).code, -32000)
})

test('progress is told until it is settled', () => {
  const { one, seen } = made()
  one.progress(1)
  one.reply('done')
  one.progress(2)
  assert.equal(seen, [1, right('done')])
})

test('a deadline is only brought forward', async () => {
  const { one, clock, seen } = made()
  assert.is(one.timeLeftMs, Number.POSITIVE_INFINITY)
  one.lowerDeadline(50)
  one.lowerDeadline(90)
  one.lowerDeadline(Number.NaN)
  one.lowerDeadline(20)
  assert.is(one.deadline, 20)
  await clock.advance(19)
  assert.is(one.timeLeftMs, 1)
  assert.equal(seen, [])
  await clock.advance(1)
  assert.is(seen.length, 1)
})

test('its log has the method and the id on every record', () => {
  const { one, records } = made()
  one.log.info({ step: 1 }, 'hello')
  assert.equal(records, [
    { level: 'info', message: 'hello', facts: { method: 'test', requestId: 'a', step: 1 } },
  ])
})

test('a call without an id is a notification', () => {
  const { call } = testCalls(virtualClock())
  assert.ok(call({ id: undefined }).isNotification)
  assert.not(call({ id: null }).isNotification)
})

test('its signal aborts also when its handler ends on the way there', () => {
  const { one, seen } = made()
  const { signal } = one
  one.whenSettled(() => one.finish(right('late')))
  one.settle(left(requestCancelled()))
  assert.ok(signal.aborted)
  assert.equal(seen, [left(requestCancelled())])
})

test('it is answered before its handler is told to stop', () => {
  const { one, outcomes } = made()
  const log: string[] = []
  outcomes.subscribe(({ kind }) => log.push(kind))
  one.whenSettled(() => log.push('task'))
  one.signal.onabort = () => log.push('abort')
  one.settle(left(requestCancelled()))
  assert.equal(log, ['reply', 'task', 'abort'])
})

test.run()
