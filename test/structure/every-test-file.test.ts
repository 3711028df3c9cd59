import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('every test file')
const folder = fileURLToPath(new URL('..', import.meta.url))

test('ends with test.run(), since uvu passes one that does not', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const tests = files.filter((file) => file.endsWith('.test.ts'))
  assert.ok(tests.length > 10)
  const forgetful = tests.filter(
    (file) => !readFileSync(join(folder, file), 'utf8').trimEnd().endsWith('\ntest.run()'),
  )
  assert.equal(forgetful, [])
})

test.run()
