/** Configs as they are shown. */
import fc from 'fast-check'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostSection } from '../../src/cli/host-config.js'
import { inline, inOrder, printConfig, shownValue } from '../../src/config/print.js'
import { type Resolution, type Subject, subjectOf } from '../../src/config/resolve.js'
import { runtimeConfig } from '../../src/models/runtime-config.js'
import { path } from '../../src/protocol/file-path.js'
import { secret } from '../../src/protocol/secret.js'
import { optional, section, setting } from '../../src/protocol/setting.js'
import { duration, size } from '../../src/protocol/units.js'
import { arbitraryConfig } from '../cli/config-arbitrary.js'
import { fileOf, parts, resolved, subject } from './config-of.js'

const test = suite('print')

const own = section({
  greeting: setting(t.string, { default: 'no: # "comment"\n' }),
  every: setting(duration, { default: '90s' }),
  room: setting(size, { default: 2 ** 21 }),
  model: setting(optional(path), {}),
  any: setting(t.UnknownRecord, { default: {} }),
  rules: setting(
    t.array(
      t.strict({ name: t.string, when: duration, max: t.union([t.number, t.literal('none')]) }),
    ),
    { default: [] },
  ),
  weights: setting(t.record(t.string, t.record(t.string, t.number)), { default: {} }),
})
const whole = subjectOf(
  runtimeConfig({
    ...parts(own, ['add', 'models.load', 'models.*']),
    host: hostSection,
  }) as Subject['codec'],
  'demo',
)

const shown = ({ schema }: Subject, { winners }: Resolution): string =>
  printConfig(schema, inOrder(schema, [...winners.values()]))

const printed = (about: Subject, text: string): string => {
  const read = resolved(about, { file: fileOf(text) })
  assert.equal(read.problems, [])
  return shown(about, read)
}

test('a config that is printed and read again is the same', () => {
  const property = fc.property(arbitraryConfig(whole.codec), (tree) => {
    const read = resolved(whole, { file: fileOf(JSON.stringify(tree)) })
    assert.equal(read.problems, [])
    const again = shown(whole, read)
    const { config } = resolved(whole, { file: fileOf(again) })
    assert.equal(config, read.config)
    assert.is(printed(whole, again), again)
  })
  fc.assert(property, { numRuns: 150, includeErrorInReport: true })
})

test('it is the same without the schema of an engine', () => {
  const about = subjectOf(runtimeConfig({ host: hostSection }) as Subject['codec'], undefined)
  const property = fc.property(arbitraryConfig(about.codec), (tree) => {
    const { engines: _, ...known } = tree as { readonly engines?: unknown }
    const read = resolved(about, { file: fileOf(JSON.stringify(known)) })
    const again = shown(about, read)
    assert.equal(resolved(about, { file: fileOf(again) }).config, read.config)
  })
  fc.assert(property, { numRuns: 50, includeErrorInReport: true })
})

const lines = fc
  .array(fc.constantFrom('\n', '"', "'", ' ', 'a', '# b', ': '))
  .map((it) => it.join(''))

test('a key that YAML took for a merge once is one like all others', () => {
  const codec = t.strict({ voices: t.record(t.string, t.UnknownRecord) })
  const about = subject(codec)
  const tree = { engines: { demo: { voices: { '<<': { '<<': 1 } } } } }
  const { winners } = resolved(about, { file: fileOf(JSON.stringify(tree), 'c.json') })
  const text = printConfig(about.schema, [...winners.values()])
  assert.equal(resolved(about, { file: fileOf(text) }).problems, [])
  assert.match(text, /"<<":\n\s+"<<": 1/)
  assert.is(inline({ '<<': 1 }), '{ "<<": 1 }')
})

test('a value in a line is the same, too', () => {
  const property = fc.property(fc.oneof(fc.jsonValue({ maxDepth: 3 }), lines), (value) => {
    const line = inline(value)
    assert.not.match(line, '\n')
    const about = subject(section({ any: setting(t.unknown, {}) }))
    const { config } = resolved(about, { file: fileOf(`engines: { demo: { any: ${line} } }`) })
    assert.equal(config?.engines, { demo: { any: value } })
  })
  fc.assert(property, { numRuns: 150, includeErrorInReport: true })
})

test('times and sizes have their units, and paths are whole', () => {
  const about = subject(own)
  const text = printed(about, 'drain: 90000\nengines: { demo: { model: base.bin } }')
  assert.match(text, 'drain: 90s\n')
  assert.match(text, '  messageBytes: 16MiB\n')
  assert.match(text, '    room: 2MiB\n')
  assert.match(text, '    model: /nowhere/base.bin\n')
})

test('keys stand in the order of the schema, and what is not set is left out', () => {
  const text = printed(subject(undefined, ['add']), 'log: { file: { path: a } }')
  const about = text.split('\n').map((line) => line.trim())
  assert.ok(about.indexOf('path: /nowhere/a') < about.indexOf('maxSize: 16MiB'))
  assert.not.match(text, 'methods')
  assert.not.match(text, 'maxInFlight')
})

test('secrets are hidden wherever they are, and said to be secrets', () => {
  const codec = section({
    token: setting(secret(t.string), {}),
    list: setting(t.array(secret(t.string)), { default: [] }),
    byName: setting(t.record(t.string, secret(t.number)), { default: {} }),
  })
  const text = printed(
    subject(codec),
    'engines: { demo: { token: abc, list: [def, ghi], byName: { x: 123 } } }',
  )
  for (const known of ['abc', 'def', 'ghi', '123']) assert.not.match(text, known)
  assert.is(text.match(/# A secret is not shown/g)?.length, 3)
  assert.is(text.match(/\*{3}/g)?.length, 4)
})

test('what an engine that is not known has set is not shown', () => {
  const about = subjectOf(runtimeConfig() as Subject['codec'], undefined)
  const { winners } = resolved(about, { file: fileOf('engines: { other: { token: abc } }') })
  const entries = [...winners.values()]
  assert.not.match(printConfig(about.schema, entries), 'engines')
  assert.equal(entries.filter(({ path: [key] }) => key === 'engines').map(shownValue), ['***'])
})

test.run()
