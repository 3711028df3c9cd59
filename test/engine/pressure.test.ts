import * as t from 'io-ts'
import { concat, delay, interval, map, NEVER, Subject, switchMap, take, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { builtinMethods } from '../../src/engine/builtins.js'
import { type Context, type EngineDefinition, engine, type Methods } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'

const test = suite('pressure')

const demo = (
  methods: Methods,
  limits: EngineDefinition['limits'] = { bufferBytes: 2000, openBytes: 2000, controlBytes: 600 },
) => engine({ name: 'demo', version: '1.0.0', methods, limits })

const ids = map(
  ({ id, params }: Readonly<Record<string, unknown>>) => id ?? (params as { value: unknown }).value,
)
const codes = map(({ id, error }: Readonly<Record<string, unknown>>) => [
  id,
  (error as { code: number } | undefined)?.code,
])
const padded = (method: string, bytes = 0) => ({ method, params: ['x'.repeat(bytes)] })
const slow = { handler: () => timer(10).pipe(map(() => 'done')) }
const stuck = { handler: () => NEVER }
const asks = { handler: (_: unknown, { request }: Context) => request('host.read') }
const status = { method: 'engine.status' }

test(
  'calls wait unread while too many bytes are open, and go on when some are free',
  marbles(({ clock, expectObservable }) => {
    const { send, calls$ } = testEngine(clock, demo({ slow }))
    const wide = padded('slow', 1000) // 1.5 kB with what a call holds
    send('(abcde)', { a: wide, b: wide, c: wide, d: wide, e: wide })
    expectObservable(calls$.pipe(map(({ id }) => id))).toBe('(ab) 6ms (cd) 6ms e', undefined)
  }),
)

test(
  'the transport is paused when more than so much waits, and resumed',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, peer } = testEngine(clock, demo({ slow }))
    const wide = padded('slow', 1000)
    send('abcd', { a: wide, b: wide, c: wide, d: wide })
    expectObservable(replies.pipe(ids)).toBe('10ms ab 8ms cd')
    await clock.advance(1)
    assert.not(peer.isPaused)
    await clock.advance(2)
    assert.ok(peer.isPaused) // c fills what may wait; d stays in the pipe
    await clock.advance(30)
    assert.not(peer.isPaused)
  }),
)

test(
  'control calls get through while others wait',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ stuck, slow }))
    const cancel = { id: undefined, method: '$/cancelRequest', params: { id: 'a' } }
    const requests = { a: padded('stuck', 3000), b: padded('slow'), s: status, c: cancel }
    send('                                a-bs-c', requests)
    expectObservable(replies.pipe(ids)).toBe('---s-a 9ms b')
  }),
)

/** What makes OpenRPC documents is loaded first, which takes real time. */
const atOnce = builtinMethods.filter(
  ({ name, notification }) => notification !== true && name !== 'rpc.discover',
)
for (const { name } of atOnce) {
  test(
    `${name} is one of them`,
    marbles(({ clock, expectObservable }) => {
      const { send, replies } = testEngine(clock, demo({ stuck }))
      send('                                        a-s', {
        a: padded('stuck', 3000),
        s: { method: name, params: {} },
      })
      expectObservable(replies.pipe(take(1), ids)).toBe('--(s|)')
    }),
  )
}

test(
  'up to a cap of waiting input; beyond it nothing is read until there is room',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ slow }))
    const requests = { a: padded('slow', 3000), b: padded('slow', 400), c: padded('slow', 400) }
    send('                                absctu', { ...requests, s: status, t: status, u: status })
    expectObservable(replies.pipe(ids)).toBe('--s 7ms (atu) 5ms (bc)')
  }),
)

test(
  'a cancel that frees the way lets go on what came with it',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, peer } = testEngine(clock, demo({ stuck, slow }))
    send('a', { a: padded('stuck', 3000) })
    const cancel = { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'a' } }
    const call = { jsonrpc: '2.0', id: 'b', method: 'slow' }
    clock.setTimer(() => peer.send(`${JSON.stringify(call)}\n${JSON.stringify(cancel)}\n`), 3)
    expectObservable(replies.pipe(ids)).toBe('---a 9ms b')
  }),
)

test(
  'replies to own requests get through too: open calls may wait for them',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(
      clock,
      demo({ asks }, { bufferBytes: 2000, openBytes: 2000 }),
    )
    const answers = { x: { id: 1, result: 'first' }, y: { id: 2, result: 'second' } }
    const requests = { a: padded('asks', 1500), b: padded('asks', 1500), s: status }
    send('ab---x---y', { ...requests, ...answers })
    const written = replies.pipe(map(({ id, result }) => [id, result]))
    expectObservable(written).toBe('-----a---b', { a: ['a', 'first'], b: ['b', 'second'] })
  }),
)

