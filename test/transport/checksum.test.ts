/** The program that is checked is the one that runs. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkFile, findCommand } from '../../src/transport/checksum.js'

const folder = mkdtempSync(join(tmpdir(), 'sidestream-checksum-'))
const here = process.cwd()
const isPosix = process.platform !== 'win32'

const program = (name: string, mode = 0o755): string => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\necho ${name}\n`)
  chmodSync(path, mode)
  return path
}

const checksum = suite('checkFile')

checksum('has nothing to say about the right file', async () => {
  const path = join(folder, 'large')
  const bytes = Buffer.alloc(1_000_000, 'model')
  writeFileSync(path, bytes)
  const digits = createHash('sha256').update(bytes).digest('hex')
  assert.is(await checkFile(path, digits), undefined)
  assert.is(await checkFile(path, digits.toUpperCase()), undefined)
})

checksum('names what was expected and found', async () => {
  const path = join(folder, 'empty')
  writeFileSync(path, '')
  assert.is(
    await checkFile(path, 'ab'.repeat(32)),
    `${path} has another SHA-256 than it should: expected abababababab…, found e3b0c44298fc…`,
  )
})

checksum('tells why a file cannot be read', async () => {
  const missing = join(folder, 'missing')
  const anything = '0'.repeat(64)
  assert.match(String(await checkFile(missing, anything)), `${missing} cannot be read: ENOENT`)
  assert.match(String(await checkFile(folder, anything)), 'EISDIR')
})

checksum('takes no checksum of another kind', async () => {
  assert.is(await checkFile(here, 'md5'), '"md5" is no SHA-256 in hex digits')
})

checksum.run()

const test = suite('findCommand')
test.after(() => rmSync(folder, { recursive: true }))

if (isPosix) {
  test('finds what spawn runs', () => {
    program('one/tool', 0o644) // may not be executed
    mkdirSync(join(folder, 'two/tool'), { recursive: true }) // is no file
    const three = program('three/tool')
    const four = program('four/tool')
    const own = program('tool')
    const absolute = ['one', 'two', 'three', 'four'].map((name) => join(folder, name)).join(':')
    const cases = [
      { command: 'tool', env: { PATH: absolute }, expected: three },
      { command: 'tool', env: { PATH: `${folder}/none:${folder}/four` }, expected: four },
      { command: 'tool', env: { PATH: 'four:three' }, expected: four },
      { command: 'tool', env: { PATH: '/none::/none' }, expected: own },
      { command: './three/tool', env: { PATH: absolute }, expected: three },
      { command: 'four/tool', env: {}, expected: four },
      { command: own, env: {}, expected: own },
    ]
    for (const { command, env, expected } of cases) {
      const name = JSON.stringify({ command, env })
      assert.is(findCommand(command, env, folder), expected, name)
      const { stdout } = spawnSync(command, { env, cwd: folder, encoding: 'utf8' })
      assert.is(join(folder, stdout.trim()), expected, name)
    }
  })

  test('looks where the system does when there is no PATH', () => {
    assert.match(String(findCommand('sh', {})), /^(?:\/usr)?\/bin\/sh$/)
  })

  test('finds nothing where nothing can be run', () => {
    for (const command of ['nothing-of-this-name', 'one/tool', 'two/tool', 'missing/tool', '']) {
      assert.is(findCommand(command, { PATH: `${folder}/one` }, folder), undefined, command)
    }
  })

  // Elsewhere, a path of Windows is a name like any other.
  test('finds what libuv would on Windows', () => {
    process.chdir(folder)
    const files = ['C:\\a\\tool.exe', 'C:\\b\\tool.com', 'C:\\b\\tool.v2.exe', 'C:\\a\\script.cmd']
    for (const file of files) program(file)
    const find = (command: string, Path: string, cwd = 'C:\\work') =>
      findCommand(command, { Path }, cwd, 'win32')
    assert.is(find('tool', 'C:\\a;C:\\b'), 'C:\\a\\tool.exe')
    assert.is(find('tool', ';"C:\\b";C:\\a'), 'C:\\b\\tool.com')
    assert.is(find('tool.exe', 'C:\\b;C:\\a'), 'C:\\a\\tool.exe')
    assert.is(find('tool.v2', 'C:\\b'), 'C:\\b\\tool.v2.exe')
    assert.is(find('tool', 'C:\\b', 'C:\\a'), 'C:\\a\\tool.exe')
    assert.is(find('..\\b\\tool', '', 'C:\\a'), 'C:\\b\\tool.com')
    assert.is(find('script', 'C:\\a'), undefined)
    assert.is(find('script.cmd', 'C:\\a'), 'C:\\a\\script.cmd')
    process.chdir(here)
  })
}

test('finds the program of this process', () => {
  assert.is(findCommand(process.execPath, {}), process.execPath)
})

test.run()
