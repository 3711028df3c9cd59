import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { oneLine } from '../../src/logging/one-line.js'

const test = suite('oneLine')

test('what ends lines or moves the cursor is escaped, and halves of characters are', () => {
  const text = '"\x7f\x85\x9f\u2028\u2029\ud800 \udc00 😀é"'
  const shown = oneLine(text)
  assert.is(shown, '"\\u007f\\u0085\\u009f\\u2028\\u2029\\ud800 \\udc00 😀é"')
  assert.is(JSON.parse(shown), JSON.parse(text))
})

test('any JSON stays the same JSON, and comes through UTF-8', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const line = oneLine(JSON.stringify(value))
      assert.equal(JSON.parse(Buffer.from(line).toString()), JSON.parse(JSON.stringify(value)))
      assert.not.match(line, /[\x7f-\x9f\u2028\u2029]/)
    }),
    { includeErrorInReport: true },
  )
})

test.run()
