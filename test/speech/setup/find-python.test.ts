/** Which Python is taken. They are scripts that answer as a Python would. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findPython } from '../../../src/speech/setup/find-python.js'
import { somePlaces } from './some-places.js'

const test = suite('find-python')

const engine = { name: 'funasr', pythons: ['3.9', '3.13'] } as const

/** @param pythons - by the name of the command: a version, and what it lacks */
const find = async (
  pythons: Readonly<Record<string, readonly [string, string?]>>,
  wanted?: string,
) => {
  const folder = join(somePlaces().data, 'bin')
  mkdirSync(folder, { recursive: true })
  for (const [name, [version, lacks = null]] of Object.entries(pythons)) {
    const executable = join(folder, name)
    writeFileSync(
      executable,
      `#!/bin/sh\necho '${JSON.stringify({ executable, version, lacks })}'\n`,
    )
    chmodSync(executable, 0o755)
  }
  const { PATH } = process.env
  process.env['PATH'] = folder
  try {
    const found = await findPython(engine, wanted && join(folder, wanted))
    return E.isRight(found) ? found.right.version : found.left.message
  } finally {
    process.env['PATH'] = PATH
  }
}

if (process.platform !== 'win32') {
  test('is the first that fits', async () => {
    assert.is(await find({ python3: ['3.11.7'], python: ['3.12.1'] }), '3.11.7')
    assert.is(
      await find({ python3: ['3.13.0'], python: ['2.7.18'], 'python3.12': ['3.12.1'] }),
      '3.12.1',
    )
    assert.is(await find({ python3: ['3.11.2', 'ensurepip'], 'python3.10': ['3.10.1'] }), '3.10.1')
    assert.is(await find({ python3: ['3.9.0'] }), '3.9.0')
  })

  test('is the one that is wanted, or none', async () => {
    assert.is(await find({ python3: ['3.11.7'], mine: ['3.10.1'] }, 'mine'), '3.10.1')
    assert.match(await find({ python3: ['3.11.7'], mine: ['3.8.1'] }, 'mine'), 'mine is 3.8.1.')
    assert.match(await find({ python3: ['3.11.7'] }, 'other'), 'other does not run')
  })

  test('says of each why it does not fit, and what to do', async () => {
    const message = await find({ python3: ['3.11.2', 'ensurepip'], 'python3.14': ['3.14.0'] })
    assert.match(message, 'funasr needs Python 3.9 or newer, below 3.13, with venv.')
    assert.match(message, 'python3 has no ensurepip; python3.14 is 3.14.0.')
    if (process.platform === 'linux') assert.match(message, 'sudo apt install python3-venv')
    assert.match(await find({}), 'No Python was found.')
  })
}

test('does not end with what is no Python', async () => {
  const found = await findPython(engine, process.execPath)
  assert.ok(E.isLeft(found))
})

test.run()
