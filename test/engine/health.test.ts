import { delay, filter, map, skip, take, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkRunner, overall, probes } from '../../src/engine/health.js'

import {
  type CheckResult,
  dispatch,
  type EngineDefinition,
  type HealthCheck,
  method,
} from '../../src/index.js'

import { marbles, testEngine, virtualClock } from '../../src/testing/index.js'
import { demo, sleep } from './demo-engine.js'

const test = suite('health')

const check = { method: 'health.check' }
const result = (pick: (health: never) => unknown) =>
  map((message: Readonly<Record<string, unknown>>) =>
    pick((message['result'] ?? message['params']) as never),
  )

test(
  'tells state, uptime, load and vitals',
  marbles(({ clock, expectObservable }) => {
    const vitals = {
      eventLoop: () => ({ utilization: 0.25, p50Ms: 1, p99Ms: 5, blockedMs: 0 }),
      memory: () => ({ rssBytes: 2, heapUsedBytes: 1 }),
      strayBytes: () => 7,
    }
    const limit = { concurrency: 1 }
    const { send, replies } = testEngine(clock, demo({ limit }), { vitals })
    const sleep = { method: 'sleep', params: [10] }
    send('ab-h', { a: sleep, b: sleep, h: check })
    expectObservable(replies.pipe(take(1))).toBe('---(h|)', {
      h: {
        id: 'h',
        result: {
          status: 'ok',
          state: 'ready',
          uptimeMs: 3,
          inFlight: 1,
          queued: 1,
          strayBytes: 7,
          eventLoop: vitals.eventLoop(),
          memory: vitals.memory(),
          checks: {},
          slowest: {},
          probes: { startup: true, ready: true, live: true },
        },
      },
    })
  }),
)

