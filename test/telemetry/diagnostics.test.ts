import { DiagLogLevel } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { diagnostics, failureText } from '../../telemetry/diagnostics.js'
import { toldLogger } from './told-logger.js'

const test = suite('diagnostics')

test('the same text is told once a minute, with how often it came meanwhile', () => {
  const { logger, told } = toldLogger()
  let now = 0
  const { logger: diag } = diagnostics(logger, {}, () => now)
  const sayAt = (at: number, text: string) => {
    now = at
    diag.warn(text)
  }
  sayAt(0, 'down')
  sayAt(1_000, 'down')
  sayAt(1_500, 'other')
  sayAt(59_999, 'down')
  sayAt(60_000, 'down')
  sayAt(120_000, 'down')
  const module = 'opentelemetry'
  assert.equal(told, [
    { level: 'warn', facts: { module }, message: 'down' },
    { level: 'warn', facts: { module }, message: 'other' },
    { level: 'warn', facts: { module, repeated: 2 }, message: 'down' },
    { level: 'warn', facts: { module }, message: 'down' },
  ])
})

test('no more than a hundred texts are remembered, the oldest is forgotten first', () => {
  const { logger, told } = toldLogger()
  const { logger: diag } = diagnostics(logger, {}, () => 0)
  for (let text = 0; text <= 100; text++) diag.warn(String(text))
  diag.warn('100')
  assert.is(told.length, 101)
  diag.warn('0')
  assert.is(told.length, 102)
})

test('the level is the one that OTEL_LOG_LEVEL asks for, and the log is opened for it', () => {
  const levelOf = (OTEL_LOG_LEVEL?: string) => {
    const { logger, levels } = toldLogger()
    return [diagnostics(logger, { OTEL_LOG_LEVEL }).level, ...levels.flat()]
  }
  assert.equal(levelOf(), [DiagLogLevel.WARN])
  assert.equal(levelOf('loud'), [DiagLogLevel.WARN])
  assert.equal(levelOf('VERBOSE'), [DiagLogLevel.VERBOSE, 'trace', 'opentelemetry'])
  assert.equal(levelOf('none'), [DiagLogLevel.NONE, 'fatal', 'opentelemetry'])
})

test('a level that does not exist is told, whatever its name', () => {
  for (const OTEL_LOG_LEVEL of ['loud', 'constructor']) {
    const { logger, told } = toldLogger()
    diagnostics(logger, { OTEL_LOG_LEVEL })
    assert.equal(
      told.map(({ level, message }) => [level, message]),
      [
        [
          'warn',
          `OTEL_LOG_LEVEL is ${OTEL_LOG_LEVEL}, which is none of none, error, warn, info, debug, verbose, all; warn is used`,
        ],
      ],
    )
  }
})

test('errors are told by their message, and batches of spans not at all', () => {
  const { logger, told } = toldLogger()
  const { logger: diag } = diagnostics(logger, {}, () => 0)
  diag.error('reader', 'errors', new Error('no figures'))
  diag.debug('items to be sent', [{ name: 'secret' }])
  diag.verbose('retry in', 5)
  assert.equal(
    told.map(({ level, message }) => [level, message]),
    [
      ['error', 'reader: errors: no figures'],
      ['debug', 'items to be sent'],
      ['trace', 'retry in: 5'],
    ],
  )
})

test('a failure is told in a few words, whatever it is', () => {
  const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  assert.is(failureText(refused), 'ECONNREFUSED')
  assert.is(failureText(Object.assign(new Error('Not Found'), { code: 404 })), 'Not Found 404')
  const both = Object.assign(new Error('connect ECONNREFUSED ::1'), { code: 'ECONNREFUSED' })
  assert.is(failureText(both), 'connect ECONNREFUSED ::1')
  assert.is(failureText(undefined), 'the collector did not take it')
  assert.is(failureText(new Error('x'.repeat(1000))).length, 300)
})

test.run()
