/** Config codecs as trees of settings. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  childOf,
  isAnySecret,
  type Node,
  schemaOf,
  type Value,
  valuesOf,
} from '../../src/config/schema.js'
import { path } from '../../src/protocol/file-path.js'
import { secret } from '../../src/protocol/secret.js'
import { optional, section, setting } from '../../src/protocol/setting.js'

const test = suite('schema')

const recursion = (name: string, of: (self: t.Any) => t.Any): t.Any =>
  t.recursion(name, of as never)

const keysOf = (node: Node): readonly string[] => valuesOf(node).map(([key]) => key)

const valueAt = (node: Node, key: string): Value => {
  const [, value] = valuesOf(node).find(([name]) => name === key) ?? []
  assert.ok(value !== undefined, key)
  return value as Value
}
const only = (codec: t.Any): Value => valueAt(schemaOf(t.strict({ a: codec })), 'a')

test('objects are sections however they are put together', () => {
  const sections: readonly t.Any[] = [
    t.type({ a: t.number, b: t.string }),
    t.partial({ a: t.number, b: t.string }),
    t.strict({ a: t.number, b: t.string }),
    t.exact(t.partial({ a: t.number, b: t.string })),
    t.readonly(t.strict({ a: t.number, b: t.string })),
    t.intersection([t.type({ a: t.number }), t.partial({ b: t.string })]),
    t.exact(t.intersection([t.type({ a: t.number }), t.partial({ b: t.string })])),
    t.intersection([section({ a: t.number }), section({ b: t.string })]),
    t.readonly(section({ a: t.number, b: t.string })),
    optional(section({ a: t.number, b: t.string })),
    setting(setting(t.strict({ a: t.number, b: t.string }), {}), {}),
  ]
  for (const codec of sections) assert.equal(keysOf(schemaOf(codec)), ['a', 'b'], codec.name)
})

test('anything else is set as a whole', () => {
  const range = t.refinement(t.strict({ a: t.number, b: t.number }), ({ a, b }) => a < b)
  const list = recursion('List', (self) => t.strict({ a: t.union([self, t.null]) }))
  const wholes: readonly t.Any[] = [
    ...[t.number, t.array(t.strict({ a: t.number })), t.UnknownRecord, t.unknown, range, list],
    t.union([t.strict({ a: t.number }), t.strict({ b: t.number })]),
  ]
  for (const codec of wholes) assert.is(schemaOf(codec).kind, 'value', codec.name)
})

test('a record is a table, its items named by the user', () => {
  const node = schemaOf(t.strict({ of: t.record(t.string, section({ a: t.number })) }))
  assert.equal(keysOf(node), ['of.<name>.a'])
  const table = childOf(node, 'of') as Node
  assert.is(table.kind, 'table')
  assert.is(childOf(table, 'any.thing'), childOf(table, 'else'))
  assert.is(childOf(node, 'constructor'), undefined)
})

test('a default said around a codec comes before one within, as when values are decoded', () => {
  const inner = setting(t.number, { default: 1 })
  assert.is(only(inner).default, 1)
  assert.is(only(setting(inner, { default: 2 })).default, 2)
  const whole = setting(section({ a: inner, b: inner }), { default: { a: 5 } as never })
  const node = schemaOf(t.strict({ of: whole }))
  assert.is(valueAt(node, 'of.a').default, 5)
  assert.is(valueAt(node, 'of.b').default, 1)
  assert.is(only(setting(t.union([t.number, t.null]), { default: null })).default, null)
  assert.is(only(setting(t.boolean, { default: false })).default, false)
})

test('what has no default, and for which nothing will not do, has to be set', () => {
  const throwing = new t.Type<string, string, unknown>(
    'throwing',
    t.string.is,
    (value, context) =>
      String(value).length > (value as string).length ? t.failure(value, context) : t.success(''),
    t.identity,
  )
  for (const codec of [t.number, setting(t.number, {}), secret(t.string), path, throwing]) {
    assert.ok(only(codec).isRequired, codec.name)
  }
  for (const codec of [optional(t.number), setting(t.number, { default: 1 }), t.unknown, t.void]) {
    assert.not.ok(only(codec).isRequired, codec.name)
  }
  assert.not.ok(valueAt(schemaOf(t.partial({ a: t.number })), 'a').isRequired)
})

test('a section that may be left out has defaults only once it is there', () => {
  const tls = t.strict({ cert: t.string, port: setting(t.number, { default: 443 }) })
  for (const codec of [t.strict({ tls: optional(tls) }), t.partial({ tls })]) {
    assert.is(valueAt(schemaOf(codec), 'tls.port').default, undefined)
  }
  const complete = section({ port: setting(t.number, { default: 443 }) })
  assert.is(valueAt(schemaOf(t.partial({ tls: complete })), 'tls.port').default, 443)
})

test('a change reaches as far as the nearest that says so', () => {
  const part = section({ a: t.number, b: setting(t.number, { reload: 'cold' }) })
  const node = schemaOf(section({ part, c: t.number }, { reload: 'hot' }))
  assert.is(valueAt(node, 'part.a').reload, 'hot')
  assert.is(valueAt(node, 'part.b').reload, 'cold')
  assert.is(only(t.number).reload, 'cold')
})

test('what is a secret, or holds one, is known as such', () => {
  const one = secret(t.string)
  const withOne = t.strict({ one })
  const tree = recursion('Tree', (self) => t.strict({ one, kids: t.array(self) }))
  const holders: readonly t.Any[] = [
    ...[one, setting(one, {}), optional(one), t.union([one, t.null]), t.readonly(one)],
    ...[t.array(one), t.readonlyArray(withOne), t.tuple([t.string, one]), tree],
    ...[t.refinement(withOne, () => true), t.union([withOne, t.strict({ two: t.string })])],
    ...[t.array(t.partial({ one })), t.array(t.record(t.string, one)), t.array(section({ one }))],
  ]
  for (const codec of holders) assert.ok(only(codec).isSecret, codec.name)
  const plain = recursion('Plain', (self) => t.strict({ kids: t.array(self) }))
  for (const codec of [t.string, t.array(t.string), plain, t.unknown]) {
    assert.not.ok(only(codec).isSecret, codec.name)
  }
  assert.ok(isAnySecret(schemaOf(t.strict({ a: t.string, b: section({ one }) }))))
  assert.not.ok(isAnySecret(schemaOf(t.strict({ a: t.string }))))
})

test.run()
