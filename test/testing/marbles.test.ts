import { setTimeout as sleep } from 'node:timers/promises'
import { concat, interval, map, mergeMap, of, Subject, switchMap, take } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { marbles } from '../../src/testing/index.js'

const test = suite('marbles')

test(
  'cold plays to each subscriber, and logs them',
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  --a-b|')
    const first = '        ^----!'
    const second = '       ---^--!'
    expectObservable(source).toBe('--a-b|')
    expectObservable(source, second).toBe('-----a')
    expectSubscriptions(source.subscriptions).toBe([first, second])
  }),
)

test(
  'hot plays once, around its ^',
  marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot(' -a-^-b-c-|')
    const expected = '      --b-c-|'
    const late = '          ---^   '
    expectObservable(source).toBe(expected)
    expectObservable(source, late).toBe('----c-|')
    expectSubscriptions(source.subscriptions).toBe(['^-----!', '---^--!'])
  }),
)

test(
  'hot gives what lies before ^ to those who subscribed in the body, and frame 0 to all',
  marbles(async ({ hot, clock, expectObservable }) => {
    const seen: string[] = []
    const source = hot('ab^c')
    source.subscribe((value) => seen.push(`${value}@${clock.now()}`))
    expectObservable(hot('a-b')).toBe('a-b')
    await clock.runAll()
    assert.equal(seen, ['a@0', 'b@0', 'c@1'])
  }),
)

test(
  'unsubscription comes before the values of its frame',
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold(' a-b-c-d|')
    expectObservable(source, '^---!').toBe('a-b')
    expectSubscriptions(source.subscriptions).toBe('^---!')
  }),
)

test(
  'unsubscription disarms a cold source',
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a 120m b'), '^--!').toBe('a') // or else: timers are still armed
  }),
)

test(
  'a source that nobody subscribes to has no subscriptions',
  marbles(({ cold, expectSubscriptions }) => {
    expectSubscriptions(cold('a').subscriptions).toBe([])
    expectSubscriptions(cold('a').subscriptions).toBe('----')
  }),
)

test(
  'groups, times, values and errors',
  marbles(({ cold, expectObservable, time }) => {
    const values = { a: { id: 1 }, b: [2] }
    expectObservable(cold('a 1s (ab|)', values)).toBe('a 1s (ab|)', values)
    expectObservable(cold('--#', undefined, new TypeError('x'))).toBe(
      '--#',
      undefined,
      new TypeError('x'),
    )
    expectObservable(cold('-#')).toBe('-#')
    assert.is(time('--|'), 2)
    assert.is(time(' 10ms |'), 10)
    assert.throws(() => time('---'), /ends with/)
  }),
)

test(
  'promises and async handlers settle in their frame',
  marbles(({ cold, expectObservable }) => {
    const handler = async (value: string) => {
      await Promise.resolve()
      await sleep(3)
      return value.toUpperCase()
    }
    const calls = cold('  a-b----|')
    const expected = '    ---A-B-|'
    expectObservable(calls.pipe(mergeMap(handler))).toBe(expected)
    expectObservable(calls.pipe(mergeMap(async (value) => value))).toBe('a-b----|')
  }),
)

test(
  'toEqual compares two Observables over the same frames',
  marbles(({ cold, expectObservable }) => {
    expectObservable(interval(2).pipe(take(3))).toEqual(cold('--a-b-(c|)', { a: 0, b: 1, c: 2 }))
    expectObservable(interval(2), '-^ 10ms !').toEqual(interval(2).pipe(map((count) => count)))
  }),
)

test(
  'an async body may move the clock itself; frames stay those of the clock',
  marbles(async ({ clock, cold, expectObservable }) => {
    const results = new Subject<string>()
    expectObservable(results).toBe('-----a-----b')
    await clock.advance(5)
    results.next('a')
    await clock.advance(6)
    results.next('b')
    expectObservable(cold('-c|')).toBe(' 11ms -c|')
  }),
)

test(
  'values are kept by reference as they came',
  marbles(({ expectObservable }) => {
    const shared = { count: 0 }
    const counted = interval(1).pipe(
      take(2),
      map(() => Object.assign(shared, { count: shared.count + 1 })),
    )
    expectObservable(counted).toBe('-a(a|)', { a: shared })
  }),
)

test('subscriptions that are left over end with the test', async () => {
  const source = new Subject<string>()
  await marbles(({ expectObservable }) => {
    expectObservable(source).toBe('-')
  })()
  assert.not(source.observed)
})

test('a virtual day of seconds with async work takes less than 2 s of CPU', async () => {
  const began = process.cpuUsage()
  await marbles(({ expectObservable }) => {
    let done = 0
    const work = async () => {
      await Promise.resolve()
      done += 1
      return done
    }
    const day = interval(1000).pipe(take(86_400), mergeMap(work), take(86_400))
    const last = day.pipe(switchMap((count) => (count === 86_400 ? of(count) : [])))
    expectObservable(last).toBe('1440m (a|)', { a: 86_400 })
  })()
  const { user, system } = process.cpuUsage(began)
  const tookMs = (user + system) / 1000
  assert.ok(tookMs < 2000, `took ${tookMs} ms`)
})

test(
  '20,000 ticks, then an unsubscription, are safe for the stack',
  marbles(({ expectObservable }) => {
    const ticks = interval(1000)
    expectObservable(
      concat(ticks.pipe(take(20_000)), of('end')).pipe(
        switchMap((x) => (x === 'end' ? of(x) : [])),
      ),
      '^ 20000s 1ms !',
    ).toBe('20000s (a|)', { a: 'end' })
    expectObservable(ticks.pipe(switchMap(() => [])), '^ 20000s !').toBe('-')
  }),
)

test.run()
