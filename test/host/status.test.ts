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

test('ready says no when an engine ended without ever being so, and yes when it has done its work', async () => {
  for (const [behaviour, kind] of [
    [{ readyAfterMs: Infinity }, 'EngineGone'],
    [{ endsAfterMs: 5 }, undefined],
  ] as const) {
    const spec = { command: 'a', restart: { type: 'temporary' } } as const
    const { clock, supervisor, last } = fakeHost({ engines: { a: spec } }, () => behaviour)
    await clock.advance(10)
    last('a').die()
    await clock.advance(0)
    const end = settled(supervisor.ready())
    await clock.advance(0)
    assert.is(end.error?.kind, kind)
    assert.is('result' in end, kind === undefined)
  }
  const none = settled(fakeHost({ engines: {} }).supervisor.ready())
  await Promise.resolve()
  assert.ok('result' in none)
})

test('all streams complete with the stop, behind the last black box', async () => {
  const told: string[] = []
  let write: (file: string) => void = () => {}
  const { clock, supervisor, last } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({}), {
    keep: () =>
      new Promise((resolve) => {
        write = resolve
      }),
  })
  await clock.advance(1)
  supervisor.events$.subscribe({
    next: ({ type }) => told.push(type),
    complete: () => told.push('end'),
  })
  supervisor.engine('a').notifications$.subscribe({ complete: () => told.push('end') })
  supervisor.engine('a').state$.subscribe({ complete: () => told.push('end') })
  last('a').die()
  await clock.advance(0)
  const stopped = settled(supervisor.stop())
  await clock.advance(1000)
  assert.not.ok('result' in stopped)
  write('/box')
  await clock.advance(0)
  assert.ok('result' in stopped)
  assert.equal(told.slice(-4), ['black-box', 'end', 'end', 'end'])
})

test('what processes send is heard of, whichever it was, and what was subscribed is so anew', async () => {
  const spec = { command: 'a', pool: 2, subscribe: { health: { everyMs: 100 } } }
  const { clock, supervisor, processes } = fakeHost({ engines: { a: spec } })
  const told: unknown[] = []
  const engine = supervisor.engine('a')
  engine.notifications$.subscribe(({ key, method }) => told.push([key, method]))
  engine.stderr$.subscribe(({ key, line }) => told.push([key, line]))
  await clock.advance(1)
  for (const { subscribed } of processes) {
    const { _meta, ...asked } = subscribed.at(-1) ?? {}
    assert.equal(asked, { health: { everyMs: 100 }, state: true })
  }
  told.length = 0
  processes[1]?.tell({ method: 'health.tick', params: {} })
  processes[0]?.print('hello\n')
  processes[0]?.tell({ id: 7, method: 'host.name' })
  engine.requests$.subscribe(({ key, call }) => call.reply(`${key} ${call.method}`))
  processes[1]?.tell({ id: 7, method: 'host.name' })
  await clock.advance(1)
  assert.equal(told, [
    ['a#2', 'health.tick'],
    ['a#1', 'hello'],
  ])
  assert.equal(
    processes.map(({ replies }) => replies.map(({ result, error }) => result ?? error?.code)),
    [[-32601], ['a#2 host.name']],
  )
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
