/** What a tree sets, and what is wrong with it. */
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keyOf } from '../../src/config/entry.js'
import { ConfigError, problemsText, shown } from '../../src/config/problem.js'
import { readTree } from '../../src/config/read-tree.js'
import { schemaOf } from '../../src/config/schema.js'
import { parseTree } from '../../src/config/yaml-tree.js'
import { runtimeConfig } from '../../src/models/runtime-config.js'
import { path } from '../../src/protocol/file-path.js'
import { secret } from '../../src/protocol/secret.js'
import { optional, section, setting } from '../../src/protocol/setting.js'
import { parts } from './config-of.js'

const test = suite('read tree')

const throwing = new t.Type<string, string, unknown>(
  'a throwing codec',
  t.string.is,
  (value, context) => {
    if (value === undefined) return t.failure(value, context)
    throw new Error('hunter2')
  },
  t.identity,
)
const kid = t.recursion<{ name: string }>('Kid', () => t.strict({ name: t.string }))
const own = t.strict({
  model: setting(t.string, { default: 'base' }),
  throwing: optional(throwing),
  kids: optional(t.array(kid)),
  hosts: optional(t.array(t.strict({ host: t.string, port: t.number }))),
  range: optional(
    t.refinement(
      t.strict({ least: t.number, most: t.number }),
      (it) => it.least < it.most,
      'a range',
    ),
  ),
  voices: setting(t.record(t.string, t.strict({ gain: t.number, sample: optional(path) })), {
    default: {},
  }),
  pair: t.intersection([t.partial({ left: t.number }), t.type({ right: t.number })]),
  token: optional(secret(t.string)),
  pin: optional(secret(t.refinement(t.number, (n) => n < 5, 'a number below 5'))),
  tokens: optional(t.array(secret(t.string))),
  logins: optional(t.array(t.strict({ user: t.string, password: secret(t.string) }))),
  either: optional(t.union([secret(t.string), t.null])),
  named: optional(secret(t.record(t.string, t.number))),
  auth: section({ user: optional(t.string), password: optional(secret(t.string)) }),
})
const schema = schemaOf(runtimeConfig(parts(own, ['add', 'models.load'])))

const read = (text: string) => {
  const { value, sourceOf } = parseTree(text, 'c')
  const { entries, problems } = readTree(value, schema, {
    layer: 'file',
    sourceOf,
    folder: '/work',
    env: { TOKEN: 'hunter2' },
  })
  return {
    values: entries.map((it) => [it.source, keyOf(it.path), it.value]),
    problems: problems.map(({ source, key, message }) => `${source} ${key}: ${message}`),
  }
}

/** Of the engine's own section, which begins in column 1 of line 3. */
const readOwn = (lines: string) => read(`engines:\n demo:\n${lines.replace(/^/gm, '  ')}`)

test('a tree is taken apart into its settings, each with its place', () => {
  const text = 'drain: 5s\nlimits:\n  batch: 5\nmethods:\n  models.load: {deadline: 1s}\nlog:\n'
  assert.equal(read(text), {
    values: [
      ['c:1:1', 'drain', '5s'],
      ['c:3:3', 'limits.batch', 5],
      ['c:5:17', 'methods.models.load.deadline', '1s'],
    ],
    problems: [],
  })
  const voices =
    'voices:\n  "a.b c*": {gain: 1, sample: x.wav}\n  <none>: {}\nmodel:\npair: {right: 1}'
  assert.equal(readOwn(voices), {
    values: [
      ['c:4:16', 'engines.demo.voices.a.b c*.gain', 1],
      ['c:4:25', 'engines.demo.voices.a.b c*.sample', '/work/x.wav'],
      ['c:5:5', 'engines.demo.voices.<none>', {}],
      ['c:7:10', 'engines.demo.pair.right', 1],
    ],
    problems: [],
  })
})

test('a file may say where its schema is, at its top only', () => {
  assert.equal(read('$schema: ./x.json\ndrain: 1s').values, [['c:2:1', 'drain', '1s']])
  assert.is(read('$schema: ./x.json').problems.length, 0)
  assert.is(read('limits: {$schema: ./x.json}').problems.length, 1)
})

