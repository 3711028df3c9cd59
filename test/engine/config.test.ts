import { delay, map, ReplaySubject } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EngineContext, engine, group, method, perCall, setting, t } from '../../src/index.js'
import type {
  ConfigChange,
  ConfigPort,
  ConfigUser,
  EngineSettings,
} from '../../src/ports/config.js'
import { marbles, testEngine, virtualClock } from '../../src/testing/index.js'

const test = suite('settings from outside')

const plain: EngineSettings = { own: undefined, limits: {}, methods: {}, callShare: 0 }

/** A config that a test changes by hand, as a file or a call would. */
const configOf = (first: Partial<EngineSettings> = {}) => {
  let user: ConfigUser | undefined
  const asked: unknown[] = []
  const change: ConfigChange = {
    result: 'applied',
    cause: 'a test',
    changed: ['some.key'],
    pending: [],
    problems: [],
  }
  const port: ConfigPort = {
    settings: { ...plain, ...first },
    use: (it) => {
      user = it
    },
    reload: (cause) => {
      asked.push(['reload', cause])
      return { ...change, cause }
    },
    set: (key, value) => {
      asked.push(['set', key, value])
      return change
    },
    get: (key) => {
      asked.push(['get', key])
      return []
    },
    logLevelChanged: (...told) => asked.push(['level', ...told]),
  }
  return {
    port,
    asked,
    change,
    apply: (next: Partial<EngineSettings>) => user?.apply({ ...plain, ...next }),
    looked: (told: Partial<ConfigChange>) => user?.looked({ ...change, ...told }),
  }
}

const sleep = method({
  params: t.type({ ms: t.number }),
  handler: ({ ms }, { config }) => new Promise((resolve) => setTimeout(() => resolve(config), ms)),
})
const demo = engine({
  name: 'demo',
  version: '1.0.0',
  config: t.strict({ model: setting(t.string, { default: 'base' }) }),
  stages: { slow: perCall(delay(5)), slower: perCall(delay(9)) },
  deadline: 50,
  methods: {
    sleep,
    now: method({ handler: (_, { config }) => config }),
    models: group({ methods: { load: sleep, list: method({ handler: () => [] }) }, deadline: 20 }),
  },
})

test(
  'a setting of a method comes before that of its group, and both before what the code says there',
  marbles(({ clock, expectObservable }) => {
    const { port } = configOf({
      deadline: 40,
      methods: { 'models.*': { deadline: 10 }, sleep: { deadline: 4 } },
    })
    const { send, replies } = testEngine(clock, demo, { config: port })
    const params = { ms: 1000 }
    send('-(abc)', {
      a: { method: 'sleep', params },
      b: { method: 'models.load', params },
      c: { method: 'now' },
    })
    const ids = replies.pipe(map(({ id }) => id))
    expectObservable(ids).toBe('-c---a-----b')
  }),
)

test(
  'stages that a config names take the place of those of the code',
  marbles(({ clock, expectObservable }) => {
    const { port, apply } = configOf({ methods: { 'models.*': { stages: ['slow'] } } })
    const { send, replies } = testEngine(clock, demo, { config: port })
    send('-a----------b-----------c', {
      a: { method: 'models.list' },
      b: { method: 'models.list' },
      c: { method: 'models.list' },
    })
    clock.setTimer(() => apply({ methods: { 'models.*': { stages: ['slow', 'slower'] } } }), 9)
    clock.setTimer(() => apply({}), 20)
    expectObservable(replies.pipe(map(({ id }) => id))).toBe('------a-----------------c-b')
  }),
)

test(
  'calls that are open finish with what they came in with; later ones have the new settings',
  marbles(({ clock, expectObservable }) => {
    const { port, apply } = configOf({ own: { model: 'one' } })
    const { send, replies } = testEngine(clock, demo, { config: port })
    send('-a--b', { a: { method: 'sleep', params: { ms: 6 } }, b: { method: 'now' } })
    clock.setTimer(() => apply({ own: { model: 'two' } }), 3)
    const results = replies.pipe(map(({ id, result }) => [id, result]))
    expectObservable(results).toBe('----b--a', {
      a: ['a', { model: 'one' }],
      b: ['b', { model: 'two' }],
    })
  }),
)

test(
  'limits are those of the config, from the next call on',
  marbles(({ clock, expectObservable }) => {
    const { port, apply } = configOf({ limit: { concurrency: 1 } })
    const { send, replies } = testEngine(clock, demo, { config: port })
    const params = { ms: 4 }
    const call = { method: 'sleep', params }
    send('-(ab)------(cd)', { a: call, b: call, c: call, d: call })
    clock.setTimer(() => apply({ limit: { concurrency: 2 } }), 10)
    expectObservable(replies.pipe(map(({ id }) => id))).toBe('-----a---b-----(cd)')
  }),
)

test(
  'what is no matter of the pipelines leaves them as they are, and their limits go on counting',
  marbles(({ clock, expectObservable }) => {
    const own = { model: 'one' }
    const limit = { concurrency: 1 }
    const { port, apply } = configOf({ own, limit })
    const { send, replies } = testEngine(clock, demo, { config: port })
    const call = { method: 'sleep', params: { ms: 4 } }
    send('-a-b', { a: call, b: call })
    clock.setTimer(() => apply({ own, limit, callShare: 1, drainMs: 7 }), 2)
    expectObservable(replies.pipe(map(({ id }) => id))).toBe('-----a---b')
  }),
)

