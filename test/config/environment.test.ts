/** Settings in variables. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isSetting, readEnvironment, variableOf } from '../../src/config/environment.js'
import { schemaOf, valuesOf } from '../../src/config/schema.js'
import { runtimeConfig } from '../../src/models/runtime-config.js'
import { secret } from '../../src/protocol/secret.js'
import { section, setting } from '../../src/protocol/setting.js'

const test = suite('environment')

const own = t.strict({
  model: setting(t.string, { default: 'base' }),
  isFast: setting(t.boolean, { default: false }),
  tags: setting(t.array(t.string), { default: [] }),
  token: setting(secret(t.string), {}),
  decode: section({ beam_size: t.number, 'top-p': t.number, HTTPPort: t.number }),
  voices: setting(t.record(t.string, t.strict({ gain: t.number })), { default: {} }),
})
const schema = schemaOf(
  runtimeConfig({
    engine: {
      name: 'faster-whisper',
      config: own,
      methods: ['add', 'models.load', 'models.*'],
      stages: ['limit'],
    },
  }),
)

const read = (env: Readonly<Record<string, string>>) => {
  const { entries, problems, unknown } = readEnvironment(env, schema, '/work')
  return {
    values: entries.map(({ path, value, source }) => [source, path.join(' '), value]),
    problems: problems.map(({ source, key, message }) => `${source} ${key}: ${message}`),
    unknown,
  }
}
const ownVariable = (rest: string): string => `SIDESTREAM_ENGINES__FASTER_WHISPER__${rest}`

test('two underscores are a dot, one is a new word', () => {
  const table: readonly (readonly [string, string, string, unknown])[] = [
    ['SIDESTREAM_DRAIN', '5s', 'drain', '5s'],
    ['SIDESTREAM_LIMITS__MAX_IN_FLIGHT', '8', 'limits maxInFlight', 8],
    ['SIDESTREAM_LIMITS__MAXINFLIGHT', '8', 'limits maxInFlight', 8],
    ['SIDESTREAM_LIMITS__MESSAGE_BYTES', '16MiB', 'limits messageBytes', '16MiB'],
    ['SIDESTREAM_PARENT_WATCH', 'off', 'parentWatch', false],
    ['SIDESTREAM_LOG_LEVEL', 'debug', 'log level', 'debug'],
    ['SIDESTREAM_LOG__LEVEL', 'debug', 'log level', 'debug'],
    ['SIDESTREAM_LOG__REDACT__KEYS', 'a, b', 'log redact keys', ['a', 'b']],
    ['SIDESTREAM_LOG__FILE__PATH', 'x.log', 'log file path', '/work/x.log'],
    ['SIDESTREAM_LOG__MODULES__MY_PART', 'warn', 'log modules my_part', 'warn'],
    ['SIDESTREAM_METHODS__MODELS_LOAD__DEADLINE', '2s', 'methods models.load deadline', '2s'],
    ['SIDESTREAM_LIMITS', '{"batch": 5}', 'limits batch', 5],
    [ownVariable('MODEL'), ' x ', 'engines faster-whisper model', ' x '],
    [ownVariable('IS_FAST'), 'Yes', 'engines faster-whisper isFast', true],
    [ownVariable('TAGS'), '["a, b"]', 'engines faster-whisper tags', ['a, b']],
    [ownVariable('DECODE__BEAM_SIZE'), '1e1', 'engines faster-whisper decode beam_size', 10],
    [ownVariable('DECODE__TOP_P'), '.5', 'engines faster-whisper decode top-p', 0.5],
    [ownVariable('DECODE__HTTPPORT'), '80', 'engines faster-whisper decode HTTPPort', 80],
    [ownVariable('VOICES__ANNA__GAIN'), '1', 'engines faster-whisper voices anna gain', 1],
  ]
  for (const [name, text, path, value] of table) {
    const { values, problems, unknown } = read({ [name]: text })
    assert.equal([values, problems, unknown], [[[name, path, value]], [], []], name)
  }
})

test('every setting that has a name of its own is reached by its variable', () => {
  for (const [key, , path] of valuesOf(schema)) {
    if (path.includes('<name>')) continue
    const name = variableOf(path)
    assert.match(name, /^SIDESTREAM_[A-Z\d_]+$/)
    assert.equal(read({ [name]: 'no such value, surely' }).unknown, [], key)
  }
})

test('an empty variable sets nothing, and the own names of the runtime are no settings', () => {
  assert.equal(read({ SIDESTREAM_DRAIN: '', SIDESTREAM_NOPE: '' }), {
    values: [],
    problems: [],
    unknown: [],
  })
  for (const name of ['CHANNEL', 'BEAT', 'COOKIE', 'CONFIG']) {
    assert.not.ok(isSetting(`SIDESTREAM_${name}`))
  }
  assert.not.ok(isSetting('sidestream_drain'))
  assert.not.ok(isSetting('SIDESTREAMDRAIN'))
  assert.ok(isSetting('SIDESTREAM_'))
})

test('a name that means nothing is told, with what may have been meant', () => {
  const table = {
    SIDESTREAM_LIMITS__MAX_IN_FLIGT: ' Did you mean SIDESTREAM_LIMITS__MAX_IN_FLIGHT?',
    SIDESTREAM_LIMITS__MAX_IN_FLIGHT__: ' Did you mean SIDESTREAM_LIMITS__MAX_IN_FLIGHT?',
    SIDESTREAM_LIMITS__MAX_IN_FLIGHT__X: ' Did you mean SIDESTREAM_LIMITS__MAX_IN_FLIGHT?',
    SIDESTREAM_LIMITS_MAX_IN_FLIGHT: ' Did you mean SIDESTREAM_LIMITS__MAX_IN_FLIGHT?',
    SIDESTREAM_METHODS__MODELS__LOAD__DEADLINE:
      ' Did you mean SIDESTREAM_METHODS__MODELS_LOAD__DEADLINE?',
    SIDESTREAM___DRAIN: ' Did you mean SIDESTREAM_DRAIN?',
    SIDESTREAM___PROTO__: '',
    SIDESTREAM_CONSTRUCTOR: '',
    SIDESTREAM_: '',
  }
  for (const [name, meant] of Object.entries(table)) {
    const { values, problems, unknown } = read({ [name]: '1' })
    assert.equal([values, problems], [[], []], name)
    const told = unknown[0] ?? ''
    if (meant === '') assert.ok(told.startsWith(`${name}.`), told)
    else assert.equal(unknown, [`${name}.${meant}`])
  }
})

test('what is set in a section wins over the section, however the environment is ordered', () => {
  const part = ['SIDESTREAM_LIMITS__BATCH', '3'] as const
  const whole = ['SIDESTREAM_LIMITS', '{"batch": 2}'] as const
  for (const env of [
    [part, whole],
    [whole, part],
  ]) {
    assert.equal(read(Object.fromEntries(env)).values.at(-1), [part[0], 'limits batch', 3])
  }
})

test('a secret may be in a file or another variable', () => {
  const { values } = read({ [ownVariable('TOKEN__ENV')]: 'MINE', MINE: 'hunter2' })
  assert.equal(values, [[ownVariable('TOKEN__ENV'), 'engines faster-whisper token', 'hunter2']])
  const { problems, unknown } = read({ [ownVariable('TOKEN__FILE')]: '/nope/token' })
  assert.match(problems[0] ?? '', /token: the file of the secret cannot be read: ENOENT/)
  assert.equal(unknown, [])
  assert.is(read({ [ownVariable('MODEL__FILE')]: '/nope' }).unknown.length, 1)
})

test('all that is wrong is told at once, by the name of its variable', () => {
  const { problems } = read({
    SIDESTREAM_DRAIN: 'soon',
    SIDESTREAM_LIMITS: '{"batch": 0, "dept": 1}',
    SIDESTREAM_LIMITS__DEPTH: 'Infinity',
    SIDESTREAM_PARENT_WATCH: 'maybe',
    SIDESTREAM_METHODS: '[]',
  })
  assert.equal(problems, [
    'SIDESTREAM_DRAIN drain: expected a duration such as 500ms, 30s, 5m or 1h, found "soon"',
    'SIDESTREAM_LIMITS limits.batch: expected a whole number, 1 or more, found 0',
    'SIDESTREAM_LIMITS limits.dept: there is no such setting. Did you mean limits.depth?',
    'SIDESTREAM_LIMITS__DEPTH limits.depth: expected number, found "Infinity"',
    'SIDESTREAM_METHODS methods: expected a section (add, models.load, models.*), found "[]"',
    'SIDESTREAM_PARENT_WATCH parentWatch: expected boolean, found "maybe"',
  ])
})

test.run()