test('all that is wrong is told at once, each where it stands', () => {
  const text = [
    'log: {level: Info, modules: {a: loud}}',
    'limits:',
    '  batch: 0',
    '  maxInFlght: 8',
    '  depth: "5"',
    'drain: 5 s',
    'methods:',
    '  add: 5s',
    '  models.load: {stages: [limit, limt], deadlin: 1s}',
    '  ad: {}',
    'maxInFlight: 8',
    'redact: {keys: [a]}',
    'errors: [none]',
  ].join('\n')
  const levels = '"trace" | "debug" | "info" | "warn" | "error" | "fatal"'
  assert.equal(read(text).problems, [
    `c:1:7 log.level: expected ${levels}, found "Info"`,
    `c:1:30 log.modules.a: expected ${levels}, found "loud"`,
    'c:3:3 limits.batch: expected a whole number, 1 or more, found 0',
    'c:4:3 limits.maxInFlght: there is no such setting. Did you mean limits.maxInFlight?',
    'c:5:3 limits.depth: expected number, found "5"',
    'c:6:1 drain: expected a duration such as 500ms, 30s, 5m or 1h, found "5 s"',
    'c:8:3 methods.add: expected a section (deadline, limits, stages), found "5s"',
    'c:9:33 methods.models.load.stages.1: expected "limit" | "patient", found "limt"',
    'c:9:40 methods.models.load.deadlin: there is no such setting. Did you mean methods.models.load.deadline?',
    'c:10:3 methods.ad: there is no such setting. Did you mean methods.add?',
    'c:11:1 maxInFlight: there is no such setting. Did you mean limits.maxInFlight?',
    'c:12:1 redact: there is no such setting. Did you mean log.redact?',
    'c:13:1 errors: expected a section (expose), found a list of 1',
  ])
})

test('the own section of an engine is judged as closely, also within what is set as a whole', () => {
  const text = [
    'model: 1.10',
    'throwing: a',
    'kids: [{name: a, nane: b}]',
    'hosts: [{hots: a, host: b, port: "80"}]',
    'range: {least: 1, moist: 2}',
    'voices: {a: 5, b: {gian: 1}}',
    'pair: {left: a, rigth: 1}',
    '__proto__: 1',
    'constructor: {}',
    '? "a\\e[31mb"',
  ].join('\n')
  assert.equal(readOwn(text).problems, [
    'c:3:3 engines.demo.model: expected string, found 1.1: write it in quotes',
    'c:4:3 engines.demo.throwing: expected a throwing codec, found "a"',
    'c:5:20 engines.demo.kids.0.nane: there is no such setting. Did you mean engines.demo.kids.0.name?',
    'c:6:30 engines.demo.hosts.0.port: expected number, found "80"',
    'c:6:12 engines.demo.hosts.0.hots: there is no such setting. Did you mean engines.demo.hosts.0.host?',
    'c:7:3 engines.demo.range.most: expected number, found nothing',
    'c:7:21 engines.demo.range.moist: there is no such setting. Did you mean engines.demo.range.most?',
    'c:8:12 engines.demo.voices.a: expected a section (gain, sample), found 5',
    'c:8:22 engines.demo.voices.b.gian: there is no such setting. Did you mean engines.demo.voices.b.gain?',
    'c:9:10 engines.demo.pair.left: expected number, found "a"',
    'c:9:19 engines.demo.pair.rigth: there is no such setting. Did you mean engines.demo.pair.right?',
    'c:10:3 engines.demo.__proto__: there is no such setting.',
    'c:11:3 engines.demo.constructor: there is no such setting.',
    'c:12:5 engines.demo.a [31mb: there is no such setting.',
  ])
})

