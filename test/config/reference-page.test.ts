/** The page of all settings. */
import { readFileSync, writeFileSync } from 'node:fs'
import * as t from 'io-ts'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commandSubject } from '../../src/cli/config-view.js'
import { referencePage } from '../../src/config/reference-page.js'
import { valuesOf } from '../../src/config/schema.js'
import { secret } from '../../src/protocol/secret.js'
import { section, setting } from '../../src/protocol/setting.js'
import { subject } from './config-of.js'

const test = suite('the reference page')
const page = new URL('../../docs/config.md', import.meta.url)
const { schema } = commandSubject(undefined)

test('docs/config.md has the tables that the schema makes: UPDATE_DOCS=1 writes them', () => {
  const text = readFileSync(page, 'utf8')
  const [before, rest = ''] = text.split('<!-- generated -->\n')
  const [, after] = rest.split('\n<!-- end -->')
  assert.type(after, 'string', 'between its two comments')
  const tables = referencePage(schema)
  const fresh = `${before}<!-- generated -->\n\n${tables}\n\n<!-- end -->${after}`
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, fresh)
  else assert.ok(text === fresh, 'the tables are old')
})

test('has every setting once', () => {
  const lines = referencePage(schema).split('\n')
  for (const [key] of valuesOf(schema)) {
    assert.is(lines.filter((line) => line.startsWith(`| \`${key}\` `)).length, 1, key)
  }
})

test('has the settings of an engine, what has to be set, and no secret', () => {
  const own = section({
    token: setting(secret(t.string), { description: 'For a | b.' }),
    spare: setting(secret(t.string), { default: 'abc' }),
    mode: setting(t.keyof({ fast: null, good: null }), { default: 'good', reload: 'hot' }),
  })
  const text = referencePage(subject(own).schema)
  const rows = text.split('\n').filter((line) => line.startsWith('| `engines.demo.'))
  const cells = rows.map((row) => row.split(/ +\| +|^\| +| +\|$/).slice(1, -1))
  assert.equal(cells, [
    ['`engines.demo.token`', 'string, a secret', 'has to be set', 'cold', 'For a \\| b.'],
    ['`engines.demo.spare`', 'string, a secret', '`"***"`', 'cold'],
    ['`engines.demo.mode`', '"fast" \\| "good"', '`good`', 'hot'],
  ])
})

test.run()
