/** Values that show themselves to nobody. */
import { format, inspect } from 'node:util'
import { isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder, compileEncoder } from '../../src/protocol/codec.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'
import { isSecret, Secret, secret } from '../../src/protocol/secret.js'
import { setting } from '../../src/protocol/setting.js'

const test = suite('secret')

const password = 'correct horse'
const decoded = (of: t.Any, value: unknown) => {
  const outcome = compileDecoder(of)(value)
  assert.ok(isRight(outcome))
  return outcome.right as Secret
}

test('however it is shown, it is not seen', () => {
  const it = decoded(secret(t.string), password)
  const within = { list: [it], of: new Map([['key', it]]) }
  const views = [
    String(it),
    `${it}`,
    JSON.stringify({ it }),
    inspect(it),
    inspect(within, { depth: null, showHidden: true }),
    format('%s %o %O %j', it, it, it, it),
    JSON.stringify(Object.entries(it)),
    JSON.stringify({ ...it }),
    String(new Error(`bad ${it}`)),
  ]
  for (const view of views) assert.not.match(view, /horse/)
  assert.is(inspect(it), '***')
  assert.is(it.reveal(), password)
})

test('it is judged by the codec within', () => {
  const short = secret(t.refinement(t.string, (text) => text.length < 4, 'at most 3 letters'))
  assert.is(decoded(short, 'abc').reveal(), 'abc')
  const outcome = compileDecoder(short)(password)
  assert.ok(!isRight(outcome))
  assert.equal(outcome.left.problems, [{ path: '', expected: 'at most 3 letters', got: 'string' }])
})

test('what is wrong with one never names it, whatever it was given as', () => {
  const codec = t.strict({ a: setting(secret(t.string), {}), b: secret(t.array(t.number)) })
  for (const wrong of [[password], { [password]: 1 }, 77_777, true, null]) {
    const outcome = compileDecoder(codec)({ a: wrong, b: [wrong] })
    assert.ok(!isRight(outcome))
    assert.not.match(JSON.stringify(outcome.left), /horse|77777/)
  }
})

test('it encodes to stars, and is known when it comes from another copy of this package', () => {
  const codec = secret(t.string)
  const outcome = compileEncoder(codec)(new Secret(password))
  assert.equal(outcome, { _tag: 'Right', right: '***' })
  const other = { _tag: 'Secret', reveal: () => password }
  assert.ok(isSecret(other) && codec.is(other))
  assert.not.ok(codec.is(password))
  assert.not.ok(codec.is(new Secret(5)))
  assert.not.ok(isSecret(null))
})

test('its schema takes the references that may stand for it', () => {
  const { anyOf } = toJsonSchema(secret(t.string)) as { anyOf: readonly { required?: unknown }[] }
  assert.equal(
    anyOf.map(({ required }) => required),
    [undefined, ['file'], ['env']],
  )
})

test.run()
