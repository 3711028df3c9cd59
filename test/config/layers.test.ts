import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { type Entry, keyOf, layerNames } from '../../src/config/entry.js'
import { variableOf } from '../../src/config/environment.js'
import { nested } from '../../src/config/flags.js'
import { findKey } from '../../src/config/key-path.js'
import { readTree } from '../../src/config/read-tree.js'
import { schemaOf, valuesOf } from '../../src/config/schema.js'
import { t } from '../../src/index.js'
import { runtimeConfig } from '../../src/models/runtime-config.js'
import { secret } from '../../src/protocol/secret.js'
import { section, setting } from '../../src/protocol/setting.js'
import { fileOf, parts, resolved, subject } from './config-of.js'

const test = suite('layers')

const own = t.strict({
  model: setting(t.string, { default: 'base' }),
  threads: setting(t.number, { default: 2, reload: 'hot' }),
  tags: setting(t.array(t.string), { default: [] }),
  token: setting(t.union([secret(t.string), t.undefined]), {}),
  decode: section({
    beam: setting(t.number, { default: 1 }),
    greedy: setting(t.boolean, { default: false }),
  }),
})
const about = subject(own, ['add', 'models.load', 'models.*'])

/** A few values that fit each setting, as a file would have them. */
const fitting: Readonly<Record<string, readonly unknown[]>> = {
  'log.level': ['trace', 'warn', 'error'],
  'log.format': ['json', 'pretty'],
  'log.calls': [0, 0.5, 1],
  'log.redact.keys': [['a'], ['b', 'c'], []],
  'log.file.maxSize': ['1MiB', 4096],
  'errors.expose': ['none', 'debug'],
  deadline: ['5s', 250, '2m'],
  drain: ['1s', 2000],
  'limits.maxInFlight': [1, 8],
  'limits.messageBytes': ['1MiB', 5000],
  'methods.add.deadline': ['1s', '2s'],
  'methods.models.load.limits.maxQueued': [0, 7],
  'methods.models.*.stages': [['limit'], ['patient', 'limit'], []],
  parentWatch: [true, false],
  'engines.demo.model': ['tiny', 'base', 'x y'],
  'engines.demo.threads': [1, 4.5],
  'engines.demo.tags': [['x'], ['a', 'b']],
  'engines.demo.token': ['hidden'],
  'engines.demo.decode.greedy': [true, false],
}

interface Layered {
  readonly key: string
  readonly layer: (typeof layerNames)[number]
  readonly value: unknown
}

const layered: fc.Arbitrary<readonly Layered[]> = fc.uniqueArray(
  fc.constantFrom(...Object.keys(fitting)).chain((key) =>
    fc.record({
      key: fc.constant(key),
      layer: fc.constantFrom(...layerNames.slice(1)),
      value: fc.constantFrom(...(fitting[key] as readonly unknown[])),
    }),
  ),
  { selector: ({ key, layer }) => `${key} ${layer}`, maxLength: 40 },
)

const pathOf = (key: string): readonly string[] => findKey(key, about.schema)?.path ?? []

const merge = (into: Record<string, unknown>, path: readonly string[], value: unknown): void => {
  const [key = '', ...rest] = path
  if (rest.length === 0) into[key] = value
  else {
    into[key] ??= {}
    merge(into[key] as Record<string, unknown>, rest, value)
  }
}

/** As a variable or an option has it. */
const textOf = (value: unknown): string =>
  Array.isArray(value) ? (value.length === 0 ? '[]' : value.join(',')) : String(value)

test('the highest layer that sets a setting wins, whatever the others set', () => {
  fc.assert(
    fc.property(layered, (settings) => {
      const of = (layer: string) => settings.filter((it) => it.layer === layer)
      const tree = (layer: string): Record<string, unknown> => {
        const root: Record<string, unknown> = {}
        for (const { key, value } of of(layer)) merge(root, pathOf(key), value)
        return root
      }
      const runtime: Entry[] = of('runtime').flatMap(({ key, value }) => {
        const source = {
          layer: 'runtime',
          sourceOf: () => 'config.set',
          folder: '/',
          env: {},
        } as const
        return readTree(nested(pathOf(key), value), about.schema, source).entries
      })
      const { winners, problems, config } = resolved(about, {
        definition: tree('engine'),
        file: fileOf(stringify(tree('file'))),
        env: Object.fromEntries(
          of('environment').map(({ key, value }) => [variableOf(pathOf(key)), textOf(value)]),
        ),
        flags: of('flag').map(({ key, value }) => ({ option: '--set', key, text: textOf(value) })),
        runtime,
      })
      assert.equal(problems, [])
      assert.ok(config !== undefined)
      for (const { path, value, layer } of winners.values()) {
        const setters = settings.filter(({ key }) => keyOf(pathOf(key)) === keyOf(path))
        if (setters.length === 0) {
          assert.is(layer, 'default')
          continue
        }
        const [best] = [...setters].sort(
          (a, b) => layerNames.indexOf(b.layer) - layerNames.indexOf(a.layer),
        )
        assert.is(layer, best?.layer, keyOf(path))
        assert.is(textOf(value), textOf(best?.value), keyOf(path))
      }
      const won = new Set([...winners.values()].map(({ path }) => keyOf(path)))
      for (const { key } of settings) assert.ok(won.has(keyOf(pathOf(key))), `${key} is lost`)
    }),
    { numRuns: 500 },
  )
})

test('a value that does not fit is told even if it would not have won', () => {
  const { problems } = resolved(about, {
    file: fileOf('log: {level: loud}\ndrain: never\n'),
    env: { SIDESTREAM_LOG_LEVEL: 'warn', SIDESTREAM_DRAIN: '1s' },
  })
  assert.equal(
    problems.map(({ source, key }) => [source, key]),
    [
      ['test.yaml:1:7', 'log.level'],
      ['test.yaml:2:1', 'drain'],
    ],
  )
})

test('sections of other engines are not judged, and one that is almost this one is warned of', () => {
  const { problems, warnings } = resolved(about, { file: fileOf('engines: {demoo: {modle: 1}}') })
  assert.equal(problems, [])
  assert.equal(warnings, ['The config has engines.demoo, but this engine is called demo'])
})

test('methods of other engines are left to them; one that is almost ours is not', () => {
  const methods = 'methods: {asr.go: {deadline: 1s}, ad: {deadline: 2s}, add: {deadline: 3s}}'
  const { problems, notes } = resolved(about, { file: fileOf(methods) })
  assert.equal(notes, ['methods.asr.go is for another engine: demo has no such method'])
  assert.equal(
    problems.map(({ key, message }) => `${key}: ${message}`),
    ['methods.ad: there is no such setting. Did you mean methods.add?'],
  )
})

test('every setting has a description, unless it is a name of its own section', () => {
  const undocumented = valuesOf(schemaOf(runtimeConfig(parts()))).filter(
    ([, { description }]) => description === undefined,
  )
  assert.equal(
    undocumented.map(([key]) => key),
    [],
  )
})

test.run()