test('a secret is never told, whatever is wrong with it or around it', () => {
  const table: readonly (readonly [string, string])[] = [
    ['token: 4242', 'token: expected string, found *** (a number): write it in quotes'],
    ['token: [hunter2]', 'token: expected string, found *** (a list)'],
    [
      'token: {hunter2: 1}',
      'token: expected string, {file: PATH} or {env: NAME}, found *** (a section)',
    ],
    ['token: {env: NOPE}', 'token: the variable NOPE is not set'],
    ['pin: 4242', 'pin: expected a number below 5, found *** (a number)'],
    ['pin: hunter2', 'pin: expected a number below 5, found *** (a text)'],
    ['pin: {env: TOKEN}', 'pin: expected a number below 5, found *** (a text)'],
    ['tokens: hunter2', 'tokens: expected array, found *** (a text)'],
    ['tokens: [a, 4242]', 'tokens.1: expected string, found *** (a number): write it in quotes'],
    [
      'tokens: {hunter2: 1}',
      'tokens: expected array, {file: PATH} or {env: NAME}, found *** (a section)',
    ],
    [
      'logins: [{user: hunter2, password: 4242}]',
      'logins.0.password: expected string, found *** (a number): write it in quotes',
    ],
    ['logins: [{user: a, password: b, hunter2: c}]', 'logins.0: there is a key that is no setting'],
    ['either: 4242', 'either: expected string | null, found *** (a number)'],
    ['named: {hunter2: x}', 'named: expected number, found *** (a text)'],
    ['auth: hunter2', 'auth: expected a section (user, password), found *** (a text)'],
    ['auth: [hunter2]', 'auth: expected a section (user, password), found *** (a list)'],
    ['auth: {password: [4242], user: 1}', 'auth.password: expected string, found *** (a list)'],
  ]
  for (const [text, expected] of table) {
    const [problem = ''] = readOwn(text).problems
    assert.is(problem.replace(/^c:\d+:\d+ engines\.demo\./, ''), expected, text)
    assert.not.match(readOwn(text).problems.join('\n'), /hunter2|4242/, text)
  }
  for (const text of ['hunter2', 'engines: hunter2', 'engines: {demo: hunter2}', '[hunter2]']) {
    assert.not.match(read(text).problems.join(), /hunter2/)
    assert.is(read(text).problems.length, 1)
  }
})

test('a secret is read from where it is', () => {
  assert.equal(readOwn('token: {env: TOKEN}\ntokens: [a, {env: TOKEN}]\neither: null').values, [
    ['c:3:3', 'engines.demo.token', 'hunter2'],
    ['c:4:3', 'engines.demo.tokens', ['a', 'hunter2']],
    ['c:5:3', 'engines.demo.either', null],
  ])
})

test('any tree is settings and problems, quickly, and none is told with what it should not', () => {
  const names = [
    'log',
    'limits',
    'methods',
    'engines',
    'demo',
    'token',
    'auth',
    'add',
    'hosts',
    'a.b',
  ]
  const key = fc.oneof(fc.constantFrom(...names), fc.string())
  const tree = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.constantFrom<unknown>(null, 0, 1.5, true, '', '5s', 'x'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  })).tree
  fc.assert(
    fc.property(tree, (value) => {
      const source = { layer: 'file', sourceOf: () => 'c', folder: '/', env: {} } as const
      const { problems, entries } = readTree(value, schema, source)
      const { message } = new ConfigError(problems)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
      assert.not.match(message.replaceAll('\n', ''), /[\x00-\x1f\x7f]/)
      for (const { path: at } of entries) assert.ok(at.length > 0)
    }),
    { numRuns: 500 },
  )
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`maxInFlihgt${i}`, i]))
  const source = { layer: 'file', sourceOf: () => 'c', folder: '/', env: {} } as const
  const lines = new ConfigError(readTree(many, schema, source).problems).message.split('\n')
  assert.is(lines[0], '20000 settings cannot be used:')
  assert.is(lines.at(-1), '  and 19950 more')
  assert.is(lines.length, 52)
})

test('a message is one line of readable length, whatever stands in a file', () => {
  assert.is(shown('x'.repeat(1000), false).length, 60)
  assert.is(shown(Number.NaN, false), 'NaN')
  assert.is(shown(null, false), 'null')
  assert.is(shown([1, 2], false), 'a list of 2')
  const text = problemsText([{ source: 'a\u001b[2J', key: 'k\u202e'.repeat(500), message: 'b\nc' }])
  assert.ok(text.length < 300 && text.startsWith('a [2J: k k '), text)
  assert.ok(text.endsWith(': b c'))
})

test.run()
