/** RxJS's own time operators, with their default scheduler: exact, and the same as in its TestScheduler. */
import {
  asyncScheduler,
  auditTime,
  bufferTime,
  catchError,
  concatMap,
  debounceTime,
  delay,
  delayWhen,
  exhaustMap,
  expand,
  interval,
  map,
  merge,
  mergeMap,
  Observable,
  type ObservableNotification,
  observeOn,
  of,
  queueScheduler,
  race,
  repeat,
  retry,
  sampleTime,
  scan,
  share,
  shareReplay,
  switchMap,
  TimeoutError,
  take,
  takeUntil,
  throttleTime,
  throwError,
  timeInterval,
  timeout,
  timer,
  timestamp,
  windowTime,
  zip,
} from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { marbles } from '../../src/testing/index.js'
import { failure } from './rejection.js'

const test = suite('marbles with RxJS time operators')

test(
  'delay, debounceTime and bufferTime',
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold('   a-b|').pipe(delay(3))).toBe('         ---a-(b|)')
    expectObservable(cold('   ab----c|').pipe(debounceTime(3))).toBe('----b--(c|)')
    expectObservable(cold('   ab---c--|').pipe(bufferTime(3))).toBe('---x--y-(z|)', {
      x: ['a', 'b'],
      y: ['c'],
      z: [],
    })
  }),
)

test(
  'timeout and retry with a delay',
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const silent = cold(' -----a|')
    expectObservable(silent.pipe(timeout({ first: 4, with: () => of('late') }))).toBe('----(x|)', {
      x: 'late',
    })
    expectSubscriptions(silent.subscriptions).toBe('^---!')

    const failing = cold('-#')
    const tries = ['      ^!', '----^!', '--------^!']
    expectObservable(failing.pipe(retry({ count: 2, delay: 3 }))).toBe('---------#')
    expectSubscriptions(failing.subscriptions).toBe(tries)
  }),
)

test(
  'interval with take, and the error of timeout',
  marbles(({ cold, expectObservable }) => {
    expectObservable(interval(2).pipe(take(3))).toBe('--0-1-(2|)', [0, 1, 2])
    const kind = (error: unknown) => of(error instanceof TimeoutError)
    expectObservable(cold('-').pipe(timeout(5), catchError(kind))).toBe('-----(t|)', { t: true })
  }),
)

test('interval without an unsubscription ends with a clear error', async () => {
  const { message } = await failure(({ expectObservable }) => {
    expectObservable(interval(1000)).toBe('1s a 999ms b', { a: 0, b: 1 })
  })
  assert.match(
    message,
    'timers are still armed at frame 3602000, long after 2000: setInterval of 1000 ms',
  )
  assert.match(message, "unsubscribe from it: '^ 5s !'")
})

test('so does one that ticks each frame, long before it is out of memory', async () => {
  const { message } = await failure(({ expectObservable }) => {
    expectObservable(interval(1)).toBe('-')
  })
  assert.match(message, 'timers are still armed at frame 100000')
})

