import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { callProblem, isReply, type Message } from '../../src/protocol/message.js'
import { hasMeta, noMeta, splitMeta } from '../../src/protocol/meta.js'

const test = suite('message')

test('what is a reply: a result or an error, and no method', () => {
  for (const [message, expected] of [
    [{ id: 1, result: 0 }, true],
    [{ id: 1, result: null }, true],
    [{ id: 1, error: null }, true],
    [{ id: 1, error: {}, result: 1 }, true],
    [{ result: 1 }, true],
    [{ id: 1 }, false],
    [{}, false],
    [{ id: 1, method: 'm', result: 1 }, false],
    [{ id: 1, method: null, result: 1 }, false],
  ] as const) {
    assert.is(isReply(message as Message), expected, JSON.stringify(message))
  }
})

test('what is no call, and why', () => {
  const call = { jsonrpc: '2.0', method: 'm' }
  for (const good of [
    call,
    { ...call, id: 1 },
    { ...call, params: [] },
    { ...call, params: {} },
    { ...call, more: 1 },
    { ...call, method: '' },
  ]) {
    assert.is(callProblem(good), undefined)
  }
  for (const [bad, reason] of [
    [1, /object/],
    ['x', /object/],
    [null, /object/],
    [true, /object/],
    [[call], /object/],
    [{}, /jsonrpc/],
    [{ ...call, jsonrpc: 2 }, /jsonrpc/],
    [{ ...call, jsonrpc: '1.0' }, /jsonrpc/],
    [{ jsonrpc: '2.0' }, /method/],
    [{ ...call, method: 1 }, /method/],
    [{ ...call, method: null }, /method/],
    [{ ...call, params: null }, /params/],
    [{ ...call, params: 'x' }, /params/],
    [{ ...call, params: 1 }, /params/],
    [{ ...call, params: false }, /params/],
  ] as const) {
    const problem = callProblem(bad)
    assert.equal([problem?.code, problem?.kind], [-32600, 'InvalidRequest'], JSON.stringify(bad))
    assert.match(problem?.message ?? '', reason)
  }
})

test('meta is taken off by-name params, whatever it is', () => {
  const meta = { deadlineMs: 5 }
  assert.equal(splitMeta({ a: 1, _meta: meta }), { params: { a: 1 }, meta })
  for (const odd of [null, 'x', 1, true]) {
    assert.equal(splitMeta({ a: 1, _meta: odd }), { params: { a: 1 }, meta: noMeta })
  }
  const pairs = splitMeta(JSON.parse('{"__proto__":{"a":1},"_meta":{}}'))
  assert.equal(Object.keys(pairs.params), ['__proto__'])
})

test('params without meta are not touched', () => {
  assert.is(hasMeta(undefined), false)
  assert.is(hasMeta({}), false)
  assert.is(hasMeta([1]), false)
  assert.is(hasMeta(Object.assign([1], { _meta: {} })), false)
  assert.is(hasMeta({ _meta: {} }), true)
})

test.run()
