import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BatchText, isDeeperThan, numberTextAt } from '../../src/protocol/json-text.js'

const test = suite('JSON text')

const found: readonly (readonly [string, (string | number)[], string | undefined])[] = [
  ['{"id":1.50}', ['id'], '1.50'],
  ['{"id":-9007199254740993}', ['id'], '-9007199254740993'],
  [' \t\r\n{ "id" : 1E+3 } ', ['id'], '1E+3'],
  ['7', [], '7'],
  ['[1,[2,3.5],4]', [1, 1], '3.5'],
  ['[[],{},[],5]', [3], '5'],
  ['[{"id":1},{"id":2}]', [1, 'id'], '2'],
  ['{"id":{"id":1},"x":{"id":2}}', ['id'], undefined],
  ['{"x":{"id":1},"id":2.5}', ['id'], '2.5'],
  ['{"id":2.5,"x":{"id":1}}', ['id'], '2.5'],
  ['{"id":1.5,"id":2.5}', ['id'], '2.5'],
  ['{"params":{"id":1.5},"params":{"id":2.5}}', ['params', 'id'], '2.5'],
  ['{"\\u0069d":1.5}', ['id'], '1.5'],
  ['{"i\\u0064":1.5,"\\"id":2}', ['id'], '1.5'],
  ['{"a":"\\"id\\":9","id":1.5}', ['id'], '1.5'],
  ['{"a":"\\\\","id":1.5}', ['id'], '1.5'],
  ['{"a":"\\\\\\"","id":1.5}', ['id'], '1.5'],
  ['{"a":"{[,:]}","id":1.5}', ['id'], '1.5'],
  ['{"":{"":1.5}}', ['', ''], '1.5'],
  ['{"0":[1.5]}', ['0', 0], '1.5'],
  ['{"0":1.5}', [0], undefined],
  ['{"id":"1.5"}', ['id'], undefined],
  ['{"id":true,"x":1}', ['id'], undefined],
  ['{"id":null}', ['id'], undefined],
  ['{"toString":1.5,"__proto__":2.5}', ['__proto__'], '2.5'],
  ['["a","b",1.5]', [2], '1.5'],
  ['[{"a":1},"b",{"a":[1,2,{"b":1.5}]}]', [2, 'a', 2, 'b'], '1.5'],
]

for (const [text, path, digits] of found) {
  test(`numberTextAt finds ${digits} at /${path.join('/')} of ${text.trim()}`, () => {
    JSON.parse(text)
    assert.is(numberTextAt(text, path), digits)
  })
}

test('numberTextAt agrees with JSON.parse about every number of any JSON', () => {
  const seed = Date.now()
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.boolean(), (compact, isSpaced) => {
      const value: unknown = JSON.parse(compact)
      const text = isSpaced ? JSON.stringify(value, null, 3) : compact
      for (const [path, leaf] of leaves(value, [])) {
        const digits = numberTextAt(text, path)
        if (typeof leaf === 'number')
          assert.is(Number(digits), leaf, `/${path.join('/')} of ${text}`)
        else assert.is(digits, undefined)
      }
    }),
    { numRuns: 2000, seed },
  )
})

test('the ids of a batch are found at once, and those that they cancel', () => {
  const text =
    '[{"id":1.5,"params":{"id":2.5,"x":{"id":9}}},7,{"x":{"id":9},"params":[{"id":9}],"id":3.50,"id":4.50},[{"id":9}]]'
  const batch = new BatchText(text, 4)
  assert.is(batch.length, text.length / 4)
  for (const [path, digits] of [
    [[0, 'id'], '1.5'],
    [[0, 'params', 'id'], '2.5'],
    [[2, 'id'], '4.50'],
    [[2, 'params', 'id'], undefined],
    [['0', 'id'], undefined],
    [[1], undefined],
    [[3, 'id'], undefined],
  ] as const) {
    assert.is(batch.numberAt(path), digits, JSON.stringify(path))
  }
})

test('a string of megabytes, and one of backslashes, take linear time', () => {
  const strings = ['x', '\\\\', '\\"', '\\\\\\"'].map((part) => part.repeat(2 ** 20))
  for (const string of strings) {
    assert.is(numberTextAt(`{"a":"${string}","id":1.5}`, ['id']), '1.5')
  }
})

test('isDeeperThan counts arrays and objects', () => {
  for (const [text, depth] of [
    ['1', 0],
    ['"[[["', 0],
    ['[]', 1],
    ['{}', 1],
    ['[[],[]]', 2],
    ['{"a":[{"b":1}]}', 3],
    ['[1,[2,[3]],[4]]', 3],
  ] as const) {
    const value: unknown = JSON.parse(text)
    assert.is(isDeeperThan(value, depth), false, `${text} is not deeper than ${depth}`)
    if (depth > 0)
      assert.is(isDeeperThan(value, depth - 1), true, `${text} is deeper than ${depth - 1}`)
  }
})

test('isDeeperThan survives a million levels', () => {
  let value: unknown = 1
  for (let level = 0; level < 1_000_000; level += 1)
    value = level % 2 === 0 ? [value] : { a: value }
  assert.is(isDeeperThan(value, 999_999), true)
  assert.is(isDeeperThan(value, 1_000_000), false)
  assert.is(isDeeperThan(value, 10), true)
})

const leaves = (value: unknown, path: (string | number)[]): [(string | number)[], unknown][] => {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

test.run()