test(
  'even those behind more than may wait: what is beyond that is refused as long as a call waits for the host',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, peer } = testEngine(clock, demo({ asks, slow }))
    const requests = {
      a: padded('asks', 3000),
      b: padded('slow', 400),
      c: padded('slow', 400),
      d: padded('slow', 400),
      s: status,
    }
    send('                      abcds-x', { ...requests, x: { id: 1, result: 'read' } })
    expectObservable(replies.pipe(codes)).toBe('--cds-a 9ms b', {
      c: ['c', -32003],
      d: ['d', -32003],
      s: ['s', undefined],
      a: ['a', undefined],
      b: ['b', undefined],
    })
    clock.setTimer(() => assert.not(peer.isPaused), 5)
  }),
)

test(
  'also when the host is asked only after reading has stopped',
  marbles(({ clock, expectObservable }) => {
    const late = {
      handler: (_: unknown, { request }: Context) =>
        timer(5).pipe(switchMap(() => request('host.read'))),
    }
    const { send, replies, peer } = testEngine(clock, demo({ late, slow }))
    const requests = { a: padded('late', 3000), b: padded('slow', 400), c: padded('slow', 400) }
    send('abc---x', { ...requests, x: { id: 1, result: 'read' } })
    clock.setTimer(() => assert.ok(peer.isPaused), 4)
    expectObservable(replies.pipe(codes)).toBe('-----ca 9ms b', {
      c: ['c', -32003],
      a: ['a', undefined],
      b: ['b', undefined],
    })
  }),
)

test(
  'a call whose cancel is refused place with others does not start either',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ asks, slow }))
    const cancel = {
      id: undefined,
      method: '$/cancelRequest',
      params: { id: 'b', pad: 'x'.repeat(700) },
    }
    const requests = { a: padded('asks', 3000), b: padded('slow', 400), c: cancel }
    send('abcx', { ...requests, x: { id: 1, result: 'read' } })
    expectObservable(replies.pipe(codes)).toBe('---(ba)', {
      b: ['b', -32800],
      a: ['a', undefined],
    })
  }),
)

test(
  'a call is answered at its deadline also while it waits unread, and what came with it goes on waiting',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ slow }))
    const within = (deadlineMs: number) => ({ method: 'slow', params: { _meta: { deadlineMs } } })
    const requests = { a: padded('slow', 3000), b: within(50), c: within(4), d: within(6) }
    send('a(bcd)', requests)
    expectObservable(replies.pipe(codes)).toBe('-----c-d--a 9ms b', {
      c: ['c', -32001],
      d: ['d', -32001],
      a: ['a', undefined],
      b: ['b', undefined],
    })
  }),
)

test(
  'the input may end while calls wait unread for their deadlines',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, done } = testEngine(clock, demo({ slow }))
    const hasty = { method: 'slow', params: { _meta: { deadlineMs: 4 } } }
    send('(ab|)', { a: padded('slow', 3000), b: hasty })
    expectObservable(replies.pipe(codes)).toBe('----b-----a', {
      b: ['b', -32001],
      a: ['a', undefined],
    })
    await clock.advance(30)
    assert.equal(await done, { exitCode: 0, reason: 'end of input' })
  }),
)

test(
  'a cancel of nothing, read while others waited, does not meet a later call of that id',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ asks, slow }))
    const params = { id: 'd', pad: 'x'.repeat(700) } // too long to wait
    const cancel = { id: undefined, method: '$/cancelRequest', params }
    const requests = { a: padded('asks', 3000), c: cancel, d: padded('slow') }
    send('ac-x-d', { ...requests, x: { id: 1, result: 'read' } })
    expectObservable(replies.pipe(ids)).toBe('---a-- 9ms d')
  }),
)

test(
  'control calls are answered however large the calls are that are open',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ slow }))
    send('as', { a: padded('slow', 30_000), s: status })
    expectObservable(replies.pipe(ids)).toBe('-s--------a')
  }),
)

test(
  'unread output holds up calls as well',
  marbles(({ clock, expectObservable }) => {
    const echo = { handler: (params: unknown) => params }
    const { send, calls$, peer } = testEngine(clock, demo({ echo }))
    peer.stall()
    const wide = padded('echo', 1500)
    send('abcd', { a: wide, b: wide, c: wide, d: wide })
    clock.setTimer(() => peer.read(), 9)
    expectObservable(calls$.pipe(map(({ id }) => id))).toBe('ab-------(cd)')
  }),
)

