/** Every example of section 7 of the JSON-RPC 2.0 specification, byte by byte. */
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { method, notification } from '../../src/engine/define.js'
import { engineOf, exchange, framed, framings } from './wire.js'

const test = suite('examples of the specification')

const subtract = method({
  params: t.union([
    t.tuple([t.number, t.number]),
    t.type({ minuend: t.number, subtrahend: t.number }),
  ]),
  result: t.number,
  handler: (params) =>
    'minuend' in params ? params.minuend - params.subtrahend : params[0] - params[1],
})
const sum = method({
  params: t.array(t.number),
  handler: (terms) => terms.reduce((a, b) => a + b, 0),
})
const getData = method({ handler: () => ['hello', 5] })
const definition = engineOf(
  { subtract, sum, get_data: getData, notify_hello: method({ handler: () => 7 }) },
  { notifications: { update: notification({ handler: () => 7 }) } },
)

const methodNotFound = (id: string, name: string): string =>
  `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found","data":{"kind":"MethodNotFound","retryable":false,"method":"${name}"}}}`
const parseError =
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: the text is no JSON","data":{"kind":"ParseError","retryable":false}}}'
const invalid = (reason: string): string =>
  `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request: ${reason}","data":{"kind":"InvalidRequest","retryable":false}}}`
const noObject = invalid('a message must be an object, or a batch of them')
const noVersion = invalid('jsonrpc must be \\"2.0\\"')

/** As the specification writes them: the name, what is sent, what comes back. */
const examples: readonly (readonly [string, string, string | undefined])[] = [
  [
    'rpc call with positional parameters',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    '{"jsonrpc":"2.0","id":1,"result":19}',
  ],
  [
    'rpc call with positional parameters, the other way round',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    '{"jsonrpc":"2.0","id":2,"result":-19}',
  ],
  [
    'rpc call with named parameters',
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    '{"jsonrpc":"2.0","id":3,"result":19}',
  ],
  [
    'rpc call with named parameters, the other way round',
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    '{"jsonrpc":"2.0","id":4,"result":19}',
  ],
  ['a notification', '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', undefined],
  ['a notification nobody knows', '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    'rpc call of non-existent method',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    methodNotFound('"1"', 'foobar'),
  ],
  [
    'rpc call with invalid JSON',
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    parseError,
  ],
  [
    'rpc call with invalid Request object',
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    invalid('method must be a string'),
  ],
  [
    'rpc call Batch, invalid JSON',
    '[\n  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},\n  {"jsonrpc": "2.0", "method"\n]',
    parseError,
  ],
  ['rpc call with an empty Array', '[]', invalid('a batch must not be empty')],
  ['rpc call with an invalid Batch (but not empty)', '[1]', `[${noObject}]`],
  ['rpc call with invalid Batch', '[1,2,3]', `[${noObject},${noObject},${noObject}]`],
  [
    'rpc call Batch',
    `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    `[${[
      '{"jsonrpc":"2.0","id":"1","result":7}',
      '{"jsonrpc":"2.0","id":"2","result":19}',
      noVersion,
      methodNotFound('"5"', 'foo.get'),
      '{"jsonrpc":"2.0","id":"9","result":["hello",5]}',
    ].join(',')}]`,
  ],
  [
    'rpc call Batch (all notifications)',
    `[
      {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
    undefined,
  ],
]

for (const framing of framings) {
  for (const [name, request, reply] of examples) {
    test(`${name} (${framing})`, async () => {
      // In NDJSON a line is a message, so the specification's line breaks have to go.
      const text = framing === 'ndjson' ? request.replaceAll('\n', ' ') : request
      const { texts, exitCode } = await exchange(definition, [framed([text], framing)])
      assert.equal(texts, reply === undefined ? [] : [reply])
      assert.is(exitCode, 0)
    })
  }

  test(`all of them in one stream, in order (${framing})`, async () => {
    const requests = examples.map(([, request]) => request.replaceAll('\n', ' '))
    const { peer, texts } = await exchange(definition, [framed(requests, framing)])
    const replies = examples.flatMap(([, , reply]) => reply ?? [])
    assert.equal(texts, replies)
    assert.is(peer.pipe.written.join(''), framed(replies, framing).toString())
  })
}

test.run()
