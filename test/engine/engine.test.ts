import { config, map, merge, type Observable, Subscription, tap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { t } from '../../src/index.js'
import { marbles, scriptedPeer, testEngine } from '../../src/testing/index.js'
import { add, demo, sleep } from './demo-engine.js'

const test = suite('engine')

const ids = map(({ id }: { readonly id?: unknown }) => id)

test(
  'answers requests when they are done, in any order',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo())
    const wait = (ms: number) => ({ method: 'sleep', params: [ms] })
    send('                           abc|', { a: wait(5), b: wait(2), c: add })
    expectObservable(replies).toBe(' --cb-a', {
      a: { id: 'a', result: 'slept' },
      b: { id: 'b', result: 'slept' },
      c: { id: 'c', result: 3 },
    })
  }),
)

test(
  'notifications are handled and never answered, whatever becomes of them',
  marbles(({ clock, expectObservable }) => {
    const seen: unknown[] = []
    const notifications = {
      moved: { params: t.number, handler: () => seen.push('never') },
      'cursor.moved': {
        handler: (params: unknown) => {
          seen.push(params)
          throw new Error('no')
        },
      },
    }
    const { send, written } = testEngine(clock, demo({ notifications }))
    const note = (method: string, params?: unknown) => ({ id: undefined, method, params })
    send('abcd', {
      a: note('cursor.moved', [1]),
      b: note('moved', {}),
      c: note('nope'),
      d: note('add', { a: 1, b: 1 }),
    })
    expectObservable(written).toBe('-')
    clock.setTimer(() => assert.equal(seen, [[1]]), 9)
  }),
)

test(
  'its streams tell of everything, ahead of all stages and behind them',
  marbles(({ clock, expectObservable }) => {
    const { send, messages$, calls$, outcomes$ } = testEngine(clock, demo())
    send('a-b-n', { a: add, b: { method: 'nope' }, n: { id: undefined, method: 'add' } })
    const method = map(
      (message: unknown) => (message as { right: { method: string } }).right.method,
    )
    expectObservable(messages$.pipe(method)).toBe('a-b-a', { a: 'add', b: 'nope' })
    expectObservable(calls$.pipe(ids)).toBe('a-b-n', { a: 'a', b: 'b', n: undefined })
    const outcome = map(({ call, kind }: { call: { id: unknown }; kind: string }) => [
      call.id,
      kind,
    ])
    expectObservable(outcomes$.pipe(outcome)).toBe('a-b-n', {
      a: ['a', 'reply'],
      b: ['b', 'reply'],
      n: [undefined, 'reply'],
    })
  }),
)

test('a subscriber that throws harms nothing', async () => {
  const thrown: unknown[] = []
  config.onUnhandledError = (error) => thrown.push(error)
  try {
    const peer = scriptedPeer(demo())
    const { messages$, calls$, outcomes$, state$, health$ } = peer.engine
    const fails = () => {
      throw new Error('subscriber')
    }
    const streams: readonly Observable<unknown>[] = [messages$, calls$, outcomes$, state$, health$]
    const subscription = new Subscription()
    for (const stream of streams) subscription.add(stream.subscribe(fails))
    merge(calls$, outcomes$)
      .pipe(tap(fails))
      .subscribe({ error: () => {} })
    assert.is(await peer.call('add', { a: 1, b: 2 }), 3)
    assert.is(await peer.call('add', { a: 2, b: 2 }), 4)
    subscription.unsubscribe()
    assert.is(await peer.end(), 0)
    await sleep(1) // RxJS reports them in the next turn
  } finally {
    config.onUnhandledError = null
  }
  assert.ok(thrown.length >= 5)
  assert.ok(thrown.every((error) => (error as Error).message === 'subscriber'))
})

test(
  'a call back to the host ends with the call that made it',
  marbles(({ clock, expectObservable }) => {
    const methods = {
      ask: {
        deadline: 10,
        handler: (_: unknown, { request }: { request(method: string): Promise<unknown> }) =>
          request('host.ask'),
      },
    } as const
    const { send, written } = testEngine(clock, demo({ methods }))
    const answer = { id: 1, result: 42 }
    const ask = { method: 'ask' }
    send('                           a-xb', { a: ask, b: ask, x: answer })
    expectObservable(written).toBe(' r-as 9ms (bc)', {
      r: { id: 1, method: 'host.ask', params: { _meta: { deadlineMs: 10 } } },
      a: { id: 'a', result: 42 },
      s: { id: 2, method: 'host.ask', params: { _meta: { deadlineMs: 10 } } },
      c: { method: '$/cancelRequest', params: { id: 2 } },
      b: {
        id: 'b',
        error: {
          code: -32001,
          message: 'The deadline of 10 ms has passed',
          data: { kind: 'DeadlineExceeded', retryable: true, deadlineMs: 10, phase: 'running' },
        },
      },
    })
  }),
)

test.run()
