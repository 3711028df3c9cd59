import {
  delay,
  filter,
  type MonoTypeOperatorFunction,
  map,
  mergeMap,
  Observable,
  of,
  tap,
  throwError,
} from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, limit, perMethod } from '../../pipelines/index.js'
import { subscribePipeline } from '../../pipelines/stage.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { answeredAfter, ids } from './brief.js'

const test = suite('perMethod')

/** Notes that a call went this way. */
const mark = (name: string): MonoTypeOperatorFunction<Call> =>
  tap((call) => {
    call.params = [...((call.params as string[] | undefined) ?? []), name]
  })
const way = map((call: Call) => (call.params as string[] | undefined)?.join() ?? 'straight')

test(
  'a call takes the way of the first pattern that fits, and all others go straight on',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const methods = {
      a: 'models.load',
      b: 'models.list',
      c: 'models',
      d: 'xmodels.load',
      e: 'asr.transcribe.file',
      f: 'modelsXload',
    }
    const requests = Object.entries(methods).map(([id, method]) => [id, { method }])
    const routed = calls('(abcdef|)', Object.fromEntries(requests)).pipe(
      perMethod({
        'models.load': mark('exact'),
        'models.*': mark('group'),
        '*.transcribe.*': mark('middle'),
      }),
      way,
    )
    const expected = '(abcdef|)'
    expectObservable(routed).toBe(expected, {
      a: 'exact',
      b: 'group',
      c: 'straight',
      d: 'straight',
      e: 'middle',
      f: 'straight',
    })
  }),
)

test(
  'each way has a state of its own, and completes when all have',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const load = { method: 'models.load' }
    const one = limit({ concurrency: 1 })
    const routed = calls('abcd|', { a: load, b: load }).pipe(
      perMethod({ 'models.*': one, test: one }),
      answeredAfter(clock, 6),
      ids(),
    )
    expectObservable(routed).toBe('a-c---b-d-----|')
  }),
)

test(
  'without any way all go straight on',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    expectObservable(calls('ab|').pipe(perMethod({}), ids())).toBe('ab|')
  }),
)

test(
  'a pattern takes unknown methods too, without keeping their names',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const unknown = { method: 'x.y', definition: null }
    const routed = calls('ab|', { a: unknown, b: unknown }).pipe(
      perMethod({ 'x.*': mark('x') }),
      way,
    )
    expectObservable(routed).toBe('ab|', { a: 'x', b: 'x' })
  }),
)

test(
  'operators of RxJS work on a way',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const slow = { method: 'slow' }
    const routed = calls('abc|', { a: slow, c: { method: 'never' } }).pipe(
      perMethod({ slow: delay(4), never: filter(() => false) }),
      ids(),
    )
    expectObservable(routed).toBe('-b--(a|)')
  }),
)

test(
  'an error on a way, where nobody heals it, is an error of the stage',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const bad = map((call: Call) => {
      if (call.id === 'b') throw new Error('bad')
      return call
    })
    const routed = calls('abc|', { c: { method: 'other' } }).pipe(perMethod({ test: bad }), ids())
    expectObservable(routed).toBe('a#', undefined, new Error('bad'))
  }),
)

test('an error at subscription is told to who subscribed the pipeline', () => {
  const told: unknown[] = []
  const broken = (error: unknown) => told.push(error)
  const bad = () => throwError(() => new Error('no such model'))
  const pipeline = new Observable<Call>().pipe(perMethod({ 'models.*': bad }))
  subscribePipeline(pipeline, { name: 'intake' }, () => {}, { lost: broken, broken })
  assert.equal(told, [new Error('no such model')])
})

test(
  'in a pipeline a way that fails costs what it had, and goes on',
  marbles(({ clock, expectObservable }) => {
    const { calls } = testCalls(clock)
    const lost: string[] = []
    const bad = mergeMap((call: Call) =>
      call.id === 'b' ? throwError(() => new Error('bad')) : of(call).pipe(delay(3)),
    )
    const pipeline = calls('abcd|', { c: { method: 'other' } }).pipe(perMethod({ test: bad }))
    const passed = new Observable<Call>((subscriber) =>
      subscribePipeline(pipeline, { name: 'intake' }, (call) => subscriber.next(call), {
        lost: ({ name }, error) => lost.push(`${name}: ${error}`),
        broken: (error) => subscriber.error(error),
      }),
    )
    expectObservable(passed.pipe(ids())).toBe('--c---d')
    clock.setTimer(() => assert.equal(lost, ['perMethod: Error: bad']), 9)
  }),
)

test.run()
