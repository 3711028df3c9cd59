/** Engines that are kept running, in virtual time: who is started when, and who is stopped. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fakeHost } from './fake-host.js'
import { settled } from './settled.js'

const test = suite('supervisor')
const abc = { a: { command: 'a' }, b: { command: 'b' }, c: { command: 'c' } }

/** Starts and ends, as `ms name what`. */
const lives = (events: readonly string[]): string[] =>
  events.filter((event) => / (starting|ended)$/.test(event))

test('starts again after a crash, with waits that grow, and begins anew once it was stable', async () => {
  const restart = { backoff: { base: 100, factor: 2 }, stableFor: '10s' } as const
  const lifetimes = [1000, 1000, 10_000, 1000, 1_000_000]
  const { clock, events } = fakeHost({ engines: { a: { command: 'a', restart } } }, (_, nth) => ({
    endsAfterMs: lifetimes[nth] as number,
  }))
  await clock.advance(20_000)
  assert.equal(lives(events), [
    '0 a starting',
    '1000 a ended',
    '1100 a starting',
    '2100 a ended',
    '2300 a starting',
    '12300 a ended',
    '12400 a starting',
    '13400 a ended',
    '13600 a starting',
  ])
})

test('quarantines what ends at once for ever, and tells why; resume forgets', async () => {
  const spec = { command: 'a', restart: { backoff: { base: 10, factor: 1 } } }
  const { clock, events, supervisor, processes } = fakeHost({ engines: { a: spec } }, () => ({
    readyAfterMs: Infinity,
    end: { how: 'exited', exitCode: 3 },
  }))
  const refused = settled(supervisor.engine('a').request('work'))
  for (let n = 1; n <= 6; n += 1) {
    await clock.advance(10)
    processes.at(-1)?.die()
  }
  await clock.advance(1000)
  assert.is(processes.length, 6)
  assert.is(events.at(-1), '60 a quarantined')
  assert.is(refused.error?.kind, 'EngineGone')
  assert.match(refused.error?.message ?? '', /quarantined.*exit code 3.*resume\('a'\)/)
  assert.is(refused.error?.facts['quarantined'], true)
  await clock.advance(3_600_000)
  assert.is(processes.length, 6)
  supervisor.resume('a')
  await clock.advance(0)
  assert.is(processes.length, 7)
})

test('does not take a start-up deadline for ready', async () => {
  const { clock, events, processes } = fakeHost(
    { engines: { a: { command: 'a', startup: '5s' } } },
    () => ({ readyAfterMs: Infinity }),
  )
  await clock.advance(5000)
  assert.equal(processes[0]?.signals, ['SIGKILL'])
  assert.ok(events.includes('5000 a ended'))
  assert.not.ok(events.some((event) => event.endsWith('ready')))
})

test('one_for_one: the others do not hear of it', async () => {
  const { clock, last, events } = fakeHost({ engines: abc })
  await clock.advance(10)
  last('b').die()
  await clock.advance(1000)
  assert.equal(lives(events), [
    '0 a starting',
    '0 b starting',
    '0 c starting',
    '10 b ended',
    '210 b starting',
  ])
})

test('one_for_all: all are stopped from the last to the first, and started from the first to the last', async () => {
  const { clock, last, events } = fakeHost({ engines: abc, strategy: 'one_for_all' }, () => ({
    readyAfterMs: 5,
    stopsAfterMs: 3,
  }))
  await clock.advance(100)
  last('b').die()
  await clock.advance(1000)
  assert.equal(lives(events), [
    '0 a starting',
    '5 b starting',
    '10 c starting',
    '100 b ended',
    '103 c ended',
    '106 a ended',
    '300 a starting',
    '305 b starting',
    '310 c starting',
  ])
})

test('rest_for_one: those that came after it are restarted', async () => {
  const { clock, last, events } = fakeHost({ engines: abc, strategy: 'rest_for_one' }, () => ({
    readyAfterMs: 5,
  }))
  await clock.advance(100)
  last('b').die()
  await clock.advance(1000)
  assert.equal(lives(events).slice(3), [
    '100 b ended',
    '100 c ended',
    '300 b starting',
    '305 c starting',
  ])
})

test('temporary siblings stay down', async () => {
  const engines = { ...abc, c: { command: 'c', restart: { type: 'temporary' } } } as const
  const { clock, last, events } = fakeHost({ engines, strategy: 'one_for_all' })
  await clock.advance(100)
  last('a').die()
  await clock.advance(1000)
  assert.equal(lives(events).slice(3), [
    '100 a ended',
    '100 c ended',
    '100 b ended',
    '300 a starting',
    '300 b starting',
  ])
})

