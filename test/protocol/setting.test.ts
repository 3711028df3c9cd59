/** Codecs of settings. */
import { isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder, compileEncoder } from '../../src/protocol/codec.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'
import { optional, section, setting } from '../../src/protocol/setting.js'

const test = suite('setting')

const codec = section(
  {
    threads: setting(t.number, { default: 2, description: 'CPU threads.' }),
    name: t.string,
    decode: section({ beam: setting(t.number, { default: 1 }) }),
    note: setting(optional(t.string), {}),
  },
  { reload: 'hot' },
)

/** By io-ts, and by our decoder: they must agree. */
const decoded = <A>(of: t.Type<A, unknown, unknown>, value: unknown): A | undefined => {
  const ours = compileDecoder(of)(value)
  const theirs = of.decode(value)
  assert.is(ours._tag, theirs._tag)
  if (!isRight(ours) || !isRight(theirs)) return undefined
  assert.equal(ours.right, theirs.right)
  return ours.right
}

test('what nobody set is the default, at every level', () => {
  const filled = { threads: 2, name: 'a', decode: { beam: 1 }, note: undefined }
  assert.equal(decoded(codec, { name: 'a' }), filled)
  assert.equal(decoded(codec, { name: 'a', decode: {} }), filled)
  const given = { name: 'a', threads: 4, decode: { beam: 3 }, note: 'x' }
  assert.equal(decoded(codec, given), given)
})

test('a setting without a default has to be made', () => {
  assert.is(decoded(codec, {}), undefined)
  assert.is(decoded(codec, undefined), undefined)
  assert.is(decoded(codec, { name: 'a', threads: 'x' }), undefined)
})

test('null is a value, and stands for no default', () => {
  const nullable = setting(t.union([t.number, t.null]), { default: 5 })
  assert.is(decoded(nullable, undefined), 5)
  assert.is(decoded(nullable, null), null)
  assert.is(decoded(setting(t.union([t.number, t.null]), { default: null }), undefined), null)
})

test('of two settings around a codec the outer default is taken', () => {
  const twice = setting(setting(t.number, { default: 1 }), { default: 2 })
  assert.is(decoded(twice, undefined), 2)
})

test('a section of defaults may be left out', () => {
  const outer = t.strict({ decode: section({ beam: setting(t.number, { default: 1 }) }) })
  assert.equal(decoded(outer, {}), { decode: { beam: 1 } })
})

test('a key that a section does not know is refused', () => {
  const outcome = compileDecoder(codec)({ name: 'a', thread: 2 })
  assert.ok(!isRight(outcome))
  assert.equal(outcome.left.problems, [{ path: '/thread', expected: 'no such key', got: 'number' }])
})

test('what is wrong within a setting is named as without it', () => {
  const outcome = compileDecoder(codec)({ name: 5, decode: { beam: 'x' } })
  assert.ok(!isRight(outcome))
  assert.equal(
    outcome.left.problems.map(({ path, expected, got }) => `${path} ${expected} ${got}`),
    ['/name string number', '/decode/beam number string'],
  )
})

test('a config encodes as it stands in a file', () => {
  const value = { threads: 2, name: 'a', decode: { beam: 1 }, note: undefined }
  const outcome = compileEncoder(codec)(value)
  assert.ok(isRight(outcome))
  assert.equal(outcome.right, value)
  assert.ok(!isRight(compileEncoder(codec)({ ...value, threads: 'x' })))
})

test('its schema is that of the codec, with default and description', () => {
  const { properties, required, additionalProperties } = toJsonSchema(codec) as {
    readonly properties: Readonly<Record<string, unknown>>
    readonly required: unknown
    readonly additionalProperties: unknown
  }
  assert.equal(properties['threads'], { type: 'number', description: 'CPU threads.', default: 2 })
  assert.equal((properties['decode'] as { default: unknown }).default, {})
  assert.equal([...(required as string[])].sort(), ['name'], JSON.stringify(required))
  assert.is(additionalProperties, false)
})

test.run()
