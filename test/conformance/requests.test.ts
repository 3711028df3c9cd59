/** What gets which answer: one message in, at most one out. Ids are compared as text, since JSON.parse would hide digits. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { engineOf, exchange, framed, framings } from './wire.js'

const test = suite('requests')

const definition = engineOf({
  echo: method({ handler: (params) => params }),
  zero: method({ handler: () => 0 }),
})

/** `id result`, or `id code kind`; undefined when there is no answer. */
const short = (text: string): string => {
  const [, id, rest] =
    /^\{"jsonrpc":"2\.0","id":("(?:[^"\\]|\\.)*"|[^,]+),(.*)\}$/s.exec(text) ?? []
  const { result, error } = JSON.parse(`{${rest}}`)
  return error === undefined
    ? `${id} ${JSON.stringify(result)}`
    : `${id} ${error.code} ${error.data.kind}`
}

const withId = (id: string): string => `{"jsonrpc":"2.0","id":${id},"method":"zero"}`
const invalid = 'null -32600 InvalidRequest'
const noJson = 'null -32700 ParseError'

const cases: readonly (readonly [string, string | undefined])[] = [
  // Ids are echoed with the same JSON value and type
  [withId('0'), '0 0'],
  [withId('-0'), '0 0'],
  [withId('""'), '"" 0'],
  [withId('"0"'), '"0" 0'],
  [withId('null'), 'null 0'],
  [withId('1.5'), '1.5 0'],
  [withId('1.50'), '1.50 0'],
  [withId('1e3'), '1000 0'],
  [withId('1E-3'), '1E-3 0'],
  [withId('9007199254740991'), '9007199254740991 0'],
  [withId('9007199254740993'), '9007199254740993 0'],
  [withId('-123456789012345678901234567890.5e-1'), '-123456789012345678901234567890.5e-1 0'],
  [withId('"\\u0000\\"\\\\\\n\\ud83d\\ude00"'), '"\\u0000\\"\\\\\\n😀" 0'],
  [withId('"\\ud800"'), '"\\ud800" 0'],
  [withId('"toString"'), '"toString" 0'],
  [withId('"__proto__"'), '"__proto__" 0'],
  ['{"jsonrpc":"2.0","id":1,"id":2.50,"method":"zero"}', '2.50 0'],
  ['{"jsonrpc":"2.0","\\u0069d":9007199254740993,"method":"zero"}', '9007199254740993 0'],
  ['{"params":{"id":1.5},"method":"zero","id":2.5,"jsonrpc":"2.0"}', '2.5 0'],
  [withId('1e400'), invalid],
  [withId('-1e400'), invalid],
  [withId('true'), invalid],
  [withId('{}'), invalid],
  [withId('[1]'), invalid],
  [withId('{"toString":1}'), invalid],
  // Not a request
  ['1', invalid],
  ['"x"', invalid],
  ['null', invalid],
  ['true', invalid],
  ['{}', invalid],
  ['{"id":5}', '5 -32600 InvalidRequest'],
  ['{"id":9007199254740993}', '9007199254740993 -32600 InvalidRequest'],
  ['{"id":{}}', invalid],
  ['{"jsonrpc":"2.0","id":5}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","id":5,"method":null}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","id":5,"method":7}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","id":5,"method":["zero"]}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"1.0","id":5,"method":"zero"}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":2.0,"id":5,"method":"zero"}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.00","id":"5","method":"zero"}', '"5" -32600 InvalidRequest'],
  ['{"id":5,"method":"zero"}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","id":5,"method":"zero","params":null}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","id":5,"method":"zero","params":"x"}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","id":5,"method":"zero","params":0}', '5 -32600 InvalidRequest'],
  ['{"jsonrpc":"2.0","method":"zero","params":"x"}', invalid],
  // Requests
  ['{"jsonrpc":"2.0","id":5,"method":"zero","more":{"x":1}}', '5 0'],
  ['{"jsonrpc":"2.0","id":5,"method":"zero","result":1}', '5 0'],
  ['{"jsonrpc":"2.0","id":5,"method":"","params":[]}', '5 -32601 MethodNotFound'],
  ['{"jsonrpc":"2.0","id":5,"method":"echo","params":[]}', '5 []'],
  [
    '{"jsonrpc":"2.0","id":5,"method":"echo","params":{"__proto__":{"x":1},"a":"\\u0000"}}',
    '5 {"__proto__":{"x":1},"a":"\\u0000"}',
  ],
  ['{"jsonrpc":"2.0","id":5,"method":"echo"}', '5 null'],
  ['  {"jsonrpc":"2.0","id":5,"method":"zero"}\t', '5 0'],
  // Notifications and replies are never answered, whatever is in them
  ['{"jsonrpc":"2.0","method":"zero"}', undefined],
  ['{"jsonrpc":"2.0","method":"nope"}', undefined],
  ['{"jsonrpc":"2.0","method":"engine.describe"}', undefined],
  ['{"jsonrpc":"2.0","id":5,"result":1}', undefined],
  ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}', undefined],
  ['{"jsonrpc":"2.0","id":5,"result":1,"error":{}}', undefined],
  ['{"id":[],"result":1}', undefined],
  ['{"jsonrpc":"2.0","id":5,"error":null}', undefined],
  ['{"jsonrpc":"2.0","id":5,"error":"text"}', undefined],
  // No JSON
  ['{', noJson],
  ['{"jsonrpc":"2.0","id":5,"method":"zero"', noJson],
  ['{"jsonrpc":"2.0","id":5,"method":"zero"}}', noJson],
  [`${withId('1')}${withId('2')}`, noJson],
  ["{'jsonrpc':'2.0'}", noJson],
  ['{"jsonrpc":"2.0","id":5,"method":"zero",}', noJson],
  ['{"jsonrpc":"2.0","id":05,"method":"zero"}', noJson],
  ['{"jsonrpc":"2.0","id":+5,"method":"zero"}', noJson],
  ['{"jsonrpc":"2.0","id":NaN,"method":"zero"}', noJson],
  ['{"jsonrpc":"2.0","id":5,"method":"ze\u0000ro"}', noJson],
  ['\u0000', noJson],
  ['undefined', noJson],
  ['\u00a0', noJson],
]

