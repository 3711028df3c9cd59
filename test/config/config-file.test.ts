/** The config file: where it is looked for, and what cannot be one. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findFile, readFile } from '../../src/config/config-file.js'
import { ConfigError } from '../../src/config/problem.js'

const test = suite('config file')

const names = ['c.yaml', 'c.json']
const folder = mkdtempSync(join(tmpdir(), 'sidestream-config-'))
const inFolder = (name: string): string => join(folder, name)
const written = (name: string, content: string | Buffer): string => {
  writeFileSync(inFolder(name), content)
  return inFolder(name)
}
test.after(() => rmSync(folder, { recursive: true }))

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    assert.instance(error, ConfigError)
    return (error as ConfigError).message
  }
  return 'none'
}

test('the first folder that has one decides, and two in it are one too many', () => {
  for (const name of ['none', 'one', 'two']) mkdirSync(inFolder(name))
  const one = written('one/c.json', '{}')
  const two = written('two/c.yaml', '')
  written('two/c.json', '{}')
  const folders = (...some: string[]) => some.map(inFolder)
  assert.is(findFile(folders('none', 'absent'), names), undefined)
  assert.is(findFile(folders('none', 'one', 'two'), names), one)
  const message = refusal(() => findFile(folders('none', 'two', 'one'), names))
  assert.is(message, `${two}: there is also ${inFolder('two/c.json')}: keep one of them`)
})

test('a file says where its values stand', () => {
  const file = readFile(written('good.yaml', '\uFEFFa:\r\n  b: 1\r\n'))
  assert.equal(file.value, { a: { b: 1 } })
  assert.is(file.sourceOf(['a', 'b']), `${inFolder('good.yaml')}:2:3`)
  assert.is(file.folder, folder)
  assert.ok(file.isRegular)
})

test('a file below the working directory has a short name', () => {
  const before = process.cwd()
  process.chdir(folder)
  try {
    mkdirSync('sub')
    writeFileSync('sub/c.yaml', 'a: 1')
    assert.is(readFile('sub/c.yaml').name, join('sub', 'c.yaml'))
    process.chdir('sub')
    assert.is(readFile('../sub/c.yaml').name, 'c.yaml')
  } finally {
    process.chdir(before)
  }
})

test('what cannot be read is told', () => {
  assert.match(
    refusal(() => readFile(inFolder('absent.yaml'))),
    /absent\.yaml: there is no such file$/,
  )
  assert.match(
    refusal(() => readFile(folder)),
    /: it cannot be read: it is a folder$/,
  )
  assert.match(
    refusal(() => readFile(written('latin.yaml', Buffer.from('a: \xe9', 'latin1')))),
    /: it is no UTF-8 text$/,
  )
  assert.match(
    refusal(() => readFile(written('wide.yaml', Buffer.from('\uFEFFa: 1', 'utf16le')))),
    /: it is no UTF-8 text$/,
  )
  const large = written('large.yaml', `# ${'x'.repeat(2 ** 20)}`)
  assert.match(
    refusal(() => readFile(large)),
    /: it is larger than 1048576 bytes$/,
  )
  assert.is(readFile(written('full.yaml', `# ${'x'.repeat(2 ** 20 - 2)}`)).value, null)
})

if (process.platform !== 'win32') {
  test('a file without an end, one that is locked, and a link to nothing are told', () => {
    assert.match(
      refusal(() => readFile('/dev/zero')),
      /^\/dev\/zero: it is larger than/,
    )
    symlinkSync(inFolder('nothing'), inFolder('link.yaml'))
    assert.match(
      refusal(() => readFile(inFolder('link.yaml'))),
      /there is no such file$/,
    )
    const locked = written('locked.yaml', 'a: 1')
    chmodSync(locked, 0)
    if (process.getuid?.() !== 0) {
      assert.match(
        refusal(() => readFile(locked)),
        /it cannot be read: EACCES/,
      )
    }
  })

  test('a pipe is read to its end, and is not read again', () => {
    const pipe = inFolder('pipe.yaml')
    spawnSync('mkfifo', [pipe])
    const writer = spawn('sh', ['-c', `printf 'a: 1\\n' > ${pipe}`])
    const { value, isRegular } = readFile(pipe)
    writer.unref()
    assert.equal(value, { a: 1 })
    assert.not.ok(isRegular)
  })
}

test.run()
