/** The Python package has tests of its own, in Python. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { python, pythonSuite } from './python-suite.js'

const test = pythonSuite('sidestream_bridge: its own tests')
const folder = fileURLToPath(new URL('../../src/bridge/python', import.meta.url))
/** Fewer would mean that some were not found. */
const fewest = 70

test('pass', () => {
  const { status, stderr } = spawnSync(python, ['-m', 'unittest', 'discover', '-s', 'tests'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  })
  assert.is(status, 0, stderr)
  const ran = Number(/^Ran (\d+) tests/m.exec(stderr)?.[1])
  assert.ok(ran >= fewest, stderr)
})

test.run()
