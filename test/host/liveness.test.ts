/** Busy, stopped, hanging or silent: what is told of an engine, when, and what is done. In virtual time. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { diagnose, livenessPolicy, type Signs } from '../../src/host/liveness.js'
import { fakeHost } from './fake-host.js'
import { settled } from './settled.js'

const test = suite('liveness')
const policy = livenessPolicy({ every: '5s', timeout: '1s', misses: 3, blockedFor: '60s' })
const spec = {
  command: 'a',
  liveness: { every: '5s', timeout: '1s', misses: 3, blockedFor: '60s' },
} as const

const signs = (known: Partial<Signs>): Signs => ({
  now: 100_000,
  lastHeardAt: 100_000,
  misses: 0,
  beat: undefined,
  isStopped: false,
  ...known,
})

for (const [name, known, expected] of [
  ['answers', {}, 'alive'],
  ['misses one ping', { misses: 1 }, 'busy'],
  ['has a blocked loop, and beats', { misses: 9, beat: { at: 99_900, blockedMs: 59_999 } }, 'busy'],
  ['has had one for too long', { beat: { at: 99_900, blockedMs: 60_000 } }, 'hang'],
  ['is blocked for a moment', { beat: { at: 99_900, blockedMs: 999 } }, 'alive'],
  ['answers though its beats stopped', { beat: { at: 1, blockedMs: 0 } }, 'alive'],
  ['neither answers nor beats', { misses: 3, beat: { at: 1, blockedMs: 0 } }, 'unresponsive'],
  ['never beat, and its process was stopped', { misses: 3, isStopped: true }, 'unresponsive'],
  ['never beat, and may be busy', { misses: 9, lastHeardAt: 40_001 }, 'busy'],
  ['never beat, and was silent for too long', { misses: 9, lastHeardAt: 40_000 }, 'silent'],
] as const) {
  test(`an engine that ${name} is ${expected}`, () => {
    assert.is(diagnose(signs(known), policy), expected)
  })
}

test('an engine with a blocked loop is busy, then alive, and is not restarted', async () => {
  const { clock, last, events, processes } = fakeHost({ engines: { a: spec } })
  await clock.advance(1)
  last('a').isFrozen = true
  for (let ms = 0; ms <= 2000; ms += 200) {
    last('a').beat({ blockedMs: ms })
    await clock.advance(200)
  }
  last('a').isFrozen = false
  last('a').beat({ blockedMs: 0 })
  await clock.advance(60_000)
  assert.equal(events.slice(2), ['1001 a busy', '2201 a recovered'])
  assert.is(processes.length, 1)
})

test('an engine that hangs is asked where it is, and killed', async () => {
  const { clock, last, processes, boxes, supervisor } = fakeHost({ engines: { a: spec } })
  await clock.advance(1)
  const call = settled(supervisor.engine('a').request('work'))
  const process = last('a')
  process.beat({ blockedMs: 60_000 })
  assert.equal(process.asked, ['report\n'])
  assert.equal(process.signals, [])
  await clock.advance(500)
  process.beat({
    report: { blockedMs: 60_500, stack: ['decode (file:///engine.js:7:3)', 'run (x)'] },
  })
  await clock.advance(0)
  assert.equal(process.signals, ['SIGKILL'])
  assert.is(call.error?.facts['reason'], 'hang')
  assert.match(call.error?.message ?? '', /it is in decode \(file:\/\/\/engine.js:7:3\)/)
  assert.equal(boxes[0]?.stack, ['decode (file:///engine.js:7:3)', 'run (x)'])
  await clock.advance(1000)
  assert.is(processes.length, 2)
})

test('one that cannot tell where it is, is killed all the same', async () => {
  const { clock, last, boxes } = fakeHost({ engines: { a: spec } })
  await clock.advance(1)
  last('a').beat({ blockedMs: 60_000 })
  await clock.advance(1499)
  assert.equal(last('a').signals, [])
  await clock.advance(1)
  assert.is(boxes[0]?.reason, 'hang')
  assert.match(boxes[0]?.message ?? '', /native code, or waits for a lock/)
})

test('a stopped process is woken to hear SIGTERM, and then killed', async () => {
  const { clock, last, events, processes } = fakeHost({ engines: { a: spec } })
  await clock.advance(1)
  const process = last('a')
  process.beat({ blockedMs: 0 })
  process.isFrozen = true
  // Pings at 5 s, and 6 s after each other; each is given up after one more.
  await clock.advance(17_998)
  assert.equal(process.signals, [])
  await clock.advance(1)
  assert.equal(process.signals, ['SIGCONT', 'SIGTERM'])
  await clock.advance(1_999)
  assert.equal(process.signals.length, 2)
  await clock.advance(1)
  assert.equal(process.signals, ['SIGCONT', 'SIGTERM', 'SIGKILL'])
  assert.ok(events.includes('20000 a ended'))
  await clock.advance(1000)
  assert.is(processes.length, 2)
})

test('any message counts as a sign of life', async () => {
  const { clock, last, processes } = fakeHost({ engines: { a: spec } }, () => ({}))
  await clock.advance(1)
  const process = last('a')
  for (let n = 0; n < 100; n += 1) {
    await clock.advance(900)
    process.progress(99, n)
  }
  assert.is(processes.length, 1)
})

test('an engine that closes its stdout and runs on is terminated, and told by that reason', async () => {
  const { clock, last, boxes, supervisor } = fakeHost({ engines: { a: spec } })
  await clock.advance(1)
  const call = settled(supervisor.engine('a').request('work'))
  last('a').closeStdout()
  await clock.advance(2000)
  assert.is(call.error?.kind, 'EngineGone')
  assert.equal(last('a').signals, ['SIGCONT', 'SIGTERM'])
  await clock.advance(2000)
  assert.is(boxes[0]?.reason, 'stdout_eof')
})

test('memory above the hard limit kills, above the soft one replaces', async () => {
  const use = { rssBytes: 100, cpuMs: 0 }
  const { clock, events, processes, boxes } = fakeHost(
    { engines: { a: { command: 'a', maxMemoryBytes: 1000, recycle: { memoryBytes: 500 } } } },
    () => ({}),
    { usageOf: async () => ({ ...use }) },
  )
  await clock.advance(10_000)
  assert.is(processes.length, 1)
  use.rssBytes = 600
  await clock.advance(2_000)
  assert.ok(events.some((event) => event.endsWith('a recycling')))
  assert.equal(processes[0]?.signals, ['SIGCONT'])
  use.rssBytes = 2000
  await clock.advance(3_000)
  assert.is(boxes[0]?.reason, 'memory')
  assert.equal(processes[1]?.signals, ['SIGKILL'])
})

test('memory is looked at from the start', async () => {
  const { clock, boxes } = fakeHost(
    { engines: { a: { command: 'a', maxMemoryBytes: 1000 } } },
    () => ({ readyAfterMs: Infinity }),
    { usageOf: async () => ({ rssBytes: 2000, cpuMs: 0 }) },
  )
  await clock.advance(2_000)
  assert.is(boxes[0]?.reason, 'memory')
})

test('an engine that is not to be pinged is not, and its heartbeat tells', async () => {
  const { clock, last, boxes } = fakeHost({
    engines: { a: { command: 'a', liveness: { ping: false, blockedFor: '5s' } } },
  })
  await clock.advance(1)
  last('a').isFrozen = true
  await clock.advance(600_000)
  assert.equal(last('a').signals, [])
  last('a').beat({ blockedMs: 5_000 })
  await clock.advance(2_000)
  assert.is(boxes[0]?.reason, 'hang')
})

test('the black box tells of the last messages, ticks and events, and is bounded', async () => {
  const { clock, last, boxes, supervisor } = fakeHost({ engines: { a: spec } })
  await clock.advance(6_000)
  for (let n = 0; n < 300; n += 1)
    settled(supervisor.engine('a').request('work', { n, text: 'x'.repeat(2000) }))
  last('a').die()
  await clock.advance(0)
  const [box] = boxes
  assert.is(box?.entries.length, 200)
  assert.match(
    box?.entries.at(-2)?.text ?? '',
    /^\{"jsonrpc":"2.0","id":\d+,"method":"work".*… \(2\d\d\d characters\)$/,
  )
  assert.is(box?.reason, 'signal')
  assert.is(box?.command, 'a')
})

test.run()
