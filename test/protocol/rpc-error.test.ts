import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as errors from '../../src/protocol/rpc-error.js'
import { errorCodes, messageOf, rpcError } from '../../src/protocol/rpc-error.js'

const test = suite('errors')

/** DESIGN.md's table, by hand: code, kind, whether the same call may succeed later. */
const table: readonly (readonly [number, string, boolean])[] = [
  [-32700, 'ParseError', false],
  [-32600, 'InvalidRequest', false],
  [-32600, 'DuplicateId', false],
  [-32600, 'MessageTooLarge', false],
  [-32600, 'BatchTooLarge', false],
  [-32600, 'TooDeep', false],
  [-32601, 'MethodNotFound', false],
  [-32602, 'InvalidParams', false],
  [-32603, 'InternalError', false],
  [-32800, 'RequestCancelled', false],
  [-32000, 'EngineError', false],
  [-32001, 'DeadlineExceeded', true],
  [-32002, 'NotReady', true],
  [-32003, 'Overloaded', true],
  [-32004, 'ShuttingDown', true],
  [-32005, 'EngineGone', true],
  [-32006, 'CircuitOpen', true],
  [-32010, 'ModelNotFound', false],
  [-32011, 'ModelLoadFailed', false],
  [-32012, 'AudioNotFound', false],
  [-32013, 'AudioInvalid', false],
  [-32014, 'UnsupportedLanguage', false],
  [-32015, 'UnsupportedOption', false],
  [-32016, 'DependencyMissing', false],
  [-32017, 'OutOfMemory', true],
]

test('the table of kinds and codes is the design’s', () => {
  assert.equal(
    Object.entries(errorCodes).map(([kind, code]) => [code, kind]),
    table.map(([code, kind]) => [code, kind]),
  )
})

test('an error of each kind has its code, and says whether to try again', () => {
  for (const [code, kind, retryable] of table) {
    const error = rpcError(kind, 'a message')
    assert.equal(
      [error._tag, error.code, error.kind, error.retryable, error.message, error.facts],
      ['RpcError', code, kind, retryable, 'a message', {}],
    )
  }
})

test('a kind of one’s own is an EngineError unless it brings a code', () => {
  assert.is(rpcError('Jammed', '').code, -32000)
  assert.equal(rpcError('Jammed', '', { code: 7, retryable: true, tray: 2 }), {
    _tag: 'RpcError',
    kind: 'Jammed',
    code: 7,
    message: '',
    retryable: true,
    facts: { tray: 2 },
  })
})

test('a kind that objects inherit is a kind of one’s own', () => {
  for (const kind of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.is(rpcError(kind, '').code, -32000, kind)
  }
})

test('a code that is no integer is not sent', () => {
  for (const code of [Number.NaN, Number.POSITIVE_INFINITY, 1.5, '7', null, undefined]) {
    assert.is(rpcError('Overloaded', '', { code }).code, -32003, String(code))
  }
})

test('facts of the errors that the runtime makes', () => {
  for (const [error, code, facts] of [
    [errors.parseError('x'), -32700, {}],
    [errors.invalidRequest('x'), -32600, {}],
    [errors.duplicateId(), -32600, {}],
    [errors.messageTooLarge(10), -32600, { limitBytes: 10 }],
    [errors.messageTooLarge(10, 11), -32600, { limitBytes: 10, bytes: 11 }],
    [errors.batchTooLarge(2, 3), -32600, { limit: 2, members: 3 }],
    [errors.tooDeep(5), -32600, { limit: 5 }],
    [errors.methodNotFound('m'), -32601, { method: 'm' }],
    [errors.invalidParams([], 0), -32602, { problems: [], count: 0 }],
    [errors.requestCancelled(), -32800, {}],
    [errors.deadlineExceeded(1.4), -32001, { deadlineMs: 1, phase: 'running' }],
    [errors.deadlineExceeded(2, 'queued'), -32001, { deadlineMs: 2, phase: 'queued' }],
    [errors.notReady('x'), -32002, {}],
    [errors.notReady('x', 5), -32002, { retryAfterMs: 5 }],
    [errors.overloaded('x', 5), -32003, { retryAfterMs: 5 }],
    [errors.shuttingDown(), -32004, {}],
  ] as const) {
    assert.equal([error.code, error.facts], [code, facts], error.kind)
    assert.ok(error.message.length > 5)
  }
})

test('a method name of any length makes a short error', () => {
  assert.ok(JSON.stringify(errors.methodNotFound('x'.repeat(1e6))).length < 1000)
})

test('InvalidParams says what was expected, and where', () => {
  const problem = { path: '/a/b', expected: 'number', got: 'string' }
  assert.is(
    errors.invalidParams([problem], 1).message,
    'Invalid params: expected number at /a/b, got string',
  )
  assert.is(
    errors.invalidParams([{ ...problem, path: '' }], 1).message,
    'Invalid params: expected number, got string',
  )
})

test('the message of anything thrown, whatever its getters do', () => {
  const hostile = {
    get message() {
      throw new Error('gotcha')
    },
  }
  class Odd extends Error {
    override get message(): string {
      throw new Error('gotcha')
    }
  }
  const proxy = new Proxy(
    {},
    {
      has() {
        throw new Error('gotcha')
      },
      get() {
        throw new Error('gotcha')
      },
    },
  )
  for (const [thrown, message] of [
    [new Error('e'), 'e'],
    [{ message: 'o' }, 'o'],
    ['s', 's'],
    [{ message: 5 }, '5'],
    [{ message: Symbol('x') }, 'Symbol(x)'],
    [{ message: Object.create(null) }, 'Internal error'],
    [undefined, 'Internal error'],
    [null, 'Internal error'],
    [7, 'Internal error'],
    [Symbol('x'), 'Internal error'],
    [hostile, 'Internal error'],
    [new Odd(), 'Internal error'],
    [proxy, 'Internal error'],
  ] as const) {
    assert.is(messageOf(thrown), message)
  }
})

test.run()
