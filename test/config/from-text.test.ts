/** What a text means as a value. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fromText } from '../../src/config/from-text.js'
import { path } from '../../src/protocol/file-path.js'
import { secret } from '../../src/protocol/secret.js'
import { optional, section, setting } from '../../src/protocol/setting.js'
import { duration, size } from '../../src/protocol/units.js'

const test = suite('from text')

const throwing = new t.Type<string, string, unknown>(
  'throwing',
  t.string.is,
  () => {
    throw new Error('a defect')
  },
  t.identity,
)
const listOf = t.array

const table: readonly (readonly [t.Any, string, unknown])[] = [
  ...['5', ' 5 ', '5.0', '+5', '5e0', '05'].map((text) => [t.number, text, 5] as const),
  ...['0x10', '1_000', 'NaN', 'Infinity', '1e999', '', ' ', '5s', '1,5', '٣'].map(
    (text) => [t.number, text, text] as const,
  ),
  [t.number, '1e3', 1000],
  [t.number, '-.5', -0.5],
  ...['true', 'TRUE', 'yes', 'On', '1', ' true '].map((text) => [t.boolean, text, true] as const),
  ...['false', 'No', 'OFF', '0'].map((text) => [t.boolean, text, false] as const),
  ...['maybe', '2', '', 'constructor', 'y'].map((text) => [t.boolean, text, text] as const),
  ...['5', 'true', '', ' x ', '[1]', 'null'].map((text) => [t.string, text, text] as const),
  [duration, '250', 250],
  [duration, '5s', '5s'],
  [size, '16MiB', '16MiB'],
  [path, '5', '5'],
  [t.keyof({ '1': null }), '1', '1'],
  [t.literal(5), '5', 5],
  [t.literal(true), 'yes', true],
  [t.literal('yes'), 'yes', 'yes'],
  [listOf(t.string), 'a, b ,c', ['a', 'b', 'c']],
  [listOf(t.string), '["a, b", "c"]', ['a, b', 'c']],
  [listOf(t.string), '[0-9]+', ['[0-9]+']],
  [listOf(t.string), '', []],
  [listOf(t.string), '[]', []],
  [listOf(t.number), '1,2', [1, 2]],
  [listOf(t.number), '1,x', [1, 'x']],
  [t.readonlyArray(t.boolean), 'yes,no', [true, false]],
  [t.union([t.number, t.literal('auto')]), 'auto', 'auto'],
  [t.union([t.string, t.number]), '5', '5'],
  [t.union([t.number, t.string]), '5', 5],
  [t.union([t.boolean, t.string]), 'no', false],
  [optional(t.number), '5', 5],
  [setting(optional(listOf(t.number)), {}), '5', [5]],
  [t.refinement(t.number, (n) => n > 0), '0', 0],
  [t.record(t.string, t.number), '{"a": 1}', { a: 1 }],
  [t.UnknownRecord, '{"a": 1}', { a: 1 }],
  [section({ a: t.number }), '{"a": 1}', { a: 1 }],
  [section({ a: t.number }), '{"a": "x", "b": 2}', { a: 'x', b: 2 }],
  [section({ a: t.number }), '{"a"', '{"a"'],
  [t.tuple([t.number, t.string]), '[1, "a"]', [1, 'a']],
  [secret(t.string), '5', '5'],
  [secret(t.number), '5', 5],
  [secret(listOf(t.string)), 'a,b', ['a', 'b']],
  [listOf(secret(t.string)), 'a,b', ['a', 'b']],
  [throwing, 'a', 'a'],
]

test('the codec decides', () => {
  for (const [codec, text, value] of table) {
    assert.equal(fromText(text, codec), value, `${codec.name} of ${JSON.stringify(text)}`)
  }
})

test.run()
