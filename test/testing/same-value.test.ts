import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sameValue } from '../../src/testing/same-value.js'

const test = suite('sameValue')

const error = (message: string, facts: object = {}, options?: ErrorOptions) =>
  Object.assign(new Error(message, options), facts)
const hidden = (key: string, value: unknown) =>
  Object.defineProperty(new Error('x'), key, { value, enumerable: false })

test('Errors are the same by name, message, code, kind, data, cause and own properties', () => {
  assert.ok(
    sameValue(error('x', { code: 1, data: { a: [1] } }), error('x', { code: 1, data: { a: [1] } })),
  )
  assert.ok(sameValue(error('x', {}, { cause: error('y') }), error('x', {}, { cause: error('y') })))
  const different: [unknown, unknown][] = [
    [error('x'), error('y')],
    [error('x'), new TypeError('x')],
    [error('x'), error('x', { name: 'Other' })],
    [error('x'), error('x', { code: 1 })],
    [error('x', { data: { a: 1 } }), error('x', { data: { a: 2 } })],
    [error('x', { own: 1 }), error('x', { own: 2 })],
    [error('x'), error('x', {}, { cause: 1 })],
    [error('x', {}, { cause: error('y') }), error('x', {}, { cause: error('z') })],
    [error('x', {}, { cause: hidden('code', 1) }), error('x', {}, { cause: hidden('code', 2) })],
    [hidden('kind', 'A'), hidden('kind', 'B')],
    [new AggregateError([error('x')], 'm'), new AggregateError([error('y')], 'm')],
    [error('x'), { name: 'Error', message: 'x' }],
  ]
  for (const [a, b] of different) {
    assert.not(sameValue(a, b))
    assert.not(sameValue({ deep: [a] }, { deep: [b] }))
    assert.not(sameValue(new Map([['key', a]]), new Map([['key', b]])))
  }
})

test('other values are the same as in isDeepStrictEqual', () => {
  const circular: { self?: unknown; error: Error } = { error: hidden('code', 1) }
  circular.self = circular
  const twin: { self?: unknown; error: Error } = { error: hidden('code', 1) }
  twin.self = twin
  assert.ok(sameValue(circular, twin))
  assert.ok(sameValue({ a: [Number.NaN, new Date(0)] }, { a: [Number.NaN, new Date(0)] }))
  assert.not(sameValue(1, '1'))
  assert.not(sameValue(0, -0))
  assert.not(sameValue({ a: undefined }, {}))
  assert.not(sameValue(new (class A {})(), {}))
})

test.run()