test(
  'settings that the pipelines cannot be built with are not taken, and the old ones stay',
  marbles(({ clock, expectObservable }) => {
    const { port, apply } = configOf({ own: { model: 'one' } })
    const { send, replies, records } = testEngine(clock, demo, { config: port })
    send('---a', { a: { method: 'now' } })
    let fault: string | undefined
    clock.setTimer(() => {
      fault = apply({ own: { model: 'two' }, methods: { now: { stages: ['unknown'] } } })
    }, 1)
    const results = replies.pipe(map(({ result }) => result))
    expectObservable(results).toBe('---a', { a: { model: 'one' } })
    clock.setTimer(() => {
      assert.match(fault ?? '', /cannot be built/)
      assert.ok(records.some(({ level }) => level === 'error'))
    }, 5)
  }),
)

test(
  'hooks follow the config as a stream',
  marbles(({ clock, expectObservable }) => {
    const own$ = new ReplaySubject<unknown>()
    const { port, apply } = configOf({ own: 'a' })
    const onStart = ({ config$ }: EngineContext) => void config$.subscribe(own$)
    testEngine(clock, engine({ name: 'demo', version: '1.0.0', onStart }), { config: port })
    clock.setTimer(() => apply({ own: 'b' }), 2)
    clock.setTimer(() => apply({ own: 'b', deadline: 5 }), 3)
    expectObservable(own$).toBe('a-b')
  }),
)

test(
  'a look at the config is told to who asked, counted, and logged',
  marbles(({ clock, expectObservable }) => {
    const { port, looked } = configOf()
    const { send, notifications, replies, records } = testEngine(clock, demo, { config: port })
    send('-s----t', {
      s: { method: 'engine.subscribe', params: { config: true } },
      t: { method: 'engine.status' },
    })
    clock.setTimer(() => looked({ pending: ['limits.batch'] }), 2)
    const problems = [{ source: 'c.yaml:1:1', key: 'log.level', message: 'expected a level' }]
    clock.setTimer(() => looked({ result: 'rejected', changed: [], problems }), 4)
    const told = notifications.pipe(
      map(({ method, params }) => [method, (params as ConfigChange).result]),
    )
    expectObservable(told).toBe('--a-b', {
      a: ['config.changed', 'applied'],
      b: ['config.changed', 'rejected'],
    })
    const status = replies.pipe(
      map(({ id, result }) => (id === 't' ? (result as { config: unknown }).config : null)),
    )
    expectObservable(status).toBe('-s----t', {
      s: null,
      t: { applied: 1, unchanged: 0, rejected: 1, pending: ['limits.batch'] },
    })
    clock.setTimer(() => {
      const lines = records
        .map(({ message }) => message)
        .filter((it) => /config|next start/i.test(it))
      assert.equal(lines, [
        'The config has changed: some.key. To be in force at the next start: limits.batch',
        'The config is not taken: c.yaml:1:1: log.level: expected a level',
      ])
    }, 9)
  }),
)

test(
  'config.get, config.set, config.reload, log.setLevel and SIGHUP get to it',
  marbles(({ clock, expectObservable }) => {
    const { port, asked } = configOf()
    const { send, replies, signals$ } = testEngine(clock, demo, { config: port })
    send('-abcd', {
      a: { method: 'config.get', params: { key: 'log' } },
      b: { method: 'config.set', params: { key: 'drain', value: '2s' } },
      c: { method: 'config.reload' },
      d: { method: 'log.setLevel', params: { level: 'warn' } },
    })
    clock.setTimer(() => signals$.next({ type: 'signal', signal: 'SIGHUP' }), 6)
    expectObservable(replies.pipe(map(({ error }) => error))).toBe('-abcd', {
      a: undefined,
      b: undefined,
      c: undefined,
      d: undefined,
    })
    clock.setTimer(() => {
      assert.equal(asked, [
        ['get', 'log'],
        ['set', 'drain', '2s'],
        ['reload', 'config.reload'],
        ['level', 'warn', undefined],
        ['reload', 'SIGHUP'],
      ])
    }, 9)
  }),
)

test(
  'a config that cannot be read again on SIGHUP ends nothing',
  marbles(({ clock, expectObservable }) => {
    const { port } = configOf()
    const broken: ConfigPort = { ...port, reload: () => Promise.reject(new Error('no')) }
    const { send, replies, signals$, records } = testEngine(clock, demo, { config: broken })
    clock.setTimer(() => signals$.next({ type: 'signal', signal: 'SIGHUP' }), 1)
    send('---a', { a: { method: 'models.list' } })
    expectObservable(replies.pipe(map(({ result }) => result))).toBe('---a', { a: [] })
    clock.setTimer(() => {
      assert.ok(records.some(({ message }) => message === 'The config cannot be read again'))
    }, 5)
  }),
)

test('a section that does not fit ends the start with what is wrong', () => {
  assert.throws(
    () => testEngine(virtualClock(), demo, { config: { own: { model: 5 } } }),
    /The engine's config does not fit at \/model: expected string, got number/,
  )
})

test.run()
