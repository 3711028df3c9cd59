/** A Python that works for us, and does not outlive us. */
import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stateOf } from '../../../src/platform/process-table.js'
import { isRpcError } from '../../../src/protocol/rpc-error.js'
import { pythonEngines } from '../../../src/speech/setup/catalog.js'
import { findPython } from '../../../src/speech/setup/find-python.js'
import { runPython } from '../../../src/speech/setup/python-run.js'

const test = suite('python-run')
const python = await findPython(pythonEngines['faster-whisper'])
const source = new URL('../../../src/speech/setup/python-run.ts', import.meta.url).href

/** Two processes: that which is run, and one that it has started. */
const family = `
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
`

const gone = async (pid: number): Promise<void> => {
  while (!['gone', 'zombie', undefined].includes(stateOf(pid))) await pause(10)
}

if (E.isLeft(python)) {
  test('has a Python that does not run', async () => {
    const failed = await runPython({ python: '/nowhere/python3', args: ['x'], what: 'It' }).catch(
      (error) => error.message,
    )
    assert.match(failed, 'It failed: /nowhere/python3 does not run')
  })
} else {
  const { executable } = python.right
  const run = (code: string, rest: object = {}) =>
    runPython({ python: executable, args: ['-c', code], what: 'It', ...rest })

  test('gives its lines, from both outputs', async () => {
    const lines = await run('import sys; print("a"); print("b", file=sys.stderr)')
    assert.equal([...lines].sort(), ['a', 'b'])
  })

  test('is not led astray by variables for others', async () => {
    Object.assign(process.env, { PIP_TARGET: '/elsewhere', PYTHONPATH: '/elsewhere' })
    const lines = await run(
      'import os; print([k for k in os.environ if "elsewhere" in os.environ[k]])',
    )
    assert.equal(lines, ['[]'])
  })

  test('fails by what it said last', async () => {
    const failed = await run('raise SystemExit("Error: no luck")').catch((error) => error.message)
    assert.is(failed, 'It failed: Error: no luck')
  })

  test('ends with all it has started when it is stopped', async () => {
    const stop = new AbortController()
    let pids: readonly number[] = []
    const onLine = (line: string): void => {
      pids = line.split(' ').map(Number)
      stop.abort()
    }
    const error = await run(family, { signal: stop.signal, onLine }).catch((it) => it)
    assert.ok(isRpcError(error) && error.kind === 'RequestCancelled')
    assert.is(pids.length, 2)
    await Promise.all(pids.map(gone))
  })

  test('ends with all it has started when we are killed', async () => {
    const program = `
      import { runPython } from ${JSON.stringify(source)}
      const [python, code] = JSON.parse(process.env.WORK)
      void runPython({ python, args: ['-c', code], what: 'It', onLine: console.log })`
    const parent = spawn(
      process.execPath,
      ['--conditions=sidestream-source', '--import', 'tsx', '--input-type=module', '-e', program],
      {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        env: { ...process.env, WORK: JSON.stringify([executable, family]) },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const line = await new Promise((resolve) => parent.stdout.once('data', resolve))
    const pids = String(line).trim().split(' ').map(Number)
    assert.equal(
      pids.map((pid) => stateOf(pid) !== 'gone'),
      [true, true],
    )
    parent.kill('SIGKILL')
    await Promise.all(pids.map(gone))
  })
}

test.run()
