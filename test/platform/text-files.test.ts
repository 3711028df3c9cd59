import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keepText, stateFolder } from '../../src/platform/text-files.js'

const test = suite('text files')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-texts-'))
test.after(() => rmSync(folder, { recursive: true }))

test('are readable by this user alone, in folders that are made as needed', async () => {
  const file = await keepText(join(folder, 'a', 'b'), '1.json', 'text', 3)
  assert.is(readFileSync(file, 'utf8'), 'text')
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.is(statSync(join(folder, 'a', 'b')).mode & 0o777, 0o700)
})

test('only the latest few stay, and others are not touched', async () => {
  const own = join(folder, 'few')
  await keepText(own, 'notes.txt', '', 9)
  for (const name of ['1', '3', '2', '5', '4']) await keepText(own, `${name}.json`, name, 2)
  assert.equal(readdirSync(own).sort(), ['4.json', '5.json', 'notes.txt'])
})

test('several at once keep out of each other’s way', async () => {
  const own = join(folder, 'new', 'at once')
  await Promise.all(['1', '2', '3'].map((name) => keepText(own, `${name}.json`, name, 9)))
  assert.equal(readdirSync(own).sort(), ['1.json', '2.json', '3.json'])
})

test('fail where nothing can be written, and leave nothing behind', async () => {
  for (const nowhere of ['/proc/1/nowhere/at-all', '/dev/null/x']) {
    const error = await keepText(nowhere, '1.json', '', 1).catch((it) => it)
    assert.instance(error, Error)
  }
})

test('are in the folder that the user has chosen for state', () => {
  const before = process.env['XDG_STATE_HOME']
  process.env['XDG_STATE_HOME'] = '/somewhere'
  assert.is(stateFolder(), '/somewhere/sidestream')
  delete process.env['XDG_STATE_HOME']
  assert.match(stateFolder(), /\.local\/state\/sidestream$/)
  if (before !== undefined) process.env['XDG_STATE_HOME'] = before
})

test.run()
