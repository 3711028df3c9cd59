/** Failed calls, told to who made them. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failureText } from '../../src/cli/call-failed.js'
import { plain } from '../../src/cli/style.js'
import {
  deadlineExceeded,
  invalidParams,
  methodNotFound,
  type RpcError,
  rpcError,
} from '../../src/protocol/rpc-error.js'

const test = suite('a failed call')
const told = (error: RpcError, meant?: string): readonly string[] =>
  failureText(error, { path: './e.js', method: 'add', meant }, plain, 80).split('\n')

test('lists what is wrong with the params', () => {
  const problems = [
    { path: '/b', expected: 'number', got: 'string' },
    { path: '', expected: 'object', got: 'array' },
  ]
  assert.equal(told(invalidParams(problems, 5)), [
    '✗ add failed: its params do not fit (InvalidParams, -32602)',
    '  /b: expected number, got string',
    '  params: expected object, got array',
    '  and 3 more',
    'To see what it takes: sidestream describe ./e.js add',
  ])
})

test('names the method that was meant', () => {
  const [, next] = told(methodNotFound('ad'), 'add')
  assert.is(next, 'Did you mean add? To see all methods: sidestream describe ./e.js')
  assert.is(told(methodNotFound('ad'))[1], 'To see all methods: sidestream describe ./e.js')
})

test('shows the facts of an error of the engine, and nothing that could move the cursor', () => {
  assert.equal(told(rpcError('Own', 'a\x1b[2Jb', { model: 'base\x1b' })), [
    '✗ add failed: a [2Jb (Own, -32000)',
    '{ "model": "base\\u001b" }',
  ])
})

test('says what helps', () => {
  assert.match(told(deadlineExceeded(5))[1] as string, /--timeout/)
  assert.match(told(rpcError('Overloaded', 'Full', { retryAfterMs: 10 }))[1] as string, /later/)
  assert.match(told(rpcError('EngineGone', 'Gone', { stderr: ['x'] }))[1] as string, /above/)
  assert.is(told(rpcError('EngineGone', 'Gone', { stderr: [] })).length, 1)
})

test.run()
