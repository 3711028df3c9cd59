/**
 * T26 to T31 of the fault table: restarts, their end, and stops. The exact schedules are in virtual time, in
 * test/host/restart-policy.test.ts and test/host/supervisor.test.ts; here are the processes.
 */

import * as assert from 'uvu/assert'
import { type Logger, noLogger } from '../../../src/ports/logger.js'
import { fakeHost } from '../../host/fake-host.js'
import { until } from '../engine-process.js'
import { failure, faultSuite, isAlive, type Round, type Watched, within } from './fault-suite.js'

const test = faultSuite('faults: supervision')

const quick = { backoff: { base: 20, factor: 1 } }

/** Of one core, for so long. */
const cpuShare = async (ms: number): Promise<number> => {
  const before = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, ms))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / ms
}

test('T26: what ends at once for ever is quarantined, and then costs nothing', async (round) => {
  const most = 5
  const base = 40
  const restart = {
    backoff: { base, factor: 2, cap: 100 },
    startFailures: { most, within: '1m' },
  } as const
  const command = { command: 'sh', args: ['-c', 'echo the model is missing >&2; exit 3'] }
  const host = round.supervise({ engines: { it: { ...command, restart } } })
  const error = await failure(host.supervisor.ready())
  assert.match(error.message, /quarantined.*exit code 3/)
  assert.equal(error.facts['stderr'], ['the model is missing'])
  const waits = host.events.filter((it) => it.type === 'restarting')
  assert.equal(
    waits.map(({ attempt }) => attempt),
    [1, 2, 3, 4, 5],
  )
  for (const { delayMs, attempt } of waits)
    assert.ok(delayMs <= Math.min(100, base * 2 ** (attempt - 1)), `${delayMs} of ${attempt}`)
  assert.is(host.types().filter((type) => type === 'starting').length, most + 1)
  const shares: number[] = []
  do shares.push(await cpuShare(200))
  while (shares.length < 5 && Math.min(...shares) >= 0.02)
  // This process does other things, too, but not always.
  assert.ok(Math.min(...shares) < 0.02, `shares of CPU time: ${shares}`)
  assert.is(host.types().at(-1), 'quarantined')
}, 1)

test('T27: a crash every 40 s trips the budget, and that is told', async () => {
  const logged: string[] = []
  const log: Logger = {
    ...noLogger,
    error: (_: object, text: string) => void logged.push(text),
    child: () => log,
  }
  const { clock, events, processes } = fakeHost(
    { engines: { a: { command: 'a', restart: { stableFor: '30s' } } }, log },
    () => ({ endsAfterMs: 40_000 }),
  )
  await clock.advance(3_600_000)
  assert.is(processes.length, 11, 'the first one, and ten restarts within ten minutes')
  assert.match(events.at(-1) as string, 'a quarantined')
  assert.match(logged.join(), 'is quarantined')
})

const three = (round: Round) => {
  const spec = { ...round.ours(), restart: quick }
  return { a: spec, b: spec, c: spec }
}
/** What happened since, as `type name`. */
const since = (host: Watched, begin: number): readonly string[] =>
  host.events
    .slice(begin)
    .filter(({ type }) => type !== 'black-box')
    .map(({ type, engine }) => `${type} ${engine}`)

test('T28: one_for_all: all end, the last one first, and all come back, the first one first', async (round) => {
  const host = round.supervise({ engines: three(round), strategy: 'one_for_all' })
  await host.supervisor.ready()
  const begin = host.events.length
  process.kill(host.pid('b'), 'SIGKILL')
  await host.event('ready', { engine: 'c', nth: 2 })
  assert.equal(since(host, begin), [
    ...['ended b', 'restarting b', 'ended c', 'ended a'],
    ...['starting a', 'ready a', 'starting b', 'ready b', 'starting c', 'ready c'],
  ])
  assert.equal(
    host.members.map(({ restarts }) => restarts),
    [1, 1, 1],
  )
})

test('T28: rest_for_one: those behind it end and come back', async (round) => {
  const host = round.supervise({ engines: three(round), strategy: 'rest_for_one' })
  await host.supervisor.ready()
  const [first, begin] = [host.pid('a'), host.events.length]
  process.kill(host.pid('b'), 'SIGKILL')
  await host.event('ready', { engine: 'c', nth: 2 })
  assert.equal(since(host, begin), [
    ...['ended b', 'restarting b', 'ended c'],
    ...['starting b', 'ready b', 'starting c', 'ready c'],
  ])
  assert.equal(
    host.members.map(({ restarts }) => restarts),
    [0, 1, 1],
  )
  assert.is(host.pid('a'), first)
})

test('T29: a stop during a wait takes no time, and nothing is started later', async (round) => {
  // Waits are chance shares: of an hour, hardly any is short.
  const restart = { backoff: { base: '1h', cap: '1h' } } as const
  const host = round.supervise({ engines: { it: { ...round.ours(), restart } } })
  await host.supervisor.ready()
  process.kill(host.pid('it'), 'SIGKILL')
  await host.event('restarting')
  assert.is(host.member('it').state, 'backoff')
  const waiting = failure(host.supervisor.engine('it').request('pid'))
  const stoppedAt = performance.now()
  await within('stop', host.supervisor.stop())
  assert.ok(performance.now() - stoppedAt <= 100)
  assert.is((await waiting).kind, 'ShuttingDown')
  assert.is(host.member('it').state, 'stopped')
  assert.equal(host.types(), ['starting', 'ready', 'ended', 'restarting'])
  assert.equal(round.alive, [])
})

test('T30: two stops and a crash at once come to one end', async (round) => {
  const host = round.supervise({ engines: { it: { ...round.ours(), restart: quick } } })
  await host.supervisor.ready()
  const states: string[] = []
  host.supervisor.state$.subscribe((all) => states.push(...all.map(({ state }) => state)))
  const first = host.supervisor.stop()
  process.kill(host.pid('it'), 'SIGKILL')
  await within('both stops', Promise.all([first, host.supervisor.stop()]))
  await within('a stop afterwards', host.supervisor.stop())
  assert.equal(host.types(), ['starting', 'ready', 'ended'])
  assert.is((await host.event('ended')).reason, 'stopped')
  assert.equal([...new Set(states)], ['ready', 'stopping', 'stopped'])
  assert.equal(round.alive, [])
})

test('T31: when the leader of a group is killed, nobody of the group survives', async (round) => {
  const host = round.supervise({ engines: { it: { ...round.ours(), restart: quick } } })
  await host.supervisor.ready()
  const children = (await host.supervisor.engine('it').request('family')) as number[]
  assert.ok(children.every(isAlive))
  process.kill(host.pid('it'), 'SIGKILL')
  await host.event('ended')
  await until('nobody is left', () => !children.some(isAlive))
  await host.event('ready', { nth: 2 })
})

test.run()
