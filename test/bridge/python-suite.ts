/** Suites that need Python. Where there is none they say so, and that the bridge does. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Bridge, type BridgeOptions, openBridge } from '../../src/bridge/bridge.js'
import { pythonCommand } from '../../src/bridge/python.js'
import { isRpcError, type RpcError } from '../../src/protocol/rpc-error.js'
import { testLog } from '../../src/testing/test-log.js'

export const python = process.platform === 'win32' ? 'python' : 'python3'
const isOldest = 'import sys; sys.exit(sys.version_info < (3, 9))'
export const hasPython = spawnSync(python, ['-c', isOldest]).status === 0

export const engineFile = (name: string): string =>
  fileURLToPath(new URL(`engines/${name}`, import.meta.url))

/** A bridge to the engine that does what tests ask for, and its log. */
export const workerBridge = (options: Partial<BridgeOptions> = {}) => {
  const { log, records } = testLog()
  const command = () => pythonCommand({ file: engineFile('worker.py') })
  const bridge = openBridge({ command, log, ...options })
  open.add(bridge)
  return { bridge, records }
}

const open = new Set<Bridge>()

export const failure = async (request: Promise<unknown>): Promise<RpcError> => {
  try {
    await request
  } catch (error) {
    if (isRpcError(error)) return error
    throw error
  }
  return assert.unreachable('it was answered') as never
}

type Body = () => unknown

interface PythonSuite {
  (sentence: string, body: Body): void
  after(task: Body): void
  run(): void
}

/** A suite whose bridges are ended. Without Python, its tests are not there, and one is that tells what is missing. */
export const pythonSuite = (name: string): PythonSuite => {
  const tests = suite(name)
  tests.after(async () => {
    await Promise.all([...open].map((bridge) => bridge.end(true)))
  })
  if (!hasPython) {
    console.log(`${name}: there is no Python 3.9 or newer, so only its absence is tested`)
    tests('tells that Python is missing', async () => {
      const { kind, message } = await failure(workerBridge().bridge.request('add', { a: 1, b: 2 }))
      assert.is(kind, 'DependencyMissing')
      assert.match(message, python)
    })
  }
  const test = (sentence: string, body: Body): void => {
    if (hasPython) tests(sentence, () => asError(body))
  }
  return Object.assign(test, {
    after: (task: Body) => tests.after(async () => void (await task())),
    run: () => tests.run(),
  })
}

/** uvu stops half-way for what is no Error, such as what a call fails with. */
const asError = async (body: Body): Promise<void> => {
  try {
    await body()
  } catch (error) {
    throw error instanceof Error ? error : new Error(JSON.stringify(error))
  }
}
