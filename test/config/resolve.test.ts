/** Layers put together, with the parts that a config file is read by. */
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { type Resolution, treeOf } from '../../src/config/resolve.js'
import { path } from '../../src/protocol/file-path.js'
import { section, setting } from '../../src/protocol/setting.js'
import { duration, size } from '../../src/protocol/units.js'
import { fileOf, resolved, subject } from './config-of.js'

const test = suite('resolve')

const own = t.strict({
  model: setting(t.string, { default: 'base' }),
  tls: t.union([t.strict({ cert: path, port: setting(t.number, { default: 443 }) }), t.undefined]),
  decode: setting(section({ beam: setting(t.number, { default: 1 }), greedy: t.boolean }), {
    default: { beam: 5, greedy: true } as never,
  }),
  voices: setting(t.record(t.string, section({ gain: setting(t.number, { default: 1 }) })), {
    default: {},
  }),
})
const about = subject(own, ['add', 'models.load', 'models.*'])

const ownOf = ({ config, problems }: Resolution): unknown => {
  assert.equal(problems, [])
  return (config?.engines as { readonly demo?: unknown } | undefined)?.demo
}

test('the default of a whole section gives way to a file setting by setting', () => {
  const none = { model: 'base', tls: undefined, voices: {} }
  assert.equal(ownOf(resolved(about, {})), { ...none, decode: { beam: 5, greedy: true } })
  const file = fileOf('engines: {demo: {decode: {greedy: false}}}')
  assert.equal(ownOf(resolved(about, { file })), { ...none, decode: { beam: 5, greedy: false } })
})

test('a section that may be left out is, and is complete when it is not', () => {
  assert.is((ownOf(resolved(about, {})) as { tls: unknown }).tls, undefined)
  const file = fileOf('engines: {demo: {tls: {cert: a.pem}}}')
  const { tls } = ownOf(resolved(about, { file })) as { tls: unknown }
  assert.equal(tls, { cert: '/nowhere/a.pem', port: 443 })
  const { problems } = resolved(about, { file: fileOf('engines: {demo: {tls: {port: 1}}}') })
  assert.is(problems.length, 1)
})

test('empty sections and files of comments set nothing', () => {
  const { config } = resolved(about, {})
  for (const text of [
    '',
    '# none',
    'log:\nlimits: {}\nengines:\n  demo:\n',
    'drain:\nmethods: ~',
  ]) {
    assert.equal(resolved(about, { file: fileOf(text) }).config, config, text)
  }
})

/** Written as people do, in the order they like. */
const configs = fc.record(
  {
    drain: fc.integer({ min: 1, max: 1e9 }).map(duration.encode),
    limits: fc.record(
      {
        batch: fc.integer({ min: 1, max: 1000 }),
        maxInFlight: fc.integer({ min: 1, max: 1000 }),
        messageBytes: fc.integer({ min: 1, max: 2 ** 40 }).map(size.encode),
      },
      { requiredKeys: [] },
    ),
    log: fc.record(
      {
        level: fc.constantFrom('debug', 'info', 'fatal'),
        modules: fc.dictionary(fc.string(), fc.constantFrom('warn', 'error'), { maxKeys: 3 }),
        redact: fc.record({ keys: fc.array(fc.string(), { maxLength: 3 }) }),
        file: fc.record({ path: fc.string({ minLength: 1 }) }),
      },
      { requiredKeys: [] },
    ),
    methods: fc.record(
      {
        'models.*': fc.record({ deadline: fc.constantFrom('5s', 250, '1.5h') }),
        add: fc.record({ limits: fc.record({ maxQueued: fc.nat(9) }) }),
      },
      { requiredKeys: [] },
    ),
    parentWatch: fc.boolean(),
    engines: fc.record({
      demo: fc.record(
        {
          model: fc.string(),
          tls: fc.record({ cert: fc.string({ minLength: 1 }) }),
          decode: fc.record({ beam: fc.double() }),
          voices: fc.dictionary(
            fc.string().filter((name) => name !== '<<'), // which the library writes without quotes
            fc.record({ gain: fc.double({ noNaN: true }) }, { requiredKeys: [] }),
            { maxKeys: 3 },
          ),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { requiredKeys: [] },
)

test('what won, written as a file, makes the same config', () => {
  fc.assert(
    fc.property(configs, (tree) => {
      const first = resolved(about, { file: fileOf(stringify(tree)) })
      assert.equal(first.problems, [])
      const again = resolved(about, { file: fileOf(stringify(treeOf(first.winners))) })
      assert.equal(again.problems, [])
      assert.equal(again.config, first.config)
    }),
    { numRuns: 150 },
  )
})

test('any tree of JSON, in any layer, makes a config or problems', () => {
  const any = fc.jsonValue({ maxDepth: 4 })
  const key = fc.constantFrom('limits', 'log', 'methods', 'engines', 'drain', 'host', 'x')
  fc.assert(
    fc.property(fc.dictionary(key, any), any, (tree, other) => {
      for (const value of [tree, other]) {
        const { config, problems } = resolved(about, {
          file: fileOf(JSON.stringify(value), 'c.json'),
          definition: value,
          env: {
            SIDESTREAM_LIMITS: JSON.stringify(value),
            SIDESTREAM_METHODS__ADD: JSON.stringify([value]),
          },
          flags: [{ option: '--set', key: 'engines.demo', text: JSON.stringify(value) }],
        })
        assert.is(config === undefined, problems.length > 0)
      }
    }),
    { numRuns: 200 },
  )
})

test.run()