test(
  'tells the slowest call of each method, and its trace; its own methods are nobody else’s concern',
  marbles(({ clock, expectObservable }) => {
    const gpu = () => sleep(3).then(() => {})
    const methods = {
      sleep: method({ handler: (params) => sleep((params as [number])[0]) }),
      wait: method({ handler: (params) => sleep((params as { ms: number }).ms) }),
    }
    const { send, replies } = testEngine(clock, demo({ health: { gpu }, methods }))
    const traceId = 'a'.repeat(32)
    const _meta = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` }
    send('h---(abc)--h', {
      a: { method: 'sleep', params: [2] },
      b: { method: 'sleep', params: [5] },
      c: { method: 'wait', params: { ms: 4, _meta } },
      h: check,
    })
    const slowest = result(({ slowest }: { slowest: unknown }) => slowest)
    expectObservable(replies.pipe(skip(4), slowest)).toBe('--------------h', {
      h: { sleep: { ms: 5 }, wait: { ms: 4, traceId } },
    })
  }),
)

const checked = async (checks: Readonly<Record<string, HealthCheck>>, ms = 0) => {
  const clock = virtualClock()
  const results = checkRunner(checks, clock)()
  await clock.advance(ms)
  return results
}

test('a check that returns nothing is ok; one that throws or rejects is failing', async () => {
  const throws = () => {
    throw new Error('no gpu')
  }
  const results = await checked({
    nothing: () => {},
    degraded: async () => ({ status: 'degraded', freeMb: 12 }),
    throws,
    rejects: () => Promise.reject('no disk'),
  })
  assert.equal(results, {
    nothing: { status: 'ok' },
    degraded: { status: 'degraded', freeMb: 12 },
    throws: { status: 'failing', reason: 'no gpu' },
    rejects: { status: 'failing', reason: 'no disk' },
  })
})

test('a check that returns no status is failing, and told what to return', async () => {
  const odd = ['fine', true, { status: 'purple' }, {}].map((it) => () => it as never)
  const results = await checked(Object.fromEntries(odd.entries()))
  for (const { status, reason } of Object.values(results)) {
    assert.is(status, 'failing')
    assert.match(String(reason), "return { status: 'ok' | 'degraded' | 'failing' }")
  }
})

test('a check whose facts cannot be told is failing', async () => {
  const cycle: Record<string, unknown> = { status: 'ok' }
  cycle['self'] = cycle
  const checks = { big: () => ({ status: 'ok', free: 10n }) as const, cycle: () => cycle as never }
  const { big, cycle: round } = await checked(checks)
  assert.equal([big?.status, round?.status], ['failing', 'failing'])
  assert.match(String(big?.['reason']), 'BigInt')
})

test('a check that is busy yet is asked about again, and not started again', async () => {
  const clock = virtualClock()
  const ends: ((result: CheckResult) => void)[] = []
  const hangs = () => new Promise<CheckResult>((resolve) => ends.push(resolve))
  const run = checkRunner({ hangs }, clock)
  const first = run()
  await clock.advance(1500)
  const second = run()
  await clock.advance(500)
  ends[0]?.({ status: 'ok', n: 1 })
  assert.equal(await first, { hangs: { status: 'failing', reason: 'no answer within 1000 ms' } })
  assert.equal(await second, { hangs: { status: 'ok', n: 1 } })
  assert.is(ends.length, 1)
  const third = run()
  await clock.advance(0)
  ends[1]?.({ status: 'degraded' })
  assert.equal(await third, { hangs: { status: 'degraded' } })
})

test(
  'a check that hangs is failing after a second, and holds up no other',
  marbles(({ clock, expectObservable }) => {
    const health = { hangs: () => new Promise<never>(() => {}), fine: () => {} }
    const { send, replies } = testEngine(clock, demo({ health }))
    send('h', { h: check })
    const checks = result(({ checks }: { checks: unknown }) => checks)
    expectObservable(replies.pipe(checks)).toBe('1s h', {
      h: {
        hangs: { status: 'failing', reason: 'no answer within 1000 ms' },
        fine: { status: 'ok' },
      },
    })
  }),
)

test('the worst check decides; an engine that does not serve is no better than degraded', () => {
  const ok = { status: 'ok' } as const
  const degraded = { status: 'degraded' } as const
  const failing = { status: 'failing' } as const
  assert.is(overall({}, 'ready'), 'ok')
  assert.is(overall({ ok, degraded }, 'ready'), 'degraded')
  assert.is(overall({ failing, ok, degraded }, 'ready'), 'failing')
  for (const phase of ['starting', 'draining', 'degraded'] as const) {
    assert.is(overall({ ok }, phase), 'degraded')
    assert.is(overall({ failing }, phase), 'failing')
  }
  for (const phase of ['failed', 'stopped'] as const) assert.is(overall({ ok }, phase), 'failing')
})

test('startup, ready and live are three questions', () => {
  const ok = { status: 'ok' } as const
  const degraded = { status: 'degraded' } as const
  const failing = { status: 'failing' } as const
  const told = (...args: Parameters<typeof probes>) => Object.values(probes(...args))
  assert.equal(Object.keys(probes({}, 'ready', true)), ['startup', 'ready', 'live'])
  assert.equal(told({ ok }, 'starting', false), [false, false, true])
  assert.equal(told({ ok }, 'ready', true), [true, true, true])
  assert.equal(told({ degraded }, 'degraded', true), [true, true, true])
  assert.equal(told({ ok, failing }, 'degraded', true), [true, false, true])
  assert.equal(told({ ok }, 'draining', true), [true, false, true])
  assert.equal(told({ ok }, 'failed', false), [false, false, false])
  assert.equal(told({ ok }, 'stopped', true), [true, false, false])
})

test(
  'checks make it degraded and ready again, and the peer is told when it asked for it',
  marbles(({ clock, expectObservable }) => {
    const health = {
      gpu: () => ({ status: clock.now() > 5 && clock.now() < 15 ? 'failing' : 'ok' }) as const,
    }
    const { send, notifications, state$ } = testEngine(clock, demo({ health }))
    send('s--a---b--------c', {
      s: { method: 'engine.subscribe', params: { state: true } },
      a: check,
      b: check,
      c: check,
    })
    expectObservable(state$).toBe('r------d--------r', { r: 'ready', d: 'degraded' })
    expectObservable(notifications).toBe('-------d--------r', {
      d: {
        method: 'engine.stateChanged',
        params: { from: 'ready', to: 'degraded', reason: 'checks: gpu' },
      },
      r: {
        method: 'engine.stateChanged',
        params: { from: 'degraded', to: 'ready', reason: 'checks passed' },
      },
    })
  }),
)

test(
  'uptime counts from its start',
  marbles(({ clock, expectObservable }) => {
    clock.setTimer(() => {
      const { send, replies } = testEngine(clock, demo())
      send('--h', { h: check })
      replies.pipe(result(({ uptimeMs }) => uptimeMs)).subscribe((ms) => assert.is(ms, 2))
    }, 5)
    expectObservable(timer(9)).toBe('9ms (a|)', { a: 0 })
  }),
)

test(
  'times are told in whole milliseconds, and of calls of one method the longest',
  marbles(({ clock, expectObservable }) => {
    const quicker = {
      now: () => clock.now() * 1.1,
      setTimer: clock.setTimer.bind(clock),
      clearTimer: clock.clearTimer.bind(clock),
    }
    const { send, replies } = testEngine(clock, demo(), { clock: quicker })
    const sleep = (ms: number) => ({ method: 'sleep', params: [ms] })
    send('a----b-h', { a: sleep(4), b: sleep(1), h: check })
    const told = result(({ uptimeMs, slowest }) => ({ uptimeMs, slowest }))
    expectObservable(replies.pipe(skip(2), told)).toBe('-------h', {
      h: { uptimeMs: 8, slowest: { sleep: { ms: 4 } } },
    })
  }),
)

test(
  'calls count as queued wherever they wait to begin, and no more once they are settled',
  marbles(({ clock, expectObservable }) => {
    const calls: EngineDefinition['calls'] = (calls$) => calls$.pipe(delay(3), dispatch())
    const replies: EngineDefinition['replies'] = (outcomes$) => outcomes$.pipe(delay(4))
    const { send, replies: written } = testEngine(clock, demo({ calls, replies }))
    const sleep = { method: 'sleep', params: [2] }
    send('-a-s-s-s', { a: sleep, s: { method: 'engine.status', id: null } })
    const load = result(({ inFlight, queued }) => [inFlight, queued])
    expectObservable(
      written.pipe(
        filter(({ id }) => id === null),
        load,
      ),
    ).toBe('---b-c-d', {
      b: [0, 1],
      c: [1, 0],
      d: [0, 0],
    })
  }),
)

test.run()
