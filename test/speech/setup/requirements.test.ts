/** The lists of packages. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pythonEngines } from '../../../src/speech/setup/catalog.js'
import { compare } from '../../../src/speech/setup/find-python.js'
import { pinsFor, requirementsOf } from '../../../src/speech/setup/requirements.js'

const test = suite('requirements')

test('name every package with one version for each Python', () => {
  for (const { name, distribution, pythons } of Object.values(pythonEngines)) {
    const { text, hash } = requirementsOf(name)
    assert.match(hash, /^[0-9a-f]{64}$/)
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const shape = /^[\w.-]+==[\w.]+(?: ; (?:python_version (?:==|>=|<)|sys_platform ==) "[\w.]+")?$/
    assert.equal(
      lines.filter((line) => !shape.test(line)),
      [],
    )
    for (const python of ['3.9.18', '3.10.1', '3.11.7', '3.12.0']) {
      const pins = pinsFor(text, python)
      assert.ok(pins[distribution])
      const only = (line: string) => Object.keys(pinsFor(line, python)).length > 0
      assert.is(lines.filter(only).length, Object.keys(pins).length, `${name} ${python}`)
    }
    assert.is(pythons[0], '3.9')
  }
})

test('differ where a Python is too old for a version', () => {
  const { text } = requirementsOf('faster-whisper')
  assert.is(pinsFor(text, '3.9.18')['numpy'], '2.0.2')
  assert.is(pinsFor(text, '3.10.13')['numpy'], '2.2.6')
  assert.is(pinsFor(text, '3.11.7')['numpy'], pinsFor(text, '3.13.0')['numpy'])
  assert.is(pinsFor('Foo_Bar.x==1.0', '3.9')['foo-bar-x'], '1.0')
})

test('are compared by numbers', () => {
  assert.ok(compare('3.9', '3.10') < 0)
  assert.ok(compare('3.11.7', '3.11') === 0)
  assert.ok(compare('3.11', '3.9.18') > 0)
})

test.run()
