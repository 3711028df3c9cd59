/** What a supervisor tells of its engines, and what it leaves behind. In virtual time. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testLog } from '../../src/testing/test-log.js'
import { fakeHost } from './fake-host.js'
import { settled } from './settled.js'

const test = suite('status')

test('tells each process’s state, calls, figures, restarts, and why it ended last', async () => {
  const spec = {
    command: 'a',
    liveness: { every: '1s' },
    restart: { backoff: { base: '10s' } },
  } as const
  const { clock, supervisor, last } = fakeHost(
    { engines: { a: spec } },
    () => ({ readyAfterMs: 5 }),
    {
      usageOf: async () => ({ rssBytes: 12_345, cpuMs: 1 }),
    },
  )
  await clock.advance(1)
  assert.is(supervisor.status[0]?.state, 'starting')
  await clock.advance(2_100)
  settled(supervisor.engine('a').request('work'))
  const { key, engine, state, pid, readyAt, restarts, inFlight, p99Ms, rssBytes, lastEnd } =
    supervisor.status[0] ?? {}
  assert.equal(
    { key, engine, state, pid, readyAt, restarts, inFlight, p99Ms, rssBytes, lastEnd },
    {
      key: 'a',
      engine: 'a',
      state: 'ready',
      pid: 1,
      readyAt: 5,
      restarts: 0,
      inFlight: 1,
      p99Ms: 1,
      rssBytes: 12_345,
      lastEnd: undefined,
    },
  )
  last('a').die({ how: 'exited', exitCode: 9 })
  await clock.advance(0)
  const waiting = supervisor.status[0]
  assert.equal(
    [waiting?.state, waiting?.startsAt, waiting?.pid, waiting?.lastEnd?.message],
    ['backoff', 12_101, undefined, 'It ended with exit code 9'],
  )
  await clock.advance(10_010)
  assert.equal([supervisor.status[0]?.state, supervisor.status[0]?.restarts], ['ready', 1])
})

test('tells the state with each ping, so that figures are never older than that', async () => {
  const { clock, supervisor } = fakeHost({
    engines: { a: { command: 'a', liveness: { every: '1s' } } },
  })
  const told: (number | undefined)[] = []
  await clock.advance(1)
  supervisor.state$.subscribe(([a]) => told.push(a?.p99Ms))
  await clock.advance(2_000)
  assert.equal(told, [undefined, 1, 1])
})

test('logs what the host wanted as information, and all else as a warning', async () => {
  const { log, records } = testLog()
  const { clock, supervisor, last } = fakeHost({ engines: { a: { command: 'a' } }, log })
  await clock.advance(1)
  last('a').die()
  await clock.advance(1000)
  void supervisor.stop()
  await clock.advance(1000)
  const ends = records.filter(({ facts }) => facts['reason'] !== undefined)
  assert.equal(
    ends.map(({ level, facts }) => [level, facts['reason']]),
    [
      ['warn', 'signal'],
      ['info', 'stopped'],
    ],
  )
})

test('resume ends a wait, and what is left of it does not shorten the next one', async () => {
  const spec = { command: 'a', restart: { backoff: { base: '10s', factor: 1 } } } as const
  const { clock, supervisor, last, processes } = fakeHost({ engines: { a: spec } })
  await clock.advance(1000)
  last('a').die()
  await clock.advance(5_000)
  supervisor.resume('a')
  await clock.advance(0)
  assert.is(processes.length, 2)
  last('a').die()
  await clock.advance(9_999)
  assert.is(processes.length, 2)
  await clock.advance(1)
  assert.is(processes.length, 3)
})

test('a supervisor that is stopped leaves no timer, whatever it had armed', async () => {
  const spec = { command: 'a', pool: { min: 1, max: 2 }, recycle: { age: '1h' } } as const
  const { clock, supervisor } = fakeHost({ engines: { a: spec, b: { command: 'b' } } })
  await clock.advance(1)
  settled(supervisor.engine('a').request('work'))
  settled(supervisor.engine('a').request('work'))
  await clock.advance(100)
  void supervisor.stop()
  await clock.advance(30_000)
  assert.is(clock.pending, 0)
})

test('each process is noted with its own cookie, and forgotten when it has ended', async () => {
  const noted: string[] = []
  const { clock, supervisor, last } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({}), {
    note: ({ pid, cookie, command }) => {
      noted.push(`${command} ${pid} ${cookie}`)
      return () => noted.push(`${pid} ended`)
    },
  })
  await clock.advance(1)
  last('a').die()
  await clock.advance(1000)
  void supervisor.stop()
  await clock.advance(1000)
  assert.equal(noted, ['a 1 id1', '1 ended', 'a 2 id2', '2 ended'])
})

test('the process stays alive until all are stopped, and a black box is told of', async () => {
  const told: string[] = []
  const { clock, supervisor, last } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({}), {
    stayAlive: () => () => void told.push('may end'),
    keep: async ({ reason }) => `/boxes/${reason}`,
  })
  supervisor.events$.subscribe((event) => {
    if (event.type === 'black-box') told.push(event.file)
  })
  await clock.advance(1)
  last('a').die()
  await clock.advance(1000)
  assert.equal(told, ['/boxes/signal'])
  void supervisor.stop()
  await clock.advance(1000)
  assert.equal(told, ['/boxes/signal', 'may end'])
})

test('kill ends what is just being started, too', async () => {
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({
    stopsAfterMs: Infinity,
  }))
  await Promise.resolve() // begun, and not spawned yet
  const killed = settled(supervisor.kill())
  await clock.advance(0)
  assert.ok(processes.every(({ isAlive }) => !isAlive))
  assert.ok('result' in killed)
  assert.is((await settledReady(supervisor)).error?.kind, 'ShuttingDown')
})

const settledReady = async (supervisor: { ready(): Promise<void> }) => {
  const end = settled(supervisor.ready())
  await new Promise(setImmediate)
  return end
}

test('an engine that hangs is asked once, however often it beats', async () => {
  const spec = { command: 'a', liveness: { blockedFor: '1s' } } as const
  const { clock, last } = fakeHost({ engines: { a: spec } })
  await clock.advance(1)
  for (const blockedMs of [1000, 1200, 1400]) last('a').beat({ blockedMs })
  assert.equal(last('a').asked, ['report\n'])
})

test.run()
