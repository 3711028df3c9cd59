import { delay, map, type Observable, switchMap, tap, throwError, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Call, dispatch, type EngineDefinition, engine, limit } from '../../src/index.js'
import { marbles, scriptedPeer, testEngine, virtualClock } from '../../src/testing/index.js'

const test = suite('reload')

const slow = { handler: () => timer(5).pipe(map(() => 'done')) }

const demo = (more: Partial<EngineDefinition> = {}) =>
  engine({ name: 'demo', version: '1.0.0', methods: { slow }, ...more })

const told = map(({ id, error }: Readonly<Record<string, unknown>>) =>
  error === undefined ? id : `${id} ${(error as { code: number }).code}`,
)
const call = { method: 'slow' }

test('a thousand reloads with calls waiting, held and running lose none', async () => {
  const clock = virtualClock()
  const calls: EngineDefinition['calls'] = (calls$) =>
    calls$.pipe(limit({ concurrency: 3, queue: 1e5 }), dispatch())
  const peer = scriptedPeer(demo({ calls }), { clock })
  const answers: Promise<unknown>[] = []
  for (let round = 0; round < 1000; round += 1) {
    for (let count = 0; count < 5; count += 1) answers.push(peer.call('slow'))
    peer.engine.reload()
    if (round % 100 === 0) await clock.advance(7)
  }
  await clock.runAll()
  assert.equal(new Set(await Promise.all(answers)), new Set(['done']))
  const { epoch, inFlight, queued } = (await peer.call('engine.status')) as Record<string, number>
  assert.equal({ epoch, inFlight, queued }, { epoch: 1000, inFlight: 0, queued: 0 })
})

test(
  'calls on their way end in the old pipeline, new ones pass the new one',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, reload } = testEngine(clock, demo())
    send('a-b', { a: call, b: call })
    clock.setTimer(() => reload({ deadline: 3 }), 1)
    expectObservable(replies.pipe(told)).toBe('-----(ab)', { a: 'a', b: 'b -32001' })
  }),
)

test(
  'calls of a stream of their own are not lost, wherever they were',
  marbles(({ clock, expectObservable }) => {
    const answer = map((it: Call) => it.reply('ok'))
    const slow = { stream: (calls$: Observable<Call>) => calls$.pipe(delay(5), answer) }
    const late: EngineDefinition['calls'] = (calls$) =>
      calls$.pipe(limit({ concurrency: 1 }), delay(1), dispatch())
    const { send, replies, reload } = testEngine(clock, demo({ calls: late, methods: { slow } }))
    send('(abc)-----d', { a: call, b: call, c: call, d: call })
    clock.setTimer(() => reload(), 3)
    expectObservable(replies.pipe(told)).toBe('------a-----b---d-c')
  }),
)

test(
  'calls that waited in the old limit still go on',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, reload } = testEngine(clock, demo({ limit: { concurrency: 1 } }))
    send('abc', { a: call, b: call, c: call })
    clock.setTimer(() => reload(), 3)
    expectObservable(replies.pipe(told)).toBe('-----a----b----c')
  }),
)

test(
  'SIGHUP reloads',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, signals$ } = testEngine(clock, demo())
    clock.setTimer(() => signals$.next({ type: 'signal', signal: 'SIGHUP' }), 1)
    send('--s', { s: { method: 'engine.status' } })
    const epoch = map(({ result }: { result?: { epoch: number } }) => result?.epoch)
    expectObservable(replies.pipe(epoch)).toBe('--s', { s: 1 })
  }),
)

test(
  'replies pass the new pipeline, also of calls that began before',
  marbles(({ clock, expectObservable }) => {
    const fail = () => timer(5).pipe(switchMap(() => throwError(() => new Error('secret'))))
    const { send, replies, reload } = testEngine(
      clock,
      demo({ methods: { slow: { handler: fail } } }),
    )
    send('a--b----c', { a: call, b: call, c: call })
    clock.setTimer(() => reload({ errors: { expose: 'none' } }), 7)
    const message = map(({ error }: { error?: { message: string } }) => error?.message)
    expectObservable(replies.pipe(message)).toBe('-----a--b----c', {
      a: 'secret',
      b: 'Internal error',
      c: 'Internal error',
    })
  }),
)