/** At 6, 12, 18 and 24 ms. */
const ticks = interval(6).pipe(take(4))
/** Fills the output, which nobody reads from frame 1 on. */
const big = { handler: () => 'x'.repeat(3000) }

test(
  'while nobody reads, progress is reduced to the latest, and that goes before the reply',
  marbles(({ clock, expectObservable }) => {
    const count = { handler: () => concat(ticks, timer(2).pipe(map(() => 'done'))) }
    const { send, written, peer } = testEngine(clock, demo({ count, big }))
    peer.stall()
    send('ab', { a: { method: 'count' }, b: { method: 'big' } })
    clock.setTimer(() => peer.read(), 30)
    expectObservable(written.pipe(ids)).toBe('30ms (bpa)', { b: 'b', p: 3, a: 'a' })
  }),
)

test(
  'what is still late when they read again is told then',
  marbles(({ clock, expectObservable }) => {
    const count = { handler: () => concat(ticks, NEVER) }
    const { send, written, peer } = testEngine(clock, demo({ count, big }))
    peer.stall()
    send('ab', { a: { method: 'count' }, b: { method: 'big' } })
    clock.setTimer(() => peer.read(), 13)
    expectObservable(written.pipe(ids)).toBe('13ms (bp) - q 5ms r', { b: 'b', p: 1, q: 2, r: 3 })
  }),
)

test(
  'partial results are parts of the result: none is left out',
  marbles(({ clock, expectObservable }) => {
    const parts = { partial: t.unknown, handler: () => ticks }
    const { send, written, peer } = testEngine(clock, demo({ parts, big }))
    peer.stall()
    send('ab', { a: { method: 'parts' }, b: { method: 'big' } })
    clock.setTimer(() => peer.read(), 30)
    expectObservable(written.pipe(ids)).toBe('30ms (bpqra)', { b: 'b', p: 0, q: 1, r: 2, a: 'a' })
  }),
)

test(
  'the end of input comes after what waits',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, done } = testEngine(clock, demo({ slow }))
    const wide = padded('slow', 1000)
    send('(abc|)', { a: wide, b: wide, c: wide })
    expectObservable(replies.pipe(ids)).toBe('10ms (ab) 6ms c')
    await clock.advance(30)
    assert.equal(await done, { exitCode: 0, reason: 'end of input' })
  }),
)

test(
  'status tells what waits, and for whom',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ asks, slow }))
    const requests = { a: padded('asks', 3000), b: padded('slow'), s: status, t: status }
    send('s-ab-t', requests)
    const told = map(({ result }: { result?: { waitingBytes: number; openRequests: number } }) => [
      result?.waitingBytes,
      result?.openRequests,
    ])
    const waiting = '{"jsonrpc":"2.0","id":"b","method":"slow","params":[""]}'.length
    expectObservable(replies.pipe(told)).toBe('s----t', { s: [0, 0], t: [waiting, 1] })
  }),
)

test(
  'a cancel of a call that waits does not mean a control call of that id that overtakes it',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ slow }))
    const cancel = { id: undefined, method: '$/cancelRequest', params: { id: 'b' } }
    const requests = { a: padded('slow', 3000), b: padded('slow'), c: cancel }
    send('abcs', { ...requests, s: { ...status, id: 'b' } })
    const written = replies.pipe(map(({ id, error }) => [id, (error as { code: number })?.code]))
    expectObservable(written).toBe('---s------(ba)', {
      s: ['b', undefined],
      a: ['a', undefined],
      b: ['b', -32800],
    })
  }),
)

test(
  'a batch of calls waits, whatever else is in them',
  marbles(({ clock, expectObservable }) => {
    const { send, calls$, peer } = testEngine(clock, demo({ slow }))
    send('a', { a: padded('slow', 3000) })
    const batch = '[{"jsonrpc":"2.0","id":"b","method":"slow","params":{"result":0,"error":1}}]\n'
    clock.setTimer(() => peer.send(batch), 3)
    expectObservable(calls$.pipe(map(({ id }) => id))).toBe('a---------b')
  }),
)

const lines = (...calls: readonly (readonly [id: string, bytes: number])[]): string =>
  calls
    .map(([id, bytes]) => `${JSON.stringify({ jsonrpc: '2.0', id, ...padded('slow', bytes) })}\n`)
    .join('')