type Source = (marbles: string) => Observable<string>
/** Where several timers of RxJS meet in a frame the two differ: TestScheduler runs the oldest handle first. */
const pipelines: Record<string, (cold: Source, hot: Source) => Observable<unknown>> = {
  observeOn: (cold) => cold('a-b|').pipe(observeOn(asyncScheduler), observeOn(queueScheduler)),
  auditTime: (cold) => cold('abc--d-e|').pipe(auditTime(2)),
  bufferTimeCount: (cold) => cold('abc-d-e-f|').pipe(bufferTime(4, null, 2)),
  concatMap: (cold) => cold('ab-c|').pipe(concatMap((x) => timer(2).pipe(map(() => x)))),
  debounceOfInterval: () => interval(5).pipe(debounceTime(5), takeUntil(timer(22))),
  debounceTime: (cold) => cold('a-b--c---d|').pipe(debounceTime(2)),
  delayWhen: (cold) => cold('321|').pipe(delayWhen((x) => timer(Number(x)))),
  delayZero: (cold) => cold('a-b|').pipe(delay(0)),
  exhaustMap: (cold) =>
    cold('ab-c-d|').pipe(
      exhaustMap((x) =>
        timer(1, 1).pipe(
          take(2),
          map(() => x),
        ),
      ),
    ),
  expand: () =>
    of(0).pipe(
      expand((n) => timer(n), 2),
      take(6),
    ),
  hot: (_, hot) =>
    hot('a-^b-(cd)e|').pipe(
      delay(1),
      scan((sum, x) => sum + x),
    ),
  hotAndCold: (cold, hot) =>
    merge(hot('^abc'), cold('-xyz|'), hot('-pqr')).pipe(takeUntil(timer(3))),
  race: (cold) => race(cold('--a|'), timer(2), cold('-#').pipe(delay(1))),
  repeat: (cold) => cold('a|').pipe(repeat({ count: 3, delay: 2 })),
  retryBackoff: (cold) => cold('a-#').pipe(retry({ count: 3, delay: (_, n) => timer(2 ** n) })),
  sampleTime: (cold) => cold('abcdef-g|').pipe(sampleTime(3)),
  share: (cold) => {
    const shared = cold('a-b-c|').pipe(share())
    return merge(shared, timer(2).pipe(switchMap(() => shared)))
  },
  shareReplayTime: (cold) => {
    const shared = cold('ab-c---|').pipe(
      shareReplay({ bufferSize: 9, windowTime: 2, refCount: true }),
    )
    return merge(shared, timer(4).pipe(switchMap(() => shared)))
  },
  switchMap: (cold) =>
    cold('a--b|').pipe(
      switchMap((x) =>
        interval(1).pipe(
          take(4),
          map((n) => x + n),
        ),
      ),
    ),
  throttle: (cold) =>
    cold('abcdefg|').pipe(throttleTime(3, undefined, { leading: true, trailing: true })),
  throwing: (cold) =>
    cold('a-b|').pipe(concatMap((x) => (x === 'b' ? throwError(() => 'no') : of(x)))),
  timeInterval: (cold) =>
    cold('a-b---c|').pipe(
      timeInterval(),
      map((t) => `${t.value}${t.interval}`),
    ),
  timeoutEach: (cold) => cold('a-b----c').pipe(timeout({ each: 3, with: () => of('late') })),
  timestamp: (cold) =>
    cold('a-b---c|').pipe(
      timestamp(),
      map((t) => `${t.value}${t.timestamp}`),
    ),
  windowTime: (cold) =>
    cold('abcdef|').pipe(
      windowTime(3),
      mergeMap((w) => w.pipe(scan((sum, x) => sum + x))),
    ),
  zip: () => zip(interval(2), timer(1, 3)).pipe(map(String), take(3)),
}

const theirMoments = (pipeline: (cold: Source, hot: Source) => Observable<unknown>) => {
  let moments: unknown[] = []
  const scheduler = new TestScheduler((actual) => {
    moments = actual
  })
  scheduler.run(({ cold, hot, expectObservable }) => {
    expectObservable(pipeline(cold, hot)).toBe('')
  })
  return moments as { frame: number; notification: ObservableNotification<unknown> }[]
}

for (const [name, pipeline] of Object.entries(pipelines)) {
  test(`${name} is the same as in TestScheduler`, async () => {
    const moments = theirMoments(pipeline)
    assert.ok(moments.length > 0)
    await marbles(({ cold, hot, expectObservable }) => {
      const theirs = new Observable<unknown>((subscriber) => {
        for (const { frame, notification } of moments) {
          setTimeout(() => {
            if (notification.kind === 'N') subscriber.next(notification.value)
            else if (notification.kind === 'E') subscriber.error(notification.error)
            else subscriber.complete()
          }, frame)
        }
      })
      expectObservable(pipeline(cold, hot)).toEqual(theirs)
    })()
  })
}

test.run()
