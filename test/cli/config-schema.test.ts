/** The schema that editors check a config file by. */
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configSchema } from '../../src/cli/config-schema.js'
import { commandSubject } from '../../src/cli/config-view.js'
import { valuesOf } from '../../src/config/schema.js'
import { engine, method } from '../../src/engine/define.js'
import { optional, path, secret, section, setting, size } from '../../src/index.js'
import { fileOf, resolved } from '../config/config-of.js'
import { arbitraryConfig } from './config-arbitrary.js'
import { folderOf } from './sidestream.js'

const test = suite('config schema')

interface Category {
  readonly name: string
  readonly parts: readonly Category[]
}
const Category: t.Type<Category> = t.recursion('Category', () =>
  t.strict({ name: t.string, parts: t.readonlyArray(Category) }),
)
const own = t.strict({
  token: setting(secret(t.string), { default: 'spare', description: 'Of the service.' }),
  needed: t.number,
  model: setting(optional(path), { reload: 'cold' }),
  room: setting(size, { default: 2 ** 20 }),
  tree: setting(optional(Category), { description: 'Of topics.' }),
  rules: section({ all: setting(t.array(t.strict({ name: t.string })), { default: [] }) }),
})
const add = method({ handler: () => null })
const demo = engine({ name: 'demo', version: '1.0.0', methods: { add }, config: own })
const about = commandSubject(demo)
const schema = configSchema(about.schema)
const compiled = (of: object) =>
  new Ajv({
    strict: true,
    allowUnionTypes: true,
    allowMatchingProperties: true,
    logger: false,
    formats: { regex: true },
  }).compile(of)
const isFine = compiled(schema)

test('takes what the decoder takes', () => {
  const { codec, schema: node } = commandSubject(undefined)
  const trees = arbitraryConfig(codec)
  const isFine = compiled(configSchema(node))
  const property = fc.property(trees, (tree) => {
    const plain = JSON.parse(JSON.stringify(tree))
    assert.ok(isFine(plain), JSON.stringify(isFine.errors))
  })
  fc.assert(property, { numRuns: 200, includeErrorInReport: true })
})

const folder = folderOf({ token: 'x' })
const inDemo = (demo: object): unknown => ({ engines: { demo } })

test('takes references of secrets, empty sections, and what is set elsewhere', () => {
  const tree = { name: 'a', parts: [{ name: 'b', parts: [] }] }
  for (const config of [
    {},
    { $schema: './sidestream.config.schema.json' },
    { log: null, host: { engines: null } },
    inDemo({ token: { env: 'TOKEN' } }),
    inDemo({ token: { file: join(folder, 'token') }, room: '5MiB', tree }),
    { engines: { other: { any: 1 } } },
    { methods: { transcribe: { deadline: '5s' } } },
  ]) {
    assert.ok(isFine(config), JSON.stringify(isFine.errors))
    const { $schema: _, ...read } = config as { readonly $schema?: string }
    const { problems } = resolved(about, {
      file: fileOf(JSON.stringify(read)),
      env: { TOKEN: 'x' },
    })
    const wrong = problems.filter(({ key }) => key !== 'engines.demo.needed')
    assert.equal(wrong, [])
  }
})

test('refuses unknown keys and values that do not fit', () => {
  for (const config of [
    { lgo: {} },
    { log: { levle: 'info' } },
    { log: { level: 'loud' } },
    { limits: { batch: 0 } },
    { drain: '5 parsecs' },
    { methods: { add: { timeout: '5s' } } },
    inDemo({ tokn: 'x' }),
    inDemo({ token: { url: 'x' } }),
    inDemo({ rules: { all: [{ name: 'x', more: 1 }] } }),
    inDemo({ rules: { all: [{}] } }),
    inDemo({ tree: { name: 'a', parts: [{ name: 1 }] } }),
    { host: { engines: { asr: { comand: 'x' } } } },
  ]) {
    assert.not(isFine(config), JSON.stringify(config))
    const { problems } = resolved(about, { file: fileOf(JSON.stringify(config)) })
    const needed = ({ key }: { readonly key: string }): boolean => key === 'engines.demo.needed'
    assert.ok(
      problems.some((it) => !needed(it)),
      JSON.stringify(config),
    )
  }
})

interface Described {
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Described>>
  readonly additionalProperties?: Described
}

test('has descriptions and defaults, but no secret', () => {
  const at = (key: string): Described | undefined =>
    key
      .split('.')
      .reduce<Described | undefined>(
        (it, name) => it?.properties?.[name] ?? it?.additionalProperties,
        schema,
      )
  for (const [key, { description, default: byDefault, isSecret }] of valuesOf(about.schema)) {
    assert.is(at(key)?.description, description, key)
    assert.is(at(key)?.default === undefined, byDefault === undefined || isSecret, key)
  }
  assert.is(at('engines.demo.room')?.default, '1MiB')
  assert.is(at('limits.messageBytes')?.default, '16MiB')
  assert.not.match(JSON.stringify(schema), 'spare')
})

test.run()
