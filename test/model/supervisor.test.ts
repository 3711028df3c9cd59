/**
 * The supervisor under crashes, stops and hangs at once: whatever happens, in whatever order, its promises hold.
 * `SEED=… RUNS=… node scripts/test.mjs model` repeats a run.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type FakeProcess, fakeHost } from '../host/fake-host.js'
import { settled } from '../host/settled.js'

const test = suite('supervisor, model')
const runs = Number(process.env['RUNS'] ?? 400)
const seed = process.env['SEED'] === undefined ? Date.now() % 2 ** 31 : Number(process.env['SEED'])

const names = ['a', 'b', 'c'] as const
type Name = (typeof names)[number]

type Act =
  | { readonly do: 'advance'; readonly ms: number }
  | {
      readonly do: 'call'
      readonly engine: Name
      readonly method: 'work' | 'other'
      readonly deadlineMs?: number
    }
  | {
      readonly do: 'answer' | 'part' | 'crash' | 'exit' | 'freeze' | 'hang' | 'close-stdout'
      readonly engine: Name
    }
  | { readonly do: 'resume' | 'restart'; readonly engine: Name }
  | { readonly do: 'stop' }

const engine = fc.constantFrom(...names)
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(0, 1, 10, 200, 1000, 6000, 30_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        do: fc.constant('call' as const),
        engine,
        method: fc.constantFrom('work' as const, 'other' as const),
        deadlineMs: fc.constantFrom(1, 500, 60_000),
      },
      { requiredKeys: ['do', 'engine', 'method'] },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'answer' as const,
        'answer' as const,
        'part' as const,
        'crash' as const,
        'exit' as const,
        'freeze' as const,
        'hang' as const,
        'close-stdout' as const,
      ),
      engine,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('resume' as const, 'restart' as const), engine }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
)

const behaviour = fc.record({
  readyAfterMs: fc.constantFrom(0, 5, 300, Infinity),
  stopsAfterMs: fc.constantFrom(0, 50, Infinity),
})

const setting = fc.record({
  strategy: fc.constantFrom(
    'one_for_one' as const,
    'one_for_all' as const,
    'rest_for_one' as const,
  ),
  types: fc.array(
    fc.constantFrom('permanent' as const, 'transient' as const, 'temporary' as const),
    { minLength: 3, maxLength: 3 },
  ),
  pool: fc.constantFrom(1, { min: 1, max: 3, idleFor: '5s' } as const),
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 8 }),
})

type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never

const play = async (
  { strategy, types, pool, behaviours }: Setting,
  acts: readonly Act[],
): Promise<void> => {
  const restart = (n: number) =>
    ({
      type: types[n] as 'permanent',
      backoff: { base: 100 },
      startFailures: { most: 3, within: '1m' },
      crashes: { most: 4, within: '1m' },
    }) as const
  const liveness = { every: '1s', timeout: '500ms', misses: 2, blockedFor: '10s' } as const
  const common = { liveness, startup: '2s', grace: '1s', replays: 2, queue: 20 } as const
  const host = fakeHost(
    {
      strategy,
      engines: {
        a: { command: 'a', restart: restart(0), ...common },
        b: { command: 'b', restart: restart(1), pool, ...common },
        c: { command: 'c', restart: restart(2), ...common },
      },
    },
    (_, nth) => ({ ...(behaviours[nth % behaviours.length] as object), isIdempotent: true }),
  )
  const { supervisor, clock, processes } = host
  const calls: { end: ReturnType<typeof settled>; key: number; method: string }[] = []
  const parted = new Map<unknown, number>()
  let isStopped = false
  const stop = (): void =>
    void supervisor.stop().then(() => {
      isStopped = true
    })
  const alive = (name: string): FakeProcess[] =>
    processes.filter((it) => it.name === name && it.isAlive)

  const check = (): void => {
    for (const name of names) {
      const most = name === 'b' && typeof pool === 'object' ? pool.max : 1
      assert.ok(alive(name).length <= most, `${alive(name).length} processes of ${name}`)
    }
    if (isStopped) assert.equal(names.flatMap(alive), [], 'a process after the stop')
    for (const { key, method } of calls) {
      const seen = processes.filter(({ requests }) =>
        requests.some(({ params }) => params['key'] === key),
      )
      const most = method === 'work' ? 3 : 1
      assert.ok(
        seen.length <= (parted.get(key) ?? most),
        `${method} was received by ${seen.length} processes`,
      )
    }
  }

  for (const one of acts) {
    switch (one.do) {
      case 'advance':
        await clock.advance(one.ms)
        break
      case 'call': {
        const { method, deadlineMs } = one
        const key = calls.length
        const request = supervisor
          .engine(one.engine)
          .request(method, { key }, { deadlineMs, onProgress: () => {} })
        calls.push({ end: settled(request), key, method })
        break
      }
      case 'stop':
        stop()
        break
      case 'resume':
      case 'restart':
        supervisor[one.do](one.engine)
        break
      default:
        happen(one.do, alive(one.engine)[0], (key) =>
          parted.set(
            key,
            processes.filter(({ requests }) => requests.some(({ params }) => params['key'] === key))
              .length,
          ),
        )
    }
    check()
  }
  stop()
  await clock.advance(120_000)
  assert.ok(isStopped, `the stop never came to an end: ${JSON.stringify(supervisor.status)}`)
  check()
  for (const { end } of calls)
    assert.ok('result' in end || 'error' in end, 'a call was never settled')
  const count = processes.length
  await clock.advance(600_000)
  assert.is(processes.length, count, 'a start after the stop')
  assert.is(clock.pending, 0, 'timers are left')
}

const happen = (
  what: Act['do'],
  process: FakeProcess | undefined,
  onPart: (key: unknown) => void,
): void => {
  const open = process?.requests.at(-1)
  switch (what) {
    case 'answer':
      if (open !== undefined) process?.answer(open.id, 'done')
      break
    case 'part':
      if (open === undefined || process?.isFrozen !== false) return
      process.progress(open.id, 'part', true)
      onPart(open.params['key'])
      break
    case 'crash':
      process?.die()
      break
    case 'exit':
      process?.die({ how: 'exited', exitCode: 0 })
      break
    case 'freeze':
      if (process !== undefined) process.isFrozen = true
      break
    case 'hang':
      process?.beat({ blockedMs: 10_000 })
      break
    case 'close-stdout':
      process?.closeStdout()
      break
  }
}

test('whatever happens, every call is settled, nobody runs twice, and a stop is the end', async () => {
  console.log(`seed ${seed}, ${runs} runs`)
  await fc.assert(fc.asyncProperty(setting, fc.array(act, { maxLength: 60 }), play), {
    numRuns: runs,
    seed,
  })
})

test.run()
