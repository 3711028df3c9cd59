/** Settings that name a file or a folder. */
import { isRight } from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileDecoder } from '../../src/protocol/codec.js'
import { path } from '../../src/protocol/file-path.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'

const test = suite('path')

test('a path is a text that is not empty', () => {
  for (const name of ['a', './a b', '/tmp/x', '~/x', 'a\nb']) {
    assert.equal(compileDecoder(path)(name), { _tag: 'Right', right: name })
  }
  for (const wrong of ['', 5, null, undefined, ['a'], {}]) {
    const outcome = compileDecoder(path)(wrong)
    assert.ok(!isRight(outcome))
    assert.is(outcome.left.problems[0]?.expected, 'a path')
  }
  assert.equal(toJsonSchema(path), { type: 'string', minLength: 1 })
})

test.run()
