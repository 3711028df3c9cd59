import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engine } from '../../src/index.js'
import { redactor } from '../../src/logging/redactor.js'
import { type LogFacts, type Logger, noLogger } from '../../src/ports/logger.js'
import { testEngine, virtualClock } from '../../src/testing/index.js'

const test = suite('log.message')

/** The params of what a peer is told that subscribed to the log, when a handler logs. */
const told = async (redact: Logger['redact'], say: (log: Logger) => void): Promise<unknown[]> => {
  const clock = virtualClock()
  const log: Logger = { ...noLogger, redact, child: () => log }
  const demo = engine({
    name: 'demo',
    version: '1.0.0',
    methods: { say: { handler: (_, context) => say(context.log) } },
  })
  const { send, notifications } = testEngine(clock, demo, { log })
  const messages: unknown[] = []
  notifications.subscribe(({ params }) => messages.push(params))
  const subscribe = { method: 'engine.subscribe', params: { log: { level: 'info' } } }
  send('-ab', { a: subscribe, b: { method: 'say' } })
  await clock.runUntil(10)
  return messages
}
const bound = { method: 'say', requestId: 'b' }
const facts: LogFacts = {
  token: 'x',
  at: [{ password: { a: 'x' } }],
  err: new Error('Bearer 012345'),
}

test('the peer is told no more than the log shows', async () => {
  const redact = redactor({ keys: [], patterns: [], secrets: [] })
  const messages = await told(redact, (log) => {
    log.child({ secret: 'x' }).info(facts, 'password=x')
  })
  const shown = { secret: '***', token: '***', at: [{ password: '***' }], error: 'Bearer ***' }
  assert.equal(messages, [{ ...bound, ...shown, level: 'info', message: 'password=***' }])
})

test('facts that cannot be printed are left out, and nothing else is told with their message', async () => {
  const redact = redactor({ keys: [], patterns: [], secrets: [] })
  const messages = await told(redact, (log) => log.warn({ n: 1n }, 'token=x'))
  assert.equal(messages, [{ level: 'warn', message: 'token=***' }])
})

test('a record that cannot be redacted is only told of', async () => {
  const redact = (): string => {
    throw new SyntaxError('no pattern')
  }
  const messages = await told(redact, (log) => log.error(facts, 'token=x'))
  assert.equal(messages, [
    { level: 'error', message: 'A record could not be redacted and is not shown' },
  ])
})

test('a log that shows all tells all', async () => {
  const messages = await told(undefined, (log) => log.info({ token: 'x' }, 'done'))
  assert.equal(messages, [{ ...bound, token: 'x', level: 'info', message: 'done' }])
})

test.run()
