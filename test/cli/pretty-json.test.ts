/** JSON for people. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { prettyJson } from '../../src/cli/pretty-json.js'
import { coloured, plain } from '../../src/cli/style.js'

const test = suite('pretty JSON')

test('keeps in a line what fits', () => {
  assert.is(
    prettyJson({ a: [1, 'x', null], b: {}, c: [] }, plain, 80),
    '{ "a": [1, "x", null], "b": {}, "c": [] }',
  )
  assert.is(
    prettyJson({ a: [1, 2], b: 'long enough' }, plain, 20),
    '{\n  "a": [1, 2],\n  "b": "long enough"\n}',
  )
})

test('stays JSON, whatever it holds', () => {
  const value = { 'a\n"': ['\x1b[2J', '\x9b2J', true, 1e300, { deep: [[[]]] }] }
  for (const columns of [0, 10, 30, 300]) {
    const text = prettyJson(value, plain, columns)
    assert.equal(JSON.parse(text), value)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
    assert.not.match(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  }
})

test('has a colour for each kind', () => {
  assert.is(prettyJson(1, coloured, 80), '\x1b[33m1\x1b[39m')
  assert.is(prettyJson('x', coloured, 80), '\x1b[32m"x"\x1b[39m')
})

test.run()
