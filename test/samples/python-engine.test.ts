import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { pythonSuite } from '../bridge/python-suite.js'

const test = pythonSuite('samples/python-engine')

test('app.js calls the engine, and prints what it answers', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=sidestream-source', '--import', 'tsx', 'samples/python-engine/app.js'],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: '0' },
    },
  )
  assert.is(status, 0, stderr)
  assert.equal(stdout.trim().split('\n'), [
    '2 + 40 = 42',
    'progress { done: 1, total: 2 }',
    'progress { done: 2, total: 2 }',
    'result 10',
    'EmptyText: Text 1 is empty; leave it out { index: 1 }',
  ])
})

test.run()
