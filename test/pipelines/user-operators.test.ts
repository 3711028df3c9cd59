/** RxJS's own operators as stages, between ours. */
import {
  bufferCount,
  bufferTime,
  concatMap,
  debounceTime,
  delay,
  filter,
  groupBy,
  type MonoTypeOperatorFunction,
  map,
  mergeMap,
  of,
  tap,
  throttleTime,
} from 'rxjs'
import { suite } from 'uvu'
import { type Call, deadline, dispatch, engine, limit, method } from '../../src/index.js'
import { type MarbleHelpers, marbles, testEngine } from '../../src/testing/index.js'

const test = suite("users' operators")

const told = map((reply: Readonly<Record<string, unknown>>) => {
  const error = reply['error'] as { data: { kind: string } } | undefined
  return error === undefined
    ? `${reply['id']}: ${reply['result']}`
    : `${reply['id']}! ${error.data.kind}`
})

/** Five calls of a method that answers its params at once, through one operator. */
const through =
  (operator: MonoTypeOperatorFunction<Call>, sent: string, expected: string, values: object) =>
  ({ clock, expectObservable }: MarbleHelpers): void => {
    const demo = engine({
      name: 'demo',
      version: '1.0.0',
      methods: { echo: method({ handler: (params) => (params as { n: number }).n }) },
      calls: (calls$) => calls$.pipe(deadline(20), operator, limit({ concurrency: 2 }), dispatch()),
    })
    const { send, replies } = testEngine(clock, demo)
    const messages = [...'abcde'].map((id, n) => [id, { method: 'echo', params: { n } }])
    send(sent, Object.fromEntries(messages))
    expectObservable(replies.pipe(told)).toBe(expected, values as never)
  }

const numberOf = (call: Call) => (call.params as { n: number }).n

test(
  'filter drops; what it drops is late',
  marbles(
    through(
      filter((call) => numberOf(call) !== 1),
      'abc',
      'a-c 18ms b',
      {
        a: 'a: 0',
        b: 'b! DeadlineExceeded',
        c: 'c: 2',
      },
    ),
  ),
)

test('tap sees', marbles(through(tap(), 'a-b', 'a-b', { a: 'a: 0', b: 'b: 1' })))

test('delay keeps', marbles(through(delay(3), 'a-b', '---a-b', { a: 'a: 0', b: 'b: 1' })))

test(
  'groupBy and mergeMap',
  marbles(
    through(
      (calls$) =>
        calls$.pipe(
          groupBy((call) => numberOf(call) % 2),
          mergeMap((group$) => group$.pipe(concatMap((call) => of(call).pipe(delay(4))))),
        ),
      'abcd',
      '----ab--cd',
      { a: 'a: 0', b: 'b: 1', c: 'c: 2', d: 'd: 3' },
    ),
  ),
)

test(
  'bufferTime collects and gives back in one frame',
  marbles(
    through(
      (calls$) =>
        calls$.pipe(
          bufferTime(5),
          mergeMap((calls) => calls),
        ),
      'abc---d----|',
      '-----(abc)d',
      {
        a: 'a: 0',
        b: 'b: 1',
        c: 'c: 2',
        d: 'd: 3',
      },
    ),
  ),
)

test(
  'throttleTime drops what comes too soon',
  marbles((helpers) => {
    const values = { a: 'a: 0', b: 'b! DeadlineExceeded', c: 'c: 2' }
    through(throttleTime(2), 'ab-c', 'a--c 17ms b', values)(helpers)
  }),
)

test(
  'debounceTime gives the last of a burst',
  marbles((helpers) => {
    const values = { a: 'a! DeadlineExceeded', b: 'b: 1', c: 'c! DeadlineExceeded', d: 'd: 3' }
    through(debounceTime(3), 'ab-----cd', '----b------d 8ms a 6ms c', values)(helpers)
  }),
)

test(
  'bufferCount keeps an odd one for ever, but not its caller',
  marbles((helpers) => {
    const values = { a: 'a: 0', b: 'b: 1', c: 'c! DeadlineExceeded' }
    through(
      (calls$) =>
        calls$.pipe(
          bufferCount(2),
          mergeMap((calls) => calls),
        ),
      'a-b-c',
      '--(ab) 18ms c',
      values,
    )(helpers)
  }),
)

test.run()