test(
  'a reply that an old pipeline holds back leaves it',
  marbles(({ clock, expectObservable }) => {
    const late: EngineDefinition['replies'] = (outcomes$) => outcomes$.pipe(delay(3))
    const { send, replies, reload } = testEngine(clock, demo({ replies: late }))
    send('a-b', { a: call, b: call })
    clock.setTimer(() => reload(), 6)
    expectObservable(replies.pipe(told)).toBe('--------a-b')
  }),
)

test(
  'what has been changed is logged',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, reload, records } = testEngine(clock, demo())
    send('a', { a: call })
    expectObservable(replies.pipe(told)).toBe('-----a')
    reload({ deadline: '3s' })
    const rebuilt = records.filter(({ message }) => message === 'The pipelines were built anew')
    assert.equal(
      rebuilt.map(({ facts }) => facts),
      [{ changed: ['deadline'] }],
    )
  }),
)

test(
  'settings that cannot be built change nothing, and are logged',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, reload, records, state$ } = testEngine(clock, demo({ deadline: 7 }))
    send('--ab', { a: call, b: { method: 'engine.status' } })
    clock.setTimer(() => reload({ deadline: 'soon' as never }), 1)
    expectObservable(replies.pipe(told)).toBe('---b---a')
    expectObservable(state$).toBe('r', { r: 'ready' })
    clock.setTimer(() => {
      const [{ message = '' } = {}] = records.filter(({ level }) => level === 'error')
      assert.is(message, 'The pipelines cannot be built with these settings; the old ones stay')
    }, 9)
  }),
)

test(
  'so does a pipeline that errors when it is subscribed again',
  marbles(({ clock, expectObservable }) => {
    let builds = 0
    const calls: EngineDefinition['calls'] = (calls$) => {
      builds += 1
      return builds === 1 ? calls$.pipe(dispatch()) : throwError(() => new Error('no more'))
    }
    const { send, replies, reload, state$ } = testEngine(clock, demo({ calls }))
    send('--a', { a: call })
    clock.setTimer(() => reload(), 1)
    expectObservable(replies.pipe(told)).toBe('-------a')
    expectObservable(state$).toBe('r', { r: 'ready' })
  }),
)

test(
  'settings that it does not change stay, also those of a reload before',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, reload } = testEngine(clock, demo({ deadline: 3 }))
    clock.setTimer(() => reload({ limit: { concurrency: 1, queue: 0 } }), 1)
    clock.setTimer(() => reload(), 3)
    send('--a-(bc)', { a: call, b: call, c: call })
    expectObservable(replies.pipe(told)).toBe('----ca-b', {
      a: 'a -32001',
      b: 'b -32001',
      c: 'c -32003',
    })
  }),
)

test(
  'when one pipeline cannot be built, those that were are ended',
  marbles(({ clock, expectObservable }) => {
    let builds = 0
    const ends: string[] = []
    const watched =
      (name: string): NonNullable<EngineDefinition['calls']> =>
      (calls$) => {
        if (name === 'b') builds += 1
        return builds === 2
          ? throwError(() => new Error('no more'))
          : calls$.pipe(tap({ complete: () => ends.push(name) }), dispatch())
      }
    const methods = {
      a: { calls: watched('a'), methods: { slow } },
      b: { calls: watched('b'), methods: { slow } },
    }
    const { send, replies, reload } = testEngine(clock, demo({ methods }))
    clock.setTimer(() => {
      reload()
      assert.equal(ends, ['a']) // the new one
    }, 1)
    send('--a', { a: { method: 'a.slow' } })
    expectObservable(replies.pipe(told)).toBe('-------a')
  }),
)

test.run()