test('one_for_all: nobody runs while one is in quarantine', async () => {
  const engines = {
    ...abc,
    b: { command: 'b', restart: { crashes: { most: 0, within: '1m' } } },
  } as const
  const { clock, last, events, supervisor, processes } = fakeHost({
    engines,
    strategy: 'one_for_all',
  })
  await clock.advance(100)
  last('b').die()
  await clock.advance(60_000)
  assert.is(processes.filter(({ isAlive }) => isAlive).length, 0)
  const refused = settled(supervisor.engine('c').request('work'))
  await clock.advance(0)
  assert.match(refused.error?.message ?? '', /engine b is quarantined/)
  supervisor.resume('b')
  await clock.advance(100)
  assert.equal(lives(events).slice(-3), [
    '60100 a starting',
    '60100 b starting',
    '60100 c starting',
  ])
})

test('rest_for_one: those before one in quarantine go on, those after it wait, and calls to them are told why', async () => {
  const b = { command: 'b', restart: { crashes: { most: 0, within: '1m' } } } as const
  const { clock, last, supervisor, processes } = fakeHost({
    engines: { ...abc, b },
    strategy: 'rest_for_one',
  })
  await clock.advance(100)
  last('b').die()
  await clock.advance(1000)
  assert.equal(
    processes.filter(({ isAlive }) => isAlive).map(({ name }) => name),
    ['a'],
  )
  const [a, c] = [
    settled(supervisor.engine('a').request('work')),
    settled(supervisor.engine('c').request('work')),
  ]
  await clock.advance(0)
  assert.is(a.error, undefined)
  assert.match(c.error?.message ?? '', /engine b is quarantined/)
})

test('what ends as it should rests, and calls to it are told so', async () => {
  const { clock, last, supervisor, processes } = fakeHost({
    engines: { a: { command: 'a', restart: { type: 'transient' } } },
  })
  await clock.advance(1)
  last('a').die({ how: 'exited', exitCode: 0 })
  await clock.advance(100_000)
  assert.is(processes.length, 1)
  assert.is(supervisor.status[0]?.state, 'stopped')
  const refused = settled(supervisor.engine('a').request('work'))
  await clock.advance(0)
  assert.match(refused.error?.message ?? '', /a has ended and is not started again/)
  supervisor.resume('a')
  await clock.advance(1)
  assert.is(processes.length, 2)
  const taken = settled(supervisor.engine('a').request('work'))
  await clock.advance(0)
  assert.is(taken.error, undefined)
})

test('stop ends all from the last to the first, and may be called twice', async () => {
  const { clock, events, supervisor, last } = fakeHost(
    { engines: abc, strategy: 'rest_for_one' },
    () => ({ stopsAfterMs: 10 }),
  )
  await clock.advance(100)
  const stopped = Promise.all([supervisor.stop(), supervisor.stop()])
  last('a').die()
  await clock.advance(1000)
  await stopped
  assert.equal(lives(events).slice(3), ['100 a ended', '110 c ended', '120 b ended'])
})

test('stop during a wait ends it at once, and nothing is started later', async () => {
  const { clock, supervisor, last, processes } = fakeHost({ engines: { a: { command: 'a' } } })
  await clock.advance(10)
  last('a').die()
  await clock.advance(10)
  const stopped = supervisor.stop()
  await clock.advance(0)
  await stopped
  await clock.advance(100_000)
  assert.is(processes.length, 1)
  assert.is(clock.pending, 0)
})

test('stop during a start ends the process that is not ready yet', async () => {
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({
    readyAfterMs: Infinity,
  }))
  await clock.advance(10)
  const stopped = supervisor.stop()
  await clock.advance(100)
  await stopped
  assert.not.ok(processes[0]?.isAlive)
  await clock.advance(100_000)
  assert.is(processes.length, 1)
})

test('an engine that ignores everything is killed in the end', async () => {
  const { clock, supervisor, processes } = fakeHost(
    { engines: { a: { command: 'a', grace: '1s' } } },
    () => ({
      stopsAfterMs: Infinity,
    }),
  )
  await clock.advance(10)
  const stopped = supervisor.stop()
  await clock.advance(10_000)
  await stopped
  assert.equal(processes[0]?.signals, ['SIGCONT', 'SIGTERM', 'SIGKILL'])
})

test.run()