test(
  'calls that came in one piece, of which some must wait again, stay ahead of what came later',
  marbles(({ clock, expectObservable }) => {
    // One call is enough to hold up the next.
    const limits = { bufferBytes: 300, openBytes: 300, controlBytes: 600 }
    const { calls$, peer } = testEngine(clock, demo({ slow }, limits))
    clock.setTimer(() => {
      peer.send(lines(['a', 0]))
      peer.send(lines(['b', 0], ['c', 0]))
      peer.send(lines(['d', 0]))
    }, 1)
    expectObservable(calls$.pipe(map(({ id }) => id))).toBe('-a 9ms b 9ms c 9ms d')
  }),
)

test(
  'nothing more is read while what waits is beyond the cap, though some of it went on',
  marbles(async ({ clock, expectObservable }) => {
    const { calls$, peer } = testEngine(clock, demo({ slow }))
    clock.setTimer(() => {
      peer.send(lines(['a', 3000]))
      peer.send(lines(['b', 3000], ['c', 1000]))
    }, 1)
    expectObservable(calls$.pipe(map(({ id }) => id))).toBe('-a---------b---------c')
    await clock.advance(12)
    assert.ok(peer.isPaused)
    await clock.advance(10)
    assert.not(peer.isPaused)
  }),
)

test(
  'late progress is told once',
  marbles(({ clock, expectObservable }) => {
    const count = { handler: () => concat(timer(6), NEVER) }
    const { send, written, peer } = testEngine(clock, demo({ count, big }))
    peer.stall()
    send('ab', { a: { method: 'count' }, b: { method: 'big' } })
    clock.setTimer(() => peer.read(), 9)
    clock.setTimer(() => peer.read(), 12)
    expectObservable(written.pipe(ids)).toBe('---------(bp)', { b: 'b', p: 0 })
  }),
)

test(
  'a call without late progress is answered without any',
  marbles(({ clock, expectObservable }) => {
    const count = { handler: () => concat(timer(6), NEVER) }
    const { send, written, peer } = testEngine(clock, demo({ count, big, slow }))
    peer.stall()
    send('(ac)b', { a: { method: 'count' }, b: { method: 'big' }, c: { method: 'slow' } })
    clock.setTimer(() => peer.read(), 12)
    expectObservable(written.pipe(ids)).toBe('12ms (bcp)', { b: 'b', c: 'c', p: 0 })
  }),
)

test(
  'nor does one that waits itself, in front of that call',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ slow }))
    const cancel = { id: undefined, method: '$/cancelRequest', params: { id: 'd' } }
    send('acd', { a: padded('slow', 3000), c: cancel, d: padded('slow') })
    expectObservable(replies.pipe(codes)).toBe('----------a 9ms d', {
      a: ['a', undefined],
      d: ['d', undefined],
    })
  }),
)

test(
  'such a cancel means one call, not another of that id that comes after it',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ asks, slow }))
    const params = { id: 'b', pad: 'x'.repeat(700) }
    const cancel = { id: undefined, method: '$/cancelRequest', params }
    const requests = { a: padded('asks', 3000), b: padded('slow', 400), c: cancel }
    send('abcdx', { ...requests, d: { ...padded('slow'), id: 'b' }, x: { id: 1, result: 'read' } })
    expectObservable(replies.pipe(codes)).toBe('----(ba) 6ms d', {
      b: ['b', -32800],
      a: ['a', undefined],
      d: ['b', undefined],
    })
  }),
)

test(
  'late progress is not told after newer progress',
  marbles(({ clock, expectObservable }) => {
    const values = new Subject<string>()
    const tell = { handler: () => values }
    const { send, written, peer } = testEngine(clock, demo({ tell, big }))
    peer.stall()
    send('ab', { a: { method: 'tell' }, b: { method: 'big' } })
    clock.setTimer(() => values.next('old'), 3)
    written.pipe(take(1), delay(0)).subscribe(() => values.next('never'))
    peer.written$.pipe(take(1)).subscribe(() => {
      values.next('new')
      values.next('newest') // a value is told when the next one comes
    })
    clock.setTimer(() => peer.read(), 6)
    expectObservable(written.pipe(ids)).toBe('------(bpqr)', {
      b: 'b',
      p: 'new',
      q: 'newest',
      r: 'never',
    })
  }),
)

