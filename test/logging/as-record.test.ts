import { EMPTY } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Subscriptions } from '../../src/engine/subscriptions.js'
import { asRecord, noLogger } from '../../src/ports/logger.js'

const test = suite('asRecord')

test('facts and a message are what they are', () => {
  const facts = { n: 1 }
  const record = asRecord(facts, 'done')
  assert.is(record.facts, facts)
  assert.is(record.message, 'done')
  assert.equal(asRecord(facts, undefined), { facts, message: '' })
})

test('a text is the message, before a given one or with what is given after it', () => {
  const err = new Error('why')
  assert.equal(asRecord('one', undefined), { facts: {}, message: 'one' })
  assert.equal(asRecord('one', 'two'), { facts: {}, message: 'one two' })
  assert.equal(asRecord('one', { n: 1 }), { facts: { n: 1 }, message: 'one' })
  assert.equal(asRecord('one', err), { facts: { err }, message: 'one' })
})

test('an error is the fact `err`, and its message that of the record where none is given', () => {
  const err = new TypeError('why')
  assert.equal(asRecord(err, undefined), { facts: { err }, message: 'why' })
  assert.equal(asRecord(err, 'what'), { facts: { err }, message: 'what' })
})

test('what is nothing has no facts', () => {
  for (const facts of [null, undefined, 5, true, 5n, Symbol('x'), () => {}]) {
    assert.equal(asRecord(facts, 'done'), { facts: {}, message: 'done' })
    assert.equal(asRecord(facts, undefined), { facts: {}, message: '' })
  }
})

test('a subscriber to the log is told the same', () => {
  const told: unknown[] = []
  const subscriptions = new Subscriptions({
    notify: (_, params) => told.push(params),
    changes$: EMPTY,
    configChanges$: EMPTY,
    ticks: () => EMPTY,
    isSlow: () => false,
  })
  subscriptions.subscribe({ log: { level: 'info' } })
  const log = subscriptions.tap(noLogger) as unknown as {
    child(facts: unknown): typeof log
    info(...args: readonly unknown[]): void
  }
  log.info('text')
  log.child('no facts').info(new Error('why'))
  log.child(new Error('bound')).info({ n: 1 }, 'done')
  assert.equal(told, [
    { level: 'info', message: 'text' },
    { error: 'why', level: 'info', message: 'why' },
    { n: 1, error: 'bound', level: 'info', message: 'done' },
  ])
})

test.run()
