/** A Python child never outlives its host. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { stateOf } from '../../src/platform/process-table.js'
import { engineFile, python, pythonSuite } from './python-suite.js'

const test = pythonSuite('bridge: the host dies')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-bridge-'))
test.after(() => rmSync(folder, { recursive: true }))

const lookMs = 20
const longestMs = 5000

const isAlive = (pid: number): boolean => ['running', 'stopped'].includes(stateOf(pid) ?? 'gone')

/** Kills a host whose child is in the middle of a job. */
const orphaned = async (method: string, interpreter = python): Promise<void> => {
  const host = spawn(
    process.execPath,
    [
      '--conditions=sidestream-source',
      ...['--import', 'tsx', engineFile('host.ts')],
      ...[engineFile('worker.py'), method, interpreter],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(host.stdout, 'data').finally(() => host.kill('SIGKILL'))) as [Buffer]
  const pid = Number(line.toString())
  assert.ok(pid > 0, line.toString())
  for (let waited = 0; isAlive(pid); waited += lookMs) {
    if (waited > longestMs) {
      process.kill(pid, 'SIGKILL')
      assert.unreachable('the child goes on without its host')
    }
    await sleep(lookMs)
  }
}

test('a child in the middle of a job that does not listen', () => orphaned('deaf'))

if (process.platform === 'linux')
  test('a child whose native code keeps all of Python from running', () => orphaned('native'))

test('a child behind a wrapper, which ends only when the child has', async () => {
  const wrapper = join(folder, 'wrapper')
  writeFileSync(wrapper, `#!/bin/sh\n${python} "$@"\nexit $?\n`)
  chmodSync(wrapper, 0o755)
  await orphaned('deaf', wrapper)
})

test.run()
