/** T4, T6, T7, T9 and T10 of the fault table: engines that run, and do not answer. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Client } from '../../../src/host/client.js'
import { realClock } from '../../../src/ports/clock.js'
import { startChild } from '../../../src/transport/child-process.js'
import { until } from '../engine-process.js'
import { exitOf, failure, faultSuite, outcome, within } from './fault-suite.js'

const test = faultSuite('faults: the engine does not answer')

/** What a socket holds, and the message by which the limit is passed. */
const systemBytes = 512 * 1024
const liveness = { every: 100, timeout: 100 }
const restart = { backoff: { base: 20, factor: 1 } }

test('T4: an engine that closes its stdout and runs on is terminated, then killed, and restarted', async (round) => {
  const host = round.supervise({
    engines: { it: { ...round.foreign('stubborn'), restart, grace: 10 } },
  })
  await host.supervisor.ready()
  const engine = host.supervisor.engine('it')
  const { kind, message } = await within('the call', failure(engine.request('mute')))
  assert.is(kind, 'EngineGone')
  assert.match(message, 'closed its stdout')
  const { reason, stderr } = await host.event('ended')
  assert.is(reason, 'stdout_eof')
  assert.equal(stderr, ['SIGTERM ignored'])
  assert.equal((await host.box()).end, { how: 'killed', signal: 'SIGKILL' })
  await host.event('ready', { nth: 2 })
  assert.is(host.member('it').restarts, 1)
})

test('T6: a SIGSTOPped engine is unresponsive, is woken and terminated, then killed; what the host keeps for it is bounded', async (round) => {
  const file = (name: string) => join(round.folder, name)
  const bufferBytes = 2 ** 20
  const spec = { liveness, restart, replays: 0, limits: { bufferBytes } }
  const host = round.supervise({
    engines: {
      idle: { ...round.ours({ EXIT_FILE: file('idle') }), ...spec },
      stuck: { ...round.ours({ EXIT_FILE: file('stuck') }), ...spec },
    },
  })
  await host.supervisor.ready()
  for (const key of ['idle', 'stuck']) await host.beat(key)
  const engine = host.supervisor.engine('stuck')
  const open = outcome(engine.request('hang')) // what keeps it from ending when it is asked to
  await engine.request('pid')
  for (const key of ['idle', 'stuck']) process.kill(host.pid(key), 'SIGSTOP')

  const text = 'x'.repeat(65_536)
  const calls: ReturnType<typeof outcome>[] = []
  for (let n = 0; n < 100; n += 1) {
    calls.push(outcome(engine.request('add', { a: 1, b: 2, text })))
    if (n % 10 === 0) await new Promise(setImmediate)
  }
  const idle = await host.event('ended', { engine: 'idle' })
  const stuck = await host.event('ended', { engine: 'stuck' })
  assert.equal([idle.reason, stuck.reason], ['unresponsive', 'unresponsive'])
  assert.equal(exitOf(file('idle'))?.code, 0, 'it was woken, and took SIGTERM for what it is')
  assert.not.ok(existsSync(file('stuck')), 'it was killed')
  const all = await within('all calls', Promise.all(calls))
  const refused = all.filter(({ error }) => error?.kind === 'Overloaded').length
  const keptBytes = (all.length - refused) * text.length
  assert.ok(refused > 0 && keptBytes <= bufferBytes + systemBytes, `${keptBytes} bytes were kept`)
  assert.is((await open).error?.kind, 'EngineGone')
  for (const name of ['idle', 'stuck']) await host.event('ready', { engine: name, nth: 2 })
  assert.is(await engine.request('add', { a: 1, b: 2 }), 3)
})

test('T7: an engine that ignores SIGTERM is killed at the deadline', async (round) => {
  const sent: [string, number][] = []
  const child = await startChild(round.foreign('stubborn'))
  const recorded: typeof child = {
    ...child,
    kill(signal) {
      sent.push([signal, performance.now()])
      child.kill(signal)
    },
  }
  const client = new Client(recorded, realClock, {})
  assert.equal(await client.request('echo', {}), {})
  assert.equal(await client.close(50), { how: 'killed', signal: 'SIGKILL' })
  assert.ok(client.lastLines.includes('SIGTERM ignored'))
  assert.equal(
    sent.map(([signal]) => signal),
    ['SIGCONT', 'SIGTERM', 'SIGKILL'],
  )
  const [, termAt, killAt] = sent.map(([, at]) => at) as [number, number, number]
  assert.ok(Math.abs(killAt - termAt - 2000) <= 100, `after ${killAt - termAt} ms`)
})

test('T9: an engine whose event loop is blocked for 2 s is busy, and never restarted', async (round) => {
  const patient = { every: 100, timeout: 1000 }
  const spec = { ...round.ours(), liveness: patient, pool: 2 }
  const host = round.supervise({ engines: { it: spec } })
  await host.supervisor.ready()
  for (const { key } of host.members) await host.beat(key)
  const engine = host.supervisor.engine('it')
  const pids = host.members.map(({ pid }) => pid)
  let isBlocked = true
  const blocked = engine.request('block', { ms: 2000 }).finally(() => {
    isBlocked = false
  })
  const { key } = await host.event('busy')
  assert.is(host.member(key).state, 'busy')
  const other = host.members.find((it) => it.key !== key)?.pid
  for (let n = 0; n < 10; n += 1) assert.is(await engine.request('pid'), other)
  assert.ok(isBlocked, 'the other has answered meanwhile')
  assert.is(await within('the blocking call', blocked), 2000)
  await until('it is ready', () => host.member(key).state === 'ready')
  await host.event('recovered')
  assert.not.ok(host.types().includes('ended'))
  assert.equal(
    host.members.map(({ pid }) => pid),
    pids,
  )
})

test('T10: an engine that is blocked for too long tells where, and is killed', async (round) => {
  const spec = { ...round.ours(), restart, liveness: { ...liveness, blockedFor: 800 } }
  const host = round.supervise({ engines: { it: spec } })
  await host.supervisor.ready()
  await host.beat('it')
  const { kind, facts } = await within(
    'the call',
    failure(host.supervisor.engine('it').request('block', { ms: 60_000 })),
  )
  assert.is(kind, 'EngineGone')
  assert.is(facts['reason'], 'hang')
  const { reason, message } = await host.event('ended')
  assert.is(reason, 'hang')
  assert.match(message, 'blockedHere')
  const { end, stack = [] } = await host.box()
  assert.equal(end, { how: 'killed', signal: 'SIGKILL' })
  assert.ok(stack.some((place) => /blockedHere .*faulty\.js/.test(place)))
  await host.event('ready', { nth: 2 })
})

test.run()
