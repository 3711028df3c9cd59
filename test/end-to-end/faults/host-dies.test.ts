/** T1 and T2 of the fault table: nothing outlives its host. */
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { until } from '../engine-process.js'
import { exitOf, faultSuite, type Round } from './fault-suite.js'

const test = faultSuite('faults: the host dies')

const limitMs = 2000

/** Kills the host, and says how long its engine went on. */
const orphaned = async (round: Round, host: { kill(): Promise<number> }): Promise<number> => {
  const killedAt = await host.kill()
  await until('the engine has ended', () => round.alive.length === 0)
  return performance.now() - killedAt
}

test('T1: a host is killed: its engine hears the end of its input, and ends', async (round) => {
  const exitFile = join(round.folder, 'exit')
  const host = round.host(round.ours({ EXIT_FILE: exitFile }), ['add', { a: 1, b: 2 }])
  assert.is((await host.event('called'))['answer'], 3)
  assert.ok((await orphaned(round, host)) < limitMs)
  // 0 after the end of input; 74 if it has seen before that nobody reads its output either.
  assert.ok([0, 74].includes(exitOf(exitFile)?.code as number))
})

test('T1: the end of its input alone is enough', async (round) => {
  const host = round.host(round.ours({}, '--no-parent-watch'), ['add', { a: 1, b: 2 }])
  await host.event('called')
  assert.ok((await orphaned(round, host)) < limitMs)
})

test('T2: an engine that does not listen to its input ends all the same, with exit code 74', async (round) => {
  const exitFile = join(round.folder, 'exit')
  const host = round.host(round.ours({ EXIT_FILE: exitFile }), ['deaf'])
  await host.event('called')
  assert.ok((await orphaned(round, host)) < limitMs)
  assert.is(exitOf(exitFile)?.code, 74)
})

test('T2: an engine whose event loop is blocked is killed by its watching thread', async (round) => {
  const exitFile = join(round.folder, 'exit')
  const spec = { ...round.ours({ EXIT_FILE: exitFile }), liveness: { every: 50, timeout: 50 } }
  const host = round.host(spec, ['block', { ms: 60_000 }])
  await host.event('busy')
  assert.ok((await orphaned(round, host)) < limitMs)
  assert.is(exitOf(exitFile), undefined)
})

test('T2: what heeds neither is ended when the next host starts', async (round) => {
  const host = round.host(round.foreign('stubborn'))
  const { pid } = await host.event('ready')
  await host.kill()
  assert.equal(round.alive, [pid])
  const next = round.supervise({ engines: {} })
  await until('the engine has ended', () => round.alive.length === 0)
  await next.supervisor.stop()
})

test.run()