test(
  'a call that makes room while it is taken in is no reason to take others in before its neighbours',
  marbles(({ clock, expectObservable }) => {
    const free = new Subject<void>()
    const held = {
      handler: () =>
        free.pipe(
          map(() => 'free'),
          take(1),
        ),
    }
    const frees = { handler: () => free.next() }
    const { send, calls$, peer } = testEngine(clock, demo({ held, frees, big, slow }))
    peer.stall()
    send('hb', { h: { method: 'held' }, b: { method: 'big' } })
    clock.setTimer(() => {
      peer.send(`{"jsonrpc":"2.0","id":"f","method":"frees"}\n${lines(['c', 0])}`)
      peer.send(lines(['d', 0]))
    }, 3)
    clock.setTimer(() => peer.read(), 6)
    expectObservable(calls$.pipe(map(({ id }) => id))).toBe('hb----(fcd)')
  }),
)

test(
  'what did not wait does not hold up the end of input',
  marbles(({ clock, expectObservable }) => {
    const { send, state$ } = testEngine(clock, demo({ slow }))
    send('as-|', { a: padded('slow', 3000), s: status })
    expectObservable(state$).toBe('r--d------t', { r: 'ready', d: 'draining', t: 'stopped' })
  }),
)

test(
  'a call that is due in the moment in which it could go on does not begin any more',
  marbles(({ clock, expectObservable }) => {
    const begun: unknown[] = []
    const quick = { handler: (_: unknown, { id }: Context) => begun.push(id) }
    const { send, replies } = testEngine(clock, demo({ slow, quick }))
    const hasty = { method: 'quick', params: { _meta: { deadlineMs: 4 } } }
    send('ab', { a: padded('slow', 3000), b: hasty })
    expectObservable(replies.pipe(codes)).toBe('-----b----a', {
      a: ['a', undefined],
      b: ['b', -32001],
    })
    clock.setTimer(() => assert.equal(begun, []), 12)
  }),
)

for (const [bytes, what, frames] of [
  [3000, 'get through while nobody reads', 'bs'],
  [5000, 'wait when twice what may be open is unread', 'b----s'],
] as const) {
  test(
    `control calls ${what}`,
    marbles(({ clock, expectObservable }) => {
      const wide = { handler: () => 'x'.repeat(bytes) }
      const { send, calls$, peer } = testEngine(clock, demo({ wide }))
      peer.stall()
      send('bs', { b: { method: 'wide' }, s: status })
      clock.setTimer(() => peer.read(), 5)
      expectObservable(calls$.pipe(map(({ id }) => id))).toBe(frames)
    }),
  )
}

test(
  'a peer that takes no answers is not read from, though a call waits for its reply',
  marbles(async ({ clock, expectObservable }) => {
    const wide = { handler: () => 'x'.repeat(5000) }
    const { send, replies, peer } = testEngine(clock, demo({ asks, wide, slow }))
    peer.stall()
    send('abcx', {
      a: { method: 'asks' },
      b: { method: 'wide' },
      c: padded('slow', 700),
      x: { id: 1, result: 'read' },
    })
    clock.setTimer(() => peer.read(), 6)
    expectObservable(replies.pipe(codes)).toBe('------(bca)', {
      b: ['b', undefined],
      c: ['c', -32003],
      a: ['a', undefined],
    })
    await clock.advance(5)
    assert.ok(peer.isPaused)
    await clock.advance(2)
    assert.not(peer.isPaused)
  }),
)

test(
  'an engine that stops refuses what waits, and what still comes, at once',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, stop } = testEngine(clock, demo({ slow }))
    send('ab---c', { a: padded('slow', 3000), b: padded('slow'), c: padded('slow') })
    clock.setTimer(() => stop(), 3)
    expectObservable(replies.pipe(codes)).toBe('---b-c----a', {
      a: ['a', undefined],
      b: ['b', -32004],
      c: ['c', -32004],
    })
  }),
)

test(
  'the deadline of a control call that overtakes counts from when it came',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ stuck }))
    const hasty = { method: 'engine.status', params: { _meta: { deadlineMs: 50 } } }
    send('a 99ms s', { a: padded('stuck', 3000), s: hasty })
    expectObservable(replies.pipe(codes)).toBe('100ms s', { s: ['s', undefined] })
  }),
)

test(
  'when enough of what waits has expired, reading goes on',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo({ stuck }))
    const cancel = { id: undefined, method: '$/cancelRequest', params: { id: 'a' } }
    const hasty = { pad: 'x'.repeat(700), _meta: { deadlineMs: 4 } }
    send('ab------c', {
      a: padded('stuck', 3000),
      b: { method: 'stuck', params: hasty },
      c: cancel,
    })
    expectObservable(replies.pipe(codes)).toBe('-----b--a', {
      a: ['a', -32800],
      b: ['b', -32001],
    })
  }),
)

test.run()
