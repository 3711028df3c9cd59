/** Settings that were typed. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readFlags } from '../../src/config/flags.js'
import { secret } from '../../src/protocol/secret.js'
import { setting } from '../../src/protocol/setting.js'
import { subject } from './config-of.js'

const test = suite('flags')

const own = t.strict({ token: setting(secret(t.string), {}), note: t.string })
const { schema } = subject(own, ['models.load'])

const read = (...typed: readonly (readonly [key: string, text: string])[]) => {
  const flags = typed.map(([key, text]) => ({ option: '--set', key, text }))
  const { entries, problems } = readFlags(flags, schema, '/work', { TOKEN: 'hunter2' })
  return {
    values: entries.map(({ path, value, source }) => [source, path.join(' '), value]),
    problems: problems.map(({ source, key, message }) => `${source} ${key}: ${message}`),
  }
}

test('texts are typed by the codec, whatever stands in them', () => {
  const { values, problems } = read(
    ['limits.maxInFlight', '8'],
    ['methods.models.load.deadline', '5s'],
    ['log.redact.keys', 'a,b'],
    ['log.file.path', 'a=b.log'],
    ['engines.demo.note', ''],
  )
  assert.equal(problems, [])
  assert.equal(values, [
    ['--set', 'limits maxInFlight', 8],
    ['--set', 'methods models.load deadline', '5s'],
    ['--set', 'log redact keys', ['a', 'b']],
    ['--set', 'log file path', '/work/a=b.log'],
    ['--set', 'engines demo note', ''],
  ])
})

test('the last one typed wins, also over a part of a section', () => {
  assert.equal(read(['drain', '1s'], ['drain', '2s']).values, [['--set', 'drain', '2s']])
  assert.equal(read(['limits', '{"batch": 2, "depth": 9}'], ['limits.batch', '3']).values, [
    ['--set', 'limits batch', 3],
    ['--set', 'limits depth', 9],
  ])
})

test('a secret need not be typed: its file or variable is', () => {
  assert.equal(read(['engines.demo.token.env', 'TOKEN']).values, [
    ['--set', 'engines demo token', 'hunter2'],
  ])
  assert.match(
    read(['engines.demo.token.file', '/nope/token']).problems[0] ?? '',
    /^--set engines\.demo\.token: the file of the secret cannot be read: ENOENT/,
  )
  assert.match(read(['engines.demo.note.env', 'TOKEN']).problems[0] ?? '', /no such setting/)
})

test('all that is wrong is told', () => {
  assert.equal(
    read(['limits.maxInFlght', '8'], ['drain', 'soon'], ['limits.batch', '0'], ['limits', '8'])
      .problems,
    [
      '--set limits.maxInFlght: there is no such setting. Did you mean limits.maxInFlight?',
      '--set drain: expected a duration such as 500ms, 30s, 5m or 1h, found "soon"',
      '--set limits.batch: expected a whole number, 1 or more, found 0',
      '--set limits: expected a section (maxInFlight, maxQueued, messageBytes, …), found "8"',
    ],
  )
})

test.run()