for (const framing of framings) {
  for (const [text, answer] of cases) {
    test(`${JSON.stringify(text)} is answered ${answer ?? 'not at all'} (${framing})`, async () => {
      const { texts, exitCode } = await exchange(definition, [framed([text], framing)])
      assert.equal(texts.map(short), answer === undefined ? [] : [answer])
      assert.is(exitCode, 0)
    })
  }

  test(`all of them in one stream, each costs only itself (${framing})`, async () => {
    const { texts } = await exchange(definition, [
      framed(
        cases.map(([text]) => text),
        framing,
      ),
    ])
    assert.equal(
      texts.map(short),
      cases.flatMap(([, answer]) => answer ?? []),
    )
  })

  test(`bytes that are not UTF-8 are a parse error, never U+FFFD (${framing})`, async () => {
    const [head, tail] = ['{"jsonrpc":"2.0","id":5,"method":"echo","params":["', '"]}']
    for (const bad of [
      [0xff],
      [0xc3, 0x28],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      const body = Buffer.concat([
        Buffer.from(head as string),
        Buffer.from(bad),
        Buffer.from(tail as string),
      ])
      const stream =
        framing === 'ndjson'
          ? Buffer.concat([body, Buffer.from('\n')])
          : Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body])
      const { texts } = await exchange(definition, [stream, framed([withId('6')], framing)])
      assert.equal(texts.map(short), [noJson, '6 0'])
    }
  })
}

test('a last line without a newline is a message', async () => {
  const { texts } = await exchange(definition, [`${withId('1')}\n${withId('2')}`])
  assert.equal(texts.map(short), ['1 0', '2 0'])
})

test.run()
