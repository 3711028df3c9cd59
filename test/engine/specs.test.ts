import * as t from 'io-ts'
import { map, NEVER, pipe, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { methodSpec, type ResolvedMethod, resolveMethods } from '../../src/engine/specs.js'
import {
  type CallSettings,
  deadline,
  dispatch,
  type EngineDefinition,
  engine,
  group,
  limit,
  type Methods,
  standardCalls,
} from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'

const test = suite('specs')

const stuck = { handler: () => NEVER }

/** The same method at three depths; what each sets is the inner one's to override. */
const nested = (outer: CallSettings, middle: CallSettings, inner: CallSettings): Methods => ({
  plain: stuck,
  models: group({
    ...outer,
    methods: { load: stuck, asr: group({ ...middle, methods: { run: { ...stuck, ...inner } } }) },
  }),
})

const demo = (methods: Methods, more: Partial<EngineDefinition> = {}) =>
  engine({ name: 'demo', version: '1.0.0', methods, ...more })

const ids = map(({ id }: Readonly<Record<string, unknown>>) => id)
const [p, l, r] = ['plain', 'models.load', 'models.asr.run'].map((method) => ({ method }))
const three = { p, l, r } as Record<string, { method: string }>

test('names of nested groups are joined by dots', () => {
  const names = resolveMethods(demo(nested({}, {}, {}))).map(({ name }) => name)
  assert.equal(names, ['plain', 'models.load', 'models.asr.run'])
})

test('what a method sets counts before its group, that before the engine', () => {
  const limits = [1, 2, 3].map((concurrency) => ({ concurrency }))
  const settings = limits.map((one, index) => ({ limit: one, deadline: index + 1 }))
  const [outer = {}, middle = {}, inner = {}] = settings
  const found = (methods: Methods) =>
    resolveMethods(demo(methods)).map((method) => [method.limit?.concurrency, method.deadline])
  assert.equal(found(nested(outer, middle, inner)), [
    [undefined, undefined],
    [1, 1],
    [3, 3],
  ])
  assert.equal(found(nested(outer, middle, {})), [
    [undefined, undefined],
    [1, 1],
    [2, 2],
  ])
  assert.equal(found(nested(outer, {}, {})), [
    [undefined, undefined],
    [1, 1],
    [1, 1],
  ])
})

test(
  'deadlines: engine, group, method',
  marbles(({ clock, expectObservable }) => {
    const methods = nested({ deadline: 4 }, {}, { deadline: 6 })
    const { send, replies } = testEngine(clock, demo(methods, { deadline: 2 }))
    send('(plr)', three)
    expectObservable(replies.pipe(ids)).toBe('--p-l-r')
  }),
)

test(
  'limits: a method of its own, else that of its group, counted for each method',
  marbles(({ clock, expectObservable }) => {
    const one = { concurrency: 1 }
    const slow = { handler: () => timer(8) }
    const methods = {
      a: slow,
      models: group({
        limit: one,
        methods: { b: slow, c: { ...slow, limit: { concurrency: 2 } } },
      }),
    }
    const { send, replies } = testEngine(clock, demo(methods, { limit: { concurrency: 3 } }))
    const call = (method: string) => ({ method })
    send('(abcdefgh)', {
      a: call('a'),
      b: call('a'),
      c: call('models.b'),
      d: call('models.b'),
      e: call('models.c'),
      f: call('models.c'),
      g: call('models.c'),
      h: call('models.b'),
    })
    expectObservable(replies.pipe(ids)).toBe('8ms (abcef) - (dg) 4ms h')
  }),
)

test(
  'pipelines: the innermost takes the place of the others',
  marbles(({ clock, expectObservable }) => {
    const after =
      (ms: number): NonNullable<CallSettings['calls']> =>
      (calls$) =>
        calls$.pipe(pipe(deadline(ms), dispatch()))
    const methods = nested({ calls: after(4) }, {}, { calls: after(6) })
    const { send, replies } = testEngine(clock, demo(methods, { calls: after(2) }))
    send('(plr)', three)
    expectObservable(replies.pipe(ids)).toBe('--p-l-r')
  }),
)

test(
  'a pipeline of its own may build on the standard one',
  marbles(({ clock, expectObservable }) => {
    const calls: CallSettings['calls'] = (calls$, settings) =>
      calls$.pipe(limit({ concurrency: 1 }), standardCalls(settings))
    const { send, replies } = testEngine(
      clock,
      demo({ plain: { ...stuck, calls } }, { deadline: 3 }),
    )
    send('(ab)', { a: { method: 'plain' }, b: { method: 'plain' } })
    expectObservable(replies.pipe(ids)).toBe('---(ab)') // the deadline counts from the receipt
  }),
)

test('an Either is a result only where the codec says so', () => {
  const either = { _tag: 'Left', left: 1 }
  const isResult = (result?: t.Mixed): boolean => {
    const [method] = resolveMethods(demo({ m: { handler: () => 0, ...(result && { result }) } }))
    return methodSpec(method as ResolvedMethod, undefined).isResult(either)
  }
  assert.not(isResult())
  assert.not(isResult(t.number))
  assert.ok(isResult(t.type({ _tag: t.string })))
})

test('names that objects inherit are no methods', async () => {
  await marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ plain: stuck }))
    const names = ['toString', '__proto__', 'constructor', 'models', 'hasOwnProperty']
    const messages = names.map((method, index) => ['abcde'[index], { method }])
    send('(abcde)', Object.fromEntries(messages))
    const code = map(({ error }: { error?: { code: number } }) => error?.code)
    expectObservable(replies.pipe(code)).toBe('(xxxxx)', { x: -32601 })
  })()
})

test.run()
