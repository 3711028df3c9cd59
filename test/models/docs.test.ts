import { readFileSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { families } from '../../src/models/schemas.js'
import { reference } from './reference.js'

const test = suite('docs/models.md')
const page = new URL('../../docs/models.md', import.meta.url)

test('has the tables that the schemas make: UPDATE_DOCS=1 writes them', () => {
  const text = readFileSync(page, 'utf8')
  const start = text.indexOf(`## ${Object.keys(families)[0]}\n`)
  assert.ok(start > 0, 'where the tables begin')
  const fresh = text.slice(0, start) + reference()
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, fresh)
  else assert.is(text, fresh)
})

test.run()
