/** Calls to supervised engines, in virtual time: where they go, when they wait, and which are sent again. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fakeHost } from './fake-host.js'
import { settled } from './settled.js'

const test = suite('calls to supervised engines')

test('wait until a process is ready, and keep their order', async () => {
  const { clock, supervisor, last } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({
    readyAfterMs: 50,
  }))
  const engine = supervisor.engine('a')
  const ends = [1, 2, 3].map((n) => settled(engine.request('work', { n })))
  await clock.advance(49)
  assert.is(last('a').requests.length, 0)
  await clock.advance(1)
  assert.equal(
    last('a').requests.map(({ params }) => params['n']),
    [1, 2, 3],
  )
  for (const { id, params } of last('a').requests) last('a').answer(id, params['n'])
  await clock.advance(0)
  assert.equal(
    ends.map(({ result }) => result),
    [1, 2, 3],
  )
})

test('that wait have deadlines, can be cancelled, and are limited in number', async () => {
  const { clock, supervisor, processes } = fakeHost(
    { engines: { a: { command: 'a', queue: 2 } } },
    () => ({ readyAfterMs: Infinity }),
  )
  const engine = supervisor.engine('a')
  const controller = new AbortController()
  const late = settled(engine.request('work', {}, { deadlineMs: 20 }))
  const cancelled = settled(engine.request('work', {}, { signal: controller.signal }))
  const refused = settled(engine.request('work'))
  await clock.advance(0)
  assert.is(refused.error?.kind, 'Overloaded')
  controller.abort()
  await clock.advance(19)
  assert.is(cancelled.error?.kind, 'RequestCancelled')
  assert.is(late.error, undefined)
  await clock.advance(1)
  assert.is(late.error?.kind, 'DeadlineExceeded')
  assert.is(late.error?.facts['phase'], 'queued')
  assert.is(processes[0]?.requests.length, 0)
})

test('of methods that are not idempotent fail when the process dies, and are told that it comes back', async () => {
  const { clock, supervisor, last } = fakeHost({ engines: { a: { command: 'a' } } })
  await clock.advance(1)
  const end = settled(supervisor.engine('a').request('work'))
  await clock.advance(1)
  last('a').die({ how: 'killed', signal: 'SIGILL' })
  await clock.advance(0)
  assert.is(end.error?.kind, 'EngineGone')
  assert.is(end.error?.facts['restarting'], true)
  assert.is(end.error?.facts['delivery'], 'possible')
  assert.match(end.error?.message ?? '', /the CPU lacks/)
})

test('of idempotent methods are sent again, with the same key, the time that is left, and where they were', async () => {
  const { clock, supervisor, processes, last } = fakeHost(
    { engines: { a: { command: 'a' } } },
    () => ({ isIdempotent: true }),
  )
  await clock.advance(1)
  const end = settled(supervisor.engine('a').request('work', { n: 1 }, { deadlineMs: 10_000 }))
  await clock.advance(100)
  last('a').die()
  await clock.advance(1000)
  assert.is(processes.length, 2)
  const [first, second] = processes.map(({ requests }) => requests[0]?.params['_meta'] ?? {})
  assert.is(first?.['idempotencyKey'], second?.['idempotencyKey'])
  assert.equal(second?.['replay'], { attempt: 2, after: ['a/1'] })
  assert.is(first?.['deadlineMs'], 10_000)
  assert.is(second?.['deadlineMs'], 9_700)
  last('a').answer(last('a').requests[0]?.id as number, 'done')
  await clock.advance(0)
  assert.is(end.result, 'done')
})

test('with a deadline that is no number are a mistake, and no endless wait', async () => {
  const { clock, supervisor } = fakeHost({ engines: { a: { command: 'a' } } })
  const end = settled(supervisor.engine('a').request('work', {}, { deadlineMs: Number.NaN }))
  await clock.advance(0)
  assert.instance(end.error, TypeError)
})

test('are sent again a few times only', async () => {
  const { clock, supervisor, processes, last } = fakeHost({
    engines: { a: { command: 'a', replays: 2, idempotent: ['mine'] } },
  })
  await clock.advance(1)
  const end = settled(supervisor.engine('a').request('mine'))
  for (let n = 0; n < 3; n += 1) {
    await clock.advance(1000)
    last('a').die()
  }
  await clock.advance(1000)
  assert.is(end.error?.kind, 'EngineGone')
  assert.equal(
    processes.map(({ requests }) => requests.length),
    [1, 1, 1, 0],
  )
})

test('are not sent again once a part of the result has been seen; progress does no harm', async () => {
  for (const isPartial of [true, false]) {
    const { clock, supervisor, processes, last } = fakeHost(
      { engines: { a: { command: 'a' } } },
      () => ({ isIdempotent: true }),
    )
    await clock.advance(1)
    const seen: unknown[] = []
    const onProgress = (value: unknown) => seen.push(value)
    const end = settled(supervisor.engine('a').request('work', {}, { onProgress }))
    await clock.advance(1)
    last('a').progress(last('a').requests[0]?.id as number, 'x', isPartial)
    last('a').die()
    await clock.advance(1000)
    assert.equal(seen, ['x'])
    assert.is(end.error?.kind, isPartial ? 'EngineGone' : undefined)
    assert.is(processes[1]?.requests.length, isPartial ? 0 : 1)
  }
})

test('go to the process with the fewest in flight', async () => {
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a', pool: 3 } } })
  await clock.advance(1)
  const counts = () => processes.map(({ requests }) => requests.length)
  for (let n = 0; n < 6; n += 1) settled(supervisor.engine('a').request('work'))
  assert.equal(counts(), [2, 2, 2])
  const [, busy] = processes
  for (const { id } of busy?.requests ?? []) busy?.answer(id, null)
  await clock.advance(0)
  for (let n = 0; n < 2; n += 1) settled(supervisor.engine('a').request('work'))
  assert.equal(counts(), [2, 4, 2])
})

test('with the same sticky text go to the same process, and most stay there when another one dies', async () => {
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a', pool: 4 } } })
  await clock.advance(1)
  const texts = Array.from({ length: 100 }, (_, n) => `document ${n}`)
  const places = (): Map<unknown, number> => {
    const seen = processes.map(({ requests }) => requests.length)
    const engine = supervisor.engine('a')
    for (const text of texts) settled(engine.request('work', { text }, { sticky: text }))
    const news = processes.flatMap(({ pid, requests }, index) =>
      requests.slice(seen[index]).map(({ params }) => [params['text'], pid] as const),
    )
    return new Map(news)
  }
  const before = places()
  assert.equal(places(), before)
  const counts = processes.map(({ pid }) => [...before.values()].filter((it) => it === pid).length)
  assert.ok(Math.min(...counts) > 10, `spread over all: ${counts}`)
  processes[3]?.die()
  await clock.advance(0)
  const moved = [...places()].filter(([text, pid]) => before.get(text) !== pid)
  assert.is(moved.length, counts[3])
})

test('that are sticky stay with their process, also while it is busy and when the pool grows', async () => {
  const pool = { min: 1, max: 3 } as const
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a', pool } } })
  await clock.advance(1)
  const engine = supervisor.engine('a')
  settled(engine.request('work', {}, { sticky: 'mine' }))
  for (let n = 0; n < 4; n += 1) {
    settled(engine.request('work'))
    await clock.advance(10)
  }
  assert.is(processes.length, 3)
  processes[0]?.beat({ blockedMs: 5000 })
  const before = processes.map(({ requests }) => requests.length)
  settled(engine.request('work', {}, { sticky: 'mine' }))
  assert.equal(
    processes.map(({ requests }, index) => requests.length - (before[index] ?? 0)),
    [1, 0, 0],
  )
})

test('what an engine answers of another engine’s end is its answer, and no end of its own', async () => {
  const { clock, supervisor, last, processes } = fakeHost({
    engines: { a: { command: 'a', idempotent: ['work'] } },
  })
  await clock.advance(1)
  const ends = ['work', 'other'].map((method) => settled(supervisor.engine('a').request(method)))
  for (const { id } of last('a').requests) {
    const data = { kind: 'EngineGone', delivery: 'never', exitCode: 3, restarting: false }
    last('a').tell({ id, error: { code: -32005, message: 'the inner one is gone', data } })
  }
  await clock.advance(1000)
  assert.equal(
    ends.map(({ error }) => error?.message),
    ['the inner one is gone', 'the inner one is gone'],
  )
  assert.is(processes[0]?.requests.length, 2)
})

test('that never reached an engine do not count as sent', async () => {
  const { clock, supervisor, last, processes } = fakeHost(
    { engines: { a: { command: 'a', replays: 1 } } },
    () => ({ isIdempotent: true }),
  )
  await clock.advance(1)
  last('a').stall()
  const end = settled(supervisor.engine('a').request('work'))
  last('a').closeStdout()
  await clock.advance(10_000)
  assert.is(processes.length, 2)
  last('a').answer(last('a').requests[0]?.id as number, 'done')
  await clock.advance(0)
  assert.is(end.result, 'done')
  assert.is(last('a').requests[0]?.params._meta?.['replay'], undefined)
})

test('go past a process that is busy', async () => {
  const { clock, supervisor, processes, events } = fakeHost({
    engines: { a: { command: 'a', pool: 2 } },
  })
  await clock.advance(1)
  processes[0]?.beat({ blockedMs: 1500 })
  for (let n = 0; n < 3; n += 1) settled(supervisor.engine('a').request('work'))
  assert.equal(
    processes.map(({ requests }) => requests.length),
    [0, 3],
  )
  processes[0]?.beat({ blockedMs: 0 })
  settled(supervisor.engine('a').request('work'))
  assert.equal(
    processes.map(({ requests }) => requests.length),
    [1, 3],
  )
  assert.equal(events.slice(-2), ['1 a#1 busy', '1 a#1 recovered'])
})

test('a pool grows under pressure, and shrinks when it rests', async () => {
  const pool = { min: 1, max: 3, idleFor: '10s' } as const
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a', pool } } })
  await clock.advance(1)
  const ends = []
  for (let n = 0; n < 6; n += 1) {
    ends.push(settled(supervisor.engine('a').request('work')))
    await clock.advance(10)
  }
  assert.is(processes.length, 3)
  for (const one of processes) for (const { id } of one.requests) one.answer(id, 'done')
  await clock.advance(9_999)
  assert.is(processes.filter(({ isAlive }) => isAlive).length, 3)
  await clock.advance(1_000)
  assert.is(processes.filter(({ isAlive }) => isAlive).length, 1)
  assert.equal(
    ends.map(({ result }) => result),
    Array(6).fill('done'),
  )
})

test('a pool that shrinks keeps the processes that are busy', async () => {
  const pool = { min: 1, max: 3, idleFor: '10s' } as const
  const { clock, supervisor, processes } = fakeHost({ engines: { a: { command: 'a', pool } } })
  await clock.advance(1)
  for (let n = 0; n < 6; n += 1) {
    settled(supervisor.engine('a').request('work'))
    await clock.advance(10)
  }
  const busy = processes[2]
  for (const one of processes)
    if (one !== busy) for (const { id } of one.requests) one.answer(id, 'done')
  await clock.advance(60_000)
  assert.equal(
    processes.filter(({ isAlive }) => isAlive).map(({ pid }) => pid),
    [busy?.pid],
  )
})

test('calls that fail count for the replacement, too', async () => {
  const { clock, supervisor, processes } = fakeHost({
    engines: { a: { command: 'a', recycle: { calls: 2 } } },
  })
  await clock.advance(1)
  const engine = supervisor.engine('a')
  settled(engine.request('work'))
  settled(engine.request('work'))
  const error = { code: -32000, message: 'no' }
  for (const { id } of processes[0]?.requests ?? []) processes[0]?.tell({ id, error })
  await clock.advance(10)
  assert.is(processes.length, 2)
})

test('calls that waited leave no timer behind', async () => {
  const { clock, supervisor } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({
    readyAfterMs: 5,
  }))
  const idle = async () => {
    const { clock: other } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({
      readyAfterMs: 5,
    }))
    await other.advance(10)
    return other.pending
  }
  settled(supervisor.engine('a').request('work', {}, { deadlineMs: 100_000 }))
  await clock.advance(10)
  assert.is(clock.pending, (await idle()) + 1, 'the deadline of the one request that was sent')
})

test('a process is replaced after so many calls, when they are done', async () => {
  const { clock, supervisor, processes, events } = fakeHost(
    { engines: { a: { command: 'a', recycle: { calls: 2 } } } },
    () => ({ stopsAfterMs: 5 }),
  )
  await clock.advance(1)
  const engine = supervisor.engine('a')
  settled(engine.request('work'))
  settled(engine.request('work'))
  for (const { id } of processes[0]?.requests ?? []) processes[0]?.answer(id, null)
  await clock.advance(1)
  const third = settled(engine.request('work'))
  await clock.advance(10)
  assert.is(processes.length, 2)
  processes[1]?.answer(processes[1].requests[0]?.id as number, 'from the new one')
  await clock.advance(0)
  assert.is(third.result, 'from the new one')
  assert.ok(events.includes('1 a recycling'))
})

test('a process that is replaced may take its time with its calls, one that is stopped may not', async () => {
  const { clock, supervisor, processes } = fakeHost(
    { engines: { a: { command: 'a', grace: '1s' } } },
    () => ({ stopsAfterMs: Infinity }),
  )
  await clock.advance(1)
  supervisor.restart('a')
  await clock.advance(61_000)
  assert.equal(processes[0]?.signals, ['SIGCONT'])
  await clock.advance(10_000)
  assert.is(processes.length, 2)
  void supervisor.stop()
  await clock.advance(6_000)
  assert.equal(processes[1]?.signals, ['SIGCONT', 'SIGTERM'])
})

test('a process that is being replaced has no more time once all are stopped', async () => {
  const { clock, supervisor, processes } = fakeHost(
    { engines: { a: { command: 'a', grace: '1s' } } },
    () => ({ stopsAfterMs: Infinity }),
  )
  await clock.advance(1)
  supervisor.restart('a')
  await clock.advance(10)
  const stopped = settled(supervisor.stop())
  await clock.advance(3_100)
  assert.ok('result' in stopped)
  assert.equal(
    processes.map(({ signals }) => signals.at(-1)),
    ['SIGKILL'],
  )
})

test('that a draining engine refuses go to the next process, if they may', async () => {
  const { clock, supervisor, last, processes } = fakeHost({
    engines: { a: { command: 'a', idempotent: ['mine'] } },
  })
  await clock.advance(1)
  const engine = supervisor.engine('a')
  const [mine, other] = [settled(engine.request('mine')), settled(engine.request('other'))]
  const first = last('a')
  first.tell({
    method: 'engine.stateChanged',
    params: { from: 'ready', to: 'draining', reason: 'SIGTERM' },
  })
  const error = {
    code: -32004,
    message: 'draining',
    data: { kind: 'ShuttingDown', retryable: true },
  }
  for (const { id } of first.requests) first.tell({ id, error })
  await clock.advance(1)
  assert.is(other.error?.kind, 'ShuttingDown')
  first.die({ how: 'exited', exitCode: 0 })
  await clock.advance(1000)
  assert.equal(
    processes[1]?.requests.map(({ method }) => method),
    ['mine'],
  )
  last('a').answer(last('a').requests[0]?.id as number, 'done')
  await clock.advance(0)
  assert.is(mine.result, 'done')
})

test('a process is replaced at an age, and by hand', async () => {
  const { clock, supervisor, processes } = fakeHost({
    engines: { a: { command: 'a', recycle: { age: '1h' } } },
  })
  await clock.advance(0)
  await clock.advance(3_959_000)
  assert.is(processes.length, 1)
  await clock.advance(2_000)
  assert.is(processes.length, 2, 'with the most of its jitter')
  supervisor.restart('a')
  await clock.advance(10)
  assert.is(processes.length, 3)
})

test('fail with ShuttingDown once the supervisor stops', async () => {
  const { clock, supervisor } = fakeHost({ engines: { a: { command: 'a' } } }, () => ({
    readyAfterMs: Infinity,
  }))
  const waiting = settled(supervisor.engine('a').request('work'))
  const stopped = supervisor.stop()
  const later = settled(supervisor.engine('a').request('work'))
  await clock.advance(10_000)
  await stopped
  assert.equal([waiting.error?.kind, later.error?.kind], ['ShuttingDown', 'ShuttingDown'])
})

test('the supervisor is ready when all are, and says which one is not', async () => {
  const one = fakeHost({ engines: { a: { command: 'a' }, b: { command: 'b' } } }, () => ({
    readyAfterMs: 10,
  }))
  let isReady = false
  void one.supervisor.ready().then(() => {
    isReady = true
  })
  await one.clock.advance(9)
  assert.not.ok(isReady)
  await one.clock.advance(1)
  assert.ok(isReady)
  const other = fakeHost(
    { engines: { a: { command: 'a', restart: { startFailures: { most: 0, within: '1m' } } } } },
    () => ({ readyAfterMs: Infinity }),
  )
  const end = settled(other.supervisor.ready())
  await other.clock.advance(30_000)
  assert.match(end.error?.message ?? '', /quarantined.*not ready within/)
})

test('names the engines that there are', () => {
  const { supervisor } = fakeHost({ engines: { a: { command: 'a' } } })
  for (const call of ['engine', 'resume', 'restart'] as const)
    assert.throws(() => supervisor[call]('b' as 'a'), /There is no engine b; there are: a/)
  assert.throws(
    () => fakeHost({ engines: { a: { command: '' } } }),
    /The engine a: it has no command/,
  )
  assert.throws(
    () => fakeHost({ engines: { a: { command: 'a', pool: 0 } } }),
    /The engine a: pool wants/,
  )
})

test.run()
