import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { idKey, idText, type RequestId, readId } from '../../src/protocol/request-id.js'

const test = suite('request id')

/** As written, and as echoed; undefined is no id. */
const ids: readonly (readonly [string, string | undefined])[] = [
  ['0', '0'],
  ['-0', '0'],
  ['1', '1'],
  ['-7', '-7'],
  ['1e3', '1000'],
  ['10.0', '10'],
  ['1.5', '1.5'],
  ['1.50', '1.50'],
  ['-2.5E-3', '-2.5E-3'],
  ['9007199254740991', '9007199254740991'],
  ['9007199254740992', '9007199254740992'],
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1e300', '1e300'],
  ['1e400', undefined],
  ['-1e400', undefined],
  ['null', 'null'],
  ['""', '""'],
  ['"1"', '"1"'],
  ['"a\\"b\\\\c\\n"', '"a\\"b\\\\c\\n"'],
  ['"\\u0000\\u0000x"', '"\\u0000\\u0000x"'],
  ['"é😀"', '"é😀"'],
  ['"\\ud800"', '"\\ud800"'],
  ['"\u2028"', '"\u2028"'],
  ['true', undefined],
  ['{}', undefined],
  ['[1]', undefined],
]

const read = (json: string): RequestId | undefined => {
  const text = `{"x":3.25,"id":${json}}`
  return readId((JSON.parse(text) as { id: unknown }).id, text, ['id'])
}

for (const [json, echoed] of ids) {
  test(`${json} is echoed as ${echoed ?? 'none'}`, () => {
    const id = read(json)
    assert.is(id === undefined ? undefined : idText(id), echoed)
  })
}

test('keys are equal for equal ids, and differ for all others', () => {
  const written = [
    '1',
    '"1"',
    '1.5',
    '"1.5"',
    '"\\u00001.5"',
    '"\\u0000\\u00001.5"',
    '0',
    '""',
    '"\\u0000"',
    '"null"',
    '9007199254740993',
    '"9007199254740993"',
    '9007199254740992',
  ]
  const keys = written.map((json) => idKey(read(json) as Exclude<RequestId, null>))
  assert.is(new Set(keys).size, written.length, JSON.stringify(keys))
  for (const json of written) {
    assert.is(idKey(read(json) as Exclude<RequestId, null>), keys[written.indexOf(json)])
  }
  assert.is(idKey(read('1e0') as number), idKey(read('1.0') as number))
})

test('an id that is no number costs no search of the text', () => {
  for (const id of ['x', 7, null]) {
    assert.is(readId(id, undefined as unknown as string, ['id']), id)
  }
})

test.run()
