/** The installed command keeps the compiled core for its next start. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf, sidestream, tester } from './sidestream.js'

const test = suite('code cache')
const add = '{"jsonrpc":"2.0","id":1,"method":"add","params":{"a":1,"b":2}}\n'
const three = '{"jsonrpc":"2.0","id":1,"result":3}\n'

/** Runs an engine that keeps its code in this folder, coverage or not. */
const run = async (folder: string, env: Record<string, string> = {}): Promise<void> => {
  const { code, stdout } = await sidestream(['run', tester, '--log-level', 'fatal'], {
    stdin: add,
    env: { XDG_CACHE_HOME: folder, NODE_V8_COVERAGE: '', ...env },
  })
  assert.is(stdout, three)
  assert.is(code, 0)
}

const keptIn = (folder: string): string => {
  const [name, ...others] = readdirSync(join(folder, 'sidestream/code'))
  assert.equal(others, [])
  return join(folder, 'sidestream/code', name as string)
}

/** A new file took the place of what was kept: it was of no use. */
const isReplaced = async (folder: string, file: string): Promise<boolean> => {
  const { ino } = statSync(file)
  await run(folder)
  return statSync(file).ino !== ino
}

test('is of a core that loads no more of Node than a start needs', () => {
  const core = readFileSync(new URL('../../dist/cjs/core.cjs', import.meta.url), 'utf8')
  const modules = [...core.matchAll(/require\("(node:[^"]+)"\)/g)].map(([, name]) => name)
  const needed = [
    'node:buffer',
    'node:events',
    'node:fs',
    'node:net',

    'node:path',

    'node:stream',
  ]
  assert.equal([...new Set(modules)].sort(), needed)
})

test('leaves out what imports modules, which code of the cache cannot', () => {
  const folder = new URL('../../dist/cjs/', import.meta.url)
  const importing = readdirSync(folder).filter(
    (name) =>
      name.endsWith('.cjs') &&
      /(?<![.\w])import\(/.test(readFileSync(new URL(name, folder), 'utf8')),
  )
  assert.equal(importing, ['import-module.cjs'])
})

test('is written once, for its user alone, and used from then on', async () => {
  const folder = folderOf({})
  await run(folder)
  const file = keptIn(folder)
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.ok(statSync(file).size > 100_000)
  assert.is(await isReplaced(folder, file), false)
})

test('is replaced when it is damaged, cut off, or of another core', async () => {
  const folder = folderOf({})
  await run(folder)
  const file = keptIn(folder)
  const good = readFileSync(file)
  const block = 4096
  const damaged = [1, 5, 21, 34, 55].map((number) => {
    const lost = Buffer.from(good)
    return lost.fill(0, number * block, (number + 1) * block)
  })
  const foreign = Buffer.concat([Buffer.from('v1.2.3'), good.subarray(6)])
  for (const bytes of [...damaged, foreign, good.subarray(0, -1), Buffer.alloc(0)]) {
    writeFileSync(file, bytes)
    assert.is(await isReplaced(folder, file), true)
  }
  truncateSync(file, 300) // of the header and a little more
  assert.is(await isReplaced(folder, file), true)
  assert.is(await isReplaced(folder, file), false)
})

test('is kept of engines that have answered, since others have not run what a start takes', async () => {
  const folder = folderOf({ 'broken.js': 'throw new Error("no")' })
  const env = { XDG_CACHE_HOME: folder, NODE_V8_COVERAGE: '' }
  await sidestream(['run', join(folder, 'broken.js')], { stdin: '', env })
  await sidestream(['run', tester], { stdin: '', env })
  await sidestream(['--help'], { stdin: '', env })
  assert.not(existsSync(join(folder, 'sidestream')))
})

test('is of one user: what somebody else left is not run', async () => {
  if (process.geteuid?.() !== 0) return // only root can leave a file of somebody else's
  const folder = folderOf({})
  await run(folder)
  const file = keptIn(folder)
  chownSync(file, 54321, 54321)
  assert.is(await isReplaced(folder, file), true)
})

test('is done without where nothing can be kept, or when switched off', async () => {
  await run('/dev/null')
  const folder = folderOf({})
  await run(folder, { NODE_DISABLE_COMPILE_CACHE: '1' })
  assert.not(existsSync(join(folder, 'sidestream')))
})

test('is done without where the folder above answers as if it were not there', async () => {
  if (!existsSync('/proc/self')) return
  await run('/proc/nope')
  await run('', { HOME: '/proc/self' })
})

test('is kept in the home where the folder for caches is a relative path', async () => {
  const home = folderOf({})
  await run('no-folder', { HOME: home })
  assert.not(existsSync('no-folder'))
  keptIn(join(home, '.cache'))
})

test('leaves nothing behind that could not be kept', async () => {
  const folder = folderOf({})
  await run(folder)
  const file = keptIn(folder)
  rmSync(file)
  mkdirSync(file)
  await run(folder)
  assert.is(keptIn(folder), file)
})

test.run()
