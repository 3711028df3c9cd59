/** What `npm run demo` does where there is no Python. Where there is one, the demo of the continuous checks shows it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf } from '../cli/sidestream.js'

const test = suite('demo')
const root = fileURLToPath(new URL('../..', import.meta.url))

test('without Python it says why, finds speech instead, and ends well', () => {
  const home = folderOf({})
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/demo.mjs'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: home, HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home },
  })
  assert.is(status, 0, `${stdout}${stderr}`)
  assert.match(stderr, 'No Python was found')
  assert.match(stdout, 'So Silero VAD, which needs neither, tells where somebody speaks')
  assert.match(stdout, /5 segments/)
})

test.run()
