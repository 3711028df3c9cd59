import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  errorReply,
  isLonger,
  notificationText,
  requestText,
  resultReply,
} from '../../src/protocol/encode.js'
import { internalError, type RpcError, rpcError } from '../../src/protocol/rpc-error.js'
import { toWireError } from '../../src/protocol/wire-error.js'

const test = suite('encode')

/** The error of a reply, which must be whole JSON whatever it tells of. */
const errorOf = (
  text: string,
): { code: number; message: string; data: Record<string, unknown> } => {
  const { jsonrpc, id, error } = JSON.parse(text)
  assert.is(jsonrpc, '2.0')
  assert.is(id, 7)
  return error
}

test('results as JSON', () => {
  class Point {
    x = 1
  }
  for (const [result, json] of [
    [0, '0'],
    [-0, '0'],
    [1e21, '1e+21'],
    [null, 'null'],
    [undefined, 'null'],
    ['', '""'],
    ['\u2028\ud800\0', '"\u2028\\ud800\\u0000"'],
    [false, 'false'],
    [[undefined, () => {}, Number.NaN], '[null,null,null]'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new Point(), '{"x":1}'],
    [{ toJSON: () => 5 }, '5'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ] as const) {
    assert.is(resultReply(7, result), `{"jsonrpc":"2.0","id":7,"result":${json}}`)
  }
})

test('a result that is a number JSON does not have throws, as null would be a lie', () => {
  for (const result of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.throws(() => resultReply(7, result), `${result} cannot be sent: JSON has no such number`)
  }
})

test('a result that cannot be printed throws', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  let deep: unknown = 1
  for (let level = 0; level < 20_000; level += 1) deep = [deep]
  const throwing = {
    toJSON: () => {
      throw new Error('not today')
    },
  }
  const getter = {
    get x(): number {
      throw new Error('no x')
    },
  }
  const bad = { toJSON: () => undefined }
  for (const result of [1n, { a: 1n }, cycle, deep, throwing, getter, () => 1, Symbol('x'), bad]) {
    assert.throws(() => resultReply(7, result))
  }
  assert.throws(() => resultReply(7, throwing), 'not today')
})

test('isLonger agrees with a count of bytes', () => {
  for (const text of ['', 'abc', 'éé', '€€€', '😀😀', '\ud800']) {
    const bytes = Buffer.byteLength(text)
    assert.equal(
      [bytes - 1, bytes, bytes + 1].map((limit) => isLonger(text, limit)),
      [true, false, false],
    )
  }
})

test('an error has code, message, and data with its kind', () => {
  const error = rpcError('Overloaded', 'too much', { retryAfterMs: 5 })
  assert.is(
    errorReply(7, error),
    '{"jsonrpc":"2.0","id":7,"error":{"code":-32003,"message":"too much","data":{"kind":"Overloaded","retryable":true,"retryAfterMs":5}}}',
  )
  assert.is(errorReply(null, error).startsWith('{"jsonrpc":"2.0","id":null,'), true)
  assert.is(errorReply({ digits: '1e5' }, error).startsWith('{"jsonrpc":"2.0","id":1e5,'), true)
})

test('facts that cannot be printed are left out, the error is told', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  const thrower = {
    toJSON: () => {
      throw new Error('gotcha')
    },
  }
  const getter = Object.defineProperty({}, 'x', {
    enumerable: true,
    get() {
      throw new Error('gotcha')
    },
  })
  for (const facts of [{ n: 1n }, { cycle }, { thrower }, getter] as Record<string, unknown>[]) {
    const error: RpcError = { ...rpcError('Overloaded', 'too much'), facts }
    const { code, message, data } = errorOf(errorReply(7, error))
    assert.equal(
      [code, message, data],
      [-32003, 'too much', { kind: 'Overloaded', retryable: true }],
    )
  }
})

test('an error larger than a reply may be is told without its facts, and in short', () => {
  const error = rpcError('Overloaded', 'm'.repeat(5000), { fact: 'x'.repeat(5000) })
  const { code, message, data } = errorOf(errorReply(7, error, 2000))
  assert.equal(
    [code, message, data],
    [-32003, 'm'.repeat(1000), { kind: 'Overloaded', retryable: true }],
  )
  assert.is(errorOf(errorReply(7, error, 20_000)).message.length, 5000)
})

test('an error that is no whole RpcError is still one reply, with a code and a message', () => {
  const odd = { _tag: 'RpcError', kind: 1n, code: 1n, message: Symbol('x'), facts: { n: 1n } }
  for (const error of [
    odd,
    { _tag: 'RpcError' },
    { ...odd, code: Number.NaN, message: undefined, kind: 'X', facts: {} },
  ]) {
    const { code, message } = errorOf(errorReply(7, error as unknown as RpcError))
    assert.is(Number.isInteger(code), true, `code ${code}`)
    assert.type(message, 'string')
  }
})

test('a defect tells nothing, its message, or all of it', () => {
  const root = new Error('root')
  const defect = internalError(new Error('the handler broke', { cause: root }))
  assert.is(toWireError(defect, 'none').message, 'Internal error')
  assert.equal(toWireError(defect, 'none').data, { kind: 'InternalError', retryable: false })
  assert.is(toWireError(defect, 'message').message, 'the handler broke')
  assert.equal(toWireError(defect, 'message').data, { kind: 'InternalError', retryable: false })
  const { debug } = toWireError(defect, 'debug').data as { debug: string[] }
  assert.is(debug.length, 2)
  assert.match(debug[0] ?? '', 'encode.test')
  assert.match(debug[1] ?? '', 'root')
})

test('a declared error is told by its message under every setting', () => {
  for (const expose of ['none', 'message', 'debug'] as const) {
    const wire = toWireError(
      { ...rpcError('Jammed', 'the tray is empty'), cause: new Error('secret') },
      expose,
    )
    assert.equal(wire, {
      code: -32000,
      message: 'the tray is empty',
      data: { kind: 'Jammed', retryable: false },
    })
  }
})

test('causes are told to a depth, also when they are a cycle or cannot be printed', () => {
  const cycle = new Error('cycle')
  cycle.cause = cycle
  const hostile = Object.defineProperty(new Error('x'), 'stack', {
    get() {
      throw new Error('gotcha')
    },
  })
  const odd = Object.create(null) as object
  for (const [cause, length] of [
    [cycle, 5],
    [hostile, 1],
    [odd, 1],
    [new Error('a', { cause: odd }), 2],
    ['text', 1],
    [null, 0],
  ] as const) {
    const { debug } = toWireError(internalError(cause), 'debug').data as { debug: string[] }
    assert.is(debug.length, length)
    for (const line of debug) assert.type(line, 'string')
  }
})

test('notifications and requests', () => {
  assert.is(notificationText('m', undefined), '{"jsonrpc":"2.0","method":"m"}')
  assert.is(notificationText('m', { a: 1 }), '{"jsonrpc":"2.0","method":"m","params":{"a":1}}')
  assert.is(requestText(1, 'm', [1]), '{"jsonrpc":"2.0","id":1,"method":"m","params":[1]}')
  assert.throws(() => notificationText('m', { n: 1n }), /BigInt/)
})

test.run()
