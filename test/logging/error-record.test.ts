import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { errorRecord } from '../../src/logging/error-record.js'

const test = suite('errorRecord')

const record = errorRecord(pino.stdSerializers.err)
type Told = Readonly<Record<string, unknown>>

test('is what pino tells, where pino can', () => {
  const error = Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 7 })
  assert.equal({ ...(record(error) as Told) }, { ...pino.stdSerializers.err(error) })
  assert.is(record('a text'), 'a text')
  assert.is(record(undefined), undefined)
})

test('a frozen error is told with its causes', () => {
  const error = Object.freeze(new RangeError('frozen', { cause: new Error('why') }))
  const { type, message, stack } = record(error) as Told
  assert.equal([type, message], ['RangeError', 'frozen'])
  assert.match(stack as string, /^RangeError: frozen\n {4}at .*\ncaused by: Error: why\n {4}at /s)
})

test('causes in a circle end', () => {
  const error = new Error('round')
  error.cause = error
  const { stack } = record(Object.freeze(error)) as Told
  assert.is((stack as string).match(/round/g)?.length, 6)
})

test('of an error whose getters throw, what can be read is told', () => {
  const broken = () => {
    throw new Error('no getter')
  }
  const extra = Object.defineProperty(new Error('extra'), 'extra', {
    enumerable: true,
    get: broken,
  })
  assert.is((record(extra) as Told)['message'], 'extra')
  const stack = Object.defineProperty(new Error('hidden'), 'stack', { get: broken })
  assert.equal(record(stack), { type: 'Error', message: 'hidden', stack: 'hidden' })
})

test('of what throws whatever is asked, that it was there', () => {
  const silent = new Proxy(new Error('unknown'), {
    get: () => {
      throw new Error('no get')
    },
    getPrototypeOf: () => {
      throw new Error('no prototype')
    },
  })
  const { message } = record(silent) as Told
  assert.is(message, 'Internal error')
})

test.run()
