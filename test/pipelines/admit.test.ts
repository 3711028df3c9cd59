import { left } from 'fp-ts/lib/Either.js'
import { map, merge, timer } from 'rxjs'
import { suite } from 'uvu'
import { admit, type Call, type LifecyclePhase } from '../../pipelines/index.js'
import {
  deadlineExceeded,
  methodNotFound,
  notReady,
  requestCancelled,
  shuttingDown,
} from '../../src/protocol/rpc-error.js'
import { marbles, testCalls } from '../../src/testing/index.js'
import { brief, ids } from './brief.js'

const test = suite('admit')

test(
  'lets calls in while the engine is ready or degraded, and refuses them afterwards',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    const phases: Record<string, LifecyclePhase> = { g: 'degraded', d: 'draining', s: 'stopped' }
    const source = '  a-b-c-d|'
    const phase = '   -g-d-s--'
    const passed = '  a-b----|'
    const answered = '----c-d-'
    cold(phase, phases).subscribe((it) => phase$.next(it))
    expectObservable(calls(source).pipe(admit(), ids())).toBe(passed)
    expectObservable(replies).toBe(answered, {
      c: { id: 'c', error: shuttingDown() },
      d: { id: 'd', error: shuttingDown() },
    })
  }),
)

test(
  'keeps calls until the engine is ready, in their order',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, phase$ } = testCalls(clock)
    phase$.next('starting')
    const source = 'ab-----c|'
    const phase = ' ---r     '
    const passed = '---(ab)c|'
    cold(phase).subscribe(() => phase$.next('ready'))
    expectObservable(calls(source).pipe(admit(), ids())).toBe(passed)
  }),
)

test(
  'completes only after the calls that waited',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('     ----r').subscribe(() => phase$.next('ready'))
    expectObservable(calls('ab|').pipe(admit(), ids())).toBe('----(ab|)')
  }),
)

test(
  'a waiting call keeps its deadline, and a settled one is let in no more',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('     -----r').subscribe(() => phase$.next('ready'))
    const waiting = calls('abc|').pipe(
      map((call) => {
        if (call.id === 'a') call.lowerDeadline(4)
        if (call.id === 'b') clock.setTimer(() => call.settle(left(requestCancelled())), 2)
        return call
      }),
      admit(),
      ids(),
    )
    expectObservable(waiting).toBe('-----(c|)')
    expectObservable(replies).toBe('---ba', {
      a: { id: 'a', error: deadlineExceeded(4, 'queued') },
      b: { id: 'b', error: requestCancelled() },
    })
  }),
)

test(
  'a failed start refuses what waits and what comes later',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('     --f').subscribe(() => phase$.next('failed'))
    expectObservable(calls('a---b|').pipe(admit())).toBe('-----|')
    expectObservable(replies).toBe('--a-b', {
      a: { id: 'a', error: notReady('its start failed') },
      b: { id: 'b', error: notReady('its start failed') },
    })
  }),
)

test(
  'refuses with a time to try again when too many wait',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    expectObservable(calls('abc').pipe(admit({ queue: 2 }))).toBe('---')
    expectObservable(replies).toBe('--c', {
      c: { id: 'c', error: notReady('2 calls wait for its start already', 1000) },
    })
  }),
)

test(
  'a method that does not exist is refused at once, whatever the phase',
  marbles(({ clock, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    const unknown = { method: 'nope', definition: null }
    expectObservable(calls('ab|', { a: unknown }).pipe(admit())).toBe('-')
    expectObservable(replies).toBe('a', { a: { id: 'a', error: methodNotFound('nope') } })
  }),
)

test(
  'an engine that drains while it starts refuses what waits',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, replies, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('     --d').subscribe(() => phase$.next('draining'))
    expectObservable(calls('ab|').pipe(admit())).toBe('--|')
    expectObservable(replies.pipe(brief())).toBe('--(ab)', {
      a: 'a: ShuttingDown',
      b: 'b: ShuttingDown',
    })
  }),
)

test(
  'a call that is let in waits no more',
  marbles(({ clock, cold, expectObservable }) => {
    const { calls, phase$ } = testCalls(clock)
    phase$.next('starting')
    cold('--r').subscribe(() => phase$.next('ready'))
    const state = map(({ isWaiting, stage }: Call) => [isWaiting, stage.name])
    expectObservable(calls('a').pipe(admit(), state)).toBe('--a', { a: [false, 'admit'] })
  }),
)

test(
  'looks at the lifecycle only while it is subscribed and calls have waited',
  marbles(({ clock, expectObservable }) => {
    const { calls, phase$ } = testCalls(clock)
    phase$.next('starting')
    const observed = [0, 2, 5].map((frame) => timer(frame).pipe(map(() => phase$.observed)))
    expectObservable(calls('-ab').pipe(admit()), '^---!').toBe('-')
    expectObservable(merge(...observed)).toBe('f-t--(f|)', { f: false, t: true })
  }),
)

test.run()
