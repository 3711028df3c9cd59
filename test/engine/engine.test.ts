import { config, map, merge, NEVER, type Observable, Subscription, tap } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

import { dispatch, type EngineDefinition, t } from '../../src/index.js'

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

test(
  'a late call is told whether it had begun',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ limit: { concurrency: 1 }, deadline: 3 }))
    const wait = { method: 'sleep', params: [9] }
    const hasty = { method: 'sleep', params: { _meta: { deadlineMs: 1 } } }
    send('ab', { a: wait, b: hasty })
    const phase = map(({ error }: { error?: { data: { phase: string } } }) => error?.data.phase)
    expectObservable(replies.pipe(phase)).toBe('--ba', { a: 'running', b: 'queued' })
  }),
)

test(
  'outcomes are told when they have left',
  marbles(({ clock, expectObservable }) => {
    const { send, outcomes$, peer } = testEngine(clock, demo())
    send('a', { a: add })
    const written = map(() => peer.written.length)
    expectObservable(outcomes$.pipe(written)).toBe('a', { a: 1 })
  }),
)

test(
  'calls that are answered at once read the clock once a chunk',
  marbles(async ({ clock, expectObservable }) => {
    let reads = 0
    const counting = {
      now: () => {
        reads += 1
        return clock.now()
      },
      setTimer: clock.setTimer.bind(clock),
      clearTimer: clock.clearTimer.bind(clock),
    }
    const { peer } = testEngine(clock, demo(), { clock: counting })
    expectObservable(NEVER).toBe('-')
    await clock.advance(0)
    reads = 0
    const lines = Array.from({ length: 50 }, (_, id) =>
      JSON.stringify({ jsonrpc: '2.0', id, ...add }),
    )
    peer.send(`${lines.join('\n')}\n`)
    assert.is(peer.written.length, 50)
    assert.is(reads, 1)
  }),
)

test(
  'a call that has ended asks the host no more',
  marbles(({ clock, expectObservable }) => {
    const kinds: unknown[] = []
    const methods = {
      leaky: {
        handler: (_: unknown, { request }: { request(method: string): Promise<unknown> }) => {
          clock.setTimer(() => request('host.ask').catch(({ kind }) => kinds.push(kind)), 3)
          return 'done'
        },
      },
    } as const
    const { send, written } = testEngine(clock, demo({ methods }))
    send('a', { a: { method: 'leaky' } })
    expectObservable(written).toBe('a', { a: { id: 'a', result: 'done' } })
    clock.setTimer(() => assert.equal(kinds, ['RequestCancelled']), 5)
  }),
)

test(
  'a call that is late when it comes passes no stage',
  marbles(({ clock, expectObservable }) => {
    const seen: unknown[] = []
    const calls: EngineDefinition['calls'] = (calls$) =>
      calls$.pipe(
        tap(({ id }) => seen.push(id)),
        dispatch(),
      )
    const { send, replies } = testEngine(clock, demo({ calls }))
    send('ab', { a: { method: 'add', params: { _meta: { deadlineMs: 0 } } }, b: add })
    expectObservable(replies.pipe(ids)).toBe('ab')
    clock.setTimer(() => assert.equal(seen, ['b']), 3)
  }),
)

test(
  'a request to the host that ends twice is cancelled once',
  marbles(async ({ clock, expectObservable }) => {
    const { send, written, context } = testEngine(clock, demo())
    const wish = new AbortController()
    const onProgress = () => {
      wish.abort()
      throw new Error('no more')
    }
    const failed: unknown[] = []
    clock.setTimer(() => {
      context
        .request('host.ask', {}, { signal: wish.signal, onProgress })
        .catch(({ kind }) => failed.push(kind))
    }, 2)
    send('----p', { p: { id: undefined, method: '$/progress', params: { token: 1, value: 5 } } })
    send('a', { a: add })
    expectObservable(written).toBe('a-r-c', {
      a: { id: 'a', result: 3 },
      r: { id: 1, method: 'host.ask', params: {} },
      c: { method: '$/cancelRequest', params: { id: 1 } },
    })
    await clock.advance(5)
    assert.equal(failed, ['RequestCancelled'])
  }),
)

test(
  'a deadline is added to the meta of a request to the host',
  marbles(({ clock, expectObservable }) => {
    const { send, written, context } = testEngine(clock, demo())
    const params = { n: 1, _meta: { tenant: 'acme' } }
    send('a', { a: add })
    clock.setTimer(() => context.request('ask', params, { deadlineMs: 2 }).catch(() => {}), 3)
    expectObservable(written).toBe('a--r-c', {
      a: { id: 'a', result: 3 },
      r: { id: 1, method: 'ask', params: { n: 1, _meta: { tenant: 'acme', deadlineMs: 2 } } },
      c: { method: '$/cancelRequest', params: { id: 1 } },
    })
  }),
)

test(
  'tells when the first reply is on its way, once',
  marbles(({ clock, expectObservable }) => {
    const told: unknown[] = []
    const onFirstReply = () => told.push([clock.now(), peer.written.length])
    const { send, replies, peer, context } = testEngine(clock, demo(), { onFirstReply })
    context.notify('hello', {})
    send('--ab', { a: add, b: add })
    expectObservable(replies.pipe(ids)).toBe('--ab')
    clock.setTimer(() => assert.equal(told, [[2, 2]]), 5)
  }),
)

test(
  'a request to the host that is answered leaves no timer',
  marbles(async ({ clock, expectObservable }) => {
    const { send, written, context } = testEngine(clock, demo())
    clock.setTimer(() => void context.request('ask', {}, { deadlineMs: 50 }), 1)
    send('a--r', { a: add, r: { id: 1, result: 0 } })
    expectObservable(written.pipe(map(({ method }) => method ?? 'reply'))).toBe('ab', {
      a: 'reply',
      b: 'ask',
    })
    await clock.advance(4)
    assert.is(clock.pending, 0)
  }),
)

test(
  'messages are told of every sort: replies of the host, notifications, and what was none',
  marbles(({ clock, expectObservable }) => {
    const { send, messages$, peer } = testEngine(clock, demo())
    send('rn-b', {
      r: { id: 7, result: 'stray' },
      n: { id: undefined, method: 'nope' },
      b: { method: 'add', params: 'none' },
    })
    clock.setTimer(() => peer.send('no JSON\n'), 5)
    const told = map((message: unknown) => {
      const { right, left } = message as {
        right?: { method?: string; result?: unknown }
        left?: { kind: string }
      }
      return right?.method ?? right?.result ?? left?.kind
    })
    expectObservable(messages$.pipe(told)).toBe('rn-b-x', {
      r: 'stray',
      n: 'nope',
      b: 'InvalidRequest',
      x: 'ParseError',
    })
  }),
)

test(
  'a request to the host that has no time left is not sent',
  marbles(({ clock, expectObservable }) => {
    const { send, written, context } = testEngine(clock, demo())
    const kinds: unknown[] = []
    send('a', { a: add })
    clock.setTimer(() => {
      for (const deadlineMs of [0, -1])
        context.request('ask', {}, { deadlineMs }).catch(({ kind }) => kinds.push(kind))
    }, 1)
    expectObservable(written.pipe(ids)).toBe('a')
    clock.setTimer(() => assert.equal(kinds, ['DeadlineExceeded', 'DeadlineExceeded']), 3)
  }),
)

test.run()
