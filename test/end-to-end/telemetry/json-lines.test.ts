import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { JsonLines } from './json-lines.js'

const test = suite('JSON lines that are still written')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-json-lines-'))
test.after(() => rmSync(folder, { recursive: true }))

/** A new file, and what reads it. */
const opened = (name: string): [string, JsonLines<unknown>] => {
  const path = join(folder, name)
  writeFileSync(path, '')
  return [path, new JsonLines(path, (line) => [line])]
}

test('a line is taken once it is whole, however it was cut', () => {
  const [path, lines] = opened('cut')
  for (const byte of Buffer.from('{"a":"é"}\n"last')) {
    appendFileSync(path, Buffer.of(byte))
    lines.read()
  }
  assert.equal(lines.all, [{ a: 'é' }])
  appendFileSync(path, '"\n')
  lines.read()
  assert.equal(lines.all, [{ a: 'é' }, 'last'])
  lines.close()
})

test('lines longer than what is read at once are taken at once', () => {
  const [path, lines] = opened('long')
  const long = ['é'.repeat(100_000), `x${'é'.repeat(100_000)}`]
  writeFileSync(path, long.map((line) => `${JSON.stringify(line)}\n`).join(''))
  lines.read()
  assert.equal(lines.all, long)
  lines.close()
})

test('one that is closed keeps what it had', () => {
  const [path, lines] = opened('closed')
  appendFileSync(path, '1\n')
  lines.read()
  appendFileSync(path, '2\n')
  lines.close()
  lines.read()
  assert.equal(lines.all, [1])
})

test.run()
