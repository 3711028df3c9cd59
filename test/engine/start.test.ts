import { concat, map, NEVER, of, skip, take, throwError } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { admit, dispatch, type EngineDefinition, engine, setting, t } from '../../src/index.js'
import type { Logger } from '../../src/ports/logger.js'
import { marbles, testEngine, virtualClock } from '../../src/testing/index.js'
import { memoryTransport } from '../../src/testing/memory-transport.js'

const test = suite('start')

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const fail = () => {
  throw new Error('no log')
}
const brokenLog: Logger = {
  trace: fail,
  debug: fail,
  info: fail,
  warn: fail,
  error: fail,
  fatal: fail,
  child: () => brokenLog,
  setLevel: () => {},
}

const demo = (more: Partial<EngineDefinition> = {}) =>
  engine({
    name: 'demo',
    version: '1.0.0',
    methods: { echo: { handler: (params) => params } },
    onStart: () => sleep(5),
    ...more,
  })

const echo = { method: 'echo', params: ['hello'] }
const told = map(({ id, error }: Readonly<Record<string, unknown>>) =>
  error === undefined ? id : `${id} ${(error as { code: number }).code}`,
)

test(
  'calls wait for it, in their order; control calls do not',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, demo())
    send('                                   a-bsc-----d', {
      a: echo,
      b: echo,
      c: echo,
      d: echo,
      s: { method: 'engine.status' },
    })
    expectObservable(replies.pipe(told)).toBe('---s-(abc)d', {
      a: 'a',
      b: 'b',
      c: 'c',
      d: 'd',
      s: 's',
    })
  }),
)

test(
  'a call that waits is answered at its deadline, and may be cancelled',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, records } = testEngine(clock, demo())
    const hasty = { method: 'echo', params: { _meta: { deadlineMs: 3 } } }
    const cancel = { method: '$/cancelRequest', params: { id: 'b' }, id: undefined }
    send('ab-c', { a: hasty, b: echo, c: cancel })
    expectObservable(replies.pipe(told)).toBe('---(ab)', { a: 'b -32800', b: 'a -32001' })
    // A stage that keeps a call on purpose is no reason to warn.
    clock.setTimer(() => assert.not(records.some(({ level }) => level === 'warn')), 5)
  }),
)

test(
  'only so many wait',
  marbles(({ clock, expectObservable }) => {
    const calls: EngineDefinition['calls'] = (calls$) =>
      calls$.pipe(admit({ queue: 2 }), dispatch())
    const { send, replies } = testEngine(clock, demo({ calls }))
    send('abc', { a: echo, b: echo, c: echo })
    expectObservable(replies.pipe(told)).toBe('--c--(ab)', { a: 'a', b: 'b', c: 'c -32002' })
  }),
)

test(
  'when it fails, all that wait are told so, and it ends',
  marbles(async ({ clock, expectObservable }) => {
    const onStart = () => sleep(4).then(() => Promise.reject(new Error('no model')))
    let hasRunStop = false
    const onStop = () => {
      hasRunStop = true
    }
    const { send, replies, state$, records, done } = testEngine(clock, demo({ onStart, onStop }))
    send('ab', { a: echo, b: echo })
    expectObservable(replies.pipe(told)).toBe('----(ab)', { a: 'a -32002', b: 'b -32002' })
    expectObservable(state$).toBe('s---(ft)', { s: 'starting', f: 'failed', t: 'stopped' })
    await clock.advance(4)
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
    const fatal = records.find(({ level }) => level === 'fatal')
    assert.equal(fatal?.facts['err'], new Error('no model'))
    assert.not(hasRunStop) // it never started
  }),
)

for (const [how, more] of [
  [
    'throws',
    {
      onStart: () => {
        throw new Error('no model')
      },
    },
  ],
  ['rejects at once', { onStart: async () => Promise.reject(new Error('no model')) }],
  ['has stages that cannot be made', { calls: () => throwError(() => new Error('no stages')) }],
] as const) {
  for (const isEnd of [false, true]) {
    test(`when it ${how}, what has come already is answered${isEnd ? ', and the end of input is no other cause' : ''}`, async () => {
      const clock = virtualClock()
      const { peer, done } = testEngine(clock, demo(more))
      process.nextTick(() => {
        peer.send('{"jsonrpc":"2.0","id":1,"method":"echo"}\n')
        if (isEnd) peer.end()
      })
      assert.equal(await done, { exitCode: 70, reason: 'start failed' })
      const [reply = ''] = peer.written
      assert.match(reply, '"id":1,"error":{"code":-32002,')
      assert.is(peer.written.length, 1)
    })
  }
}

test(
  'a log that throws keeps a start that fails from nothing',
  marbles(async ({ clock, expectObservable }) => {
    const onStart = () => sleep(4).then(() => Promise.reject(new Error('no model')))
    const { send, replies, done } = testEngine(clock, demo({ onStart }), { log: brokenLog })
    send('a', { a: echo })
    expectObservable(replies.pipe(told)).toBe('----a', { a: 'a -32002' })
    await clock.advance(4)
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
  }),
)

test(
  'end of input while it starts: what came before is served first',
  marbles(async ({ clock, expectObservable }) => {
    const { send, replies, done } = testEngine(clock, demo())
    send('ab|', { a: echo, b: echo })
    expectObservable(replies.pipe(told)).toBe('-----(ab)', { a: 'a', b: 'b' })
    await clock.advance(5)
    assert.equal(await done, { exitCode: 0, reason: 'end of input' })
  }),
)

test(
  'end of input while a start hangs: it ends when nobody waits any more',
  marbles(async ({ clock, expectObservable }) => {
    const onStart = () => new Promise(() => {})
    const { send, replies, state$, done } = testEngine(clock, demo({ onStart }))
    send('a-|', { a: { method: 'echo', params: { _meta: { deadlineMs: 7 } } } })
    expectObservable(replies.pipe(told)).toBe('-------a', { a: 'a -32001' })
    expectObservable(state$).toBe('s------(dt)', { s: 'starting', d: 'draining', t: 'stopped' })
    await clock.advance(7)
    assert.equal(await done, { exitCode: 0, reason: 'end of input' })
  }),
)

test(
  'an input that cannot be read counts as ended, and is told of',
  marbles(async ({ clock, expectObservable }) => {
    const { transport } = memoryTransport()
    const broken = throwError(() => new Error('EIO'))
    const input$ = concat(of(Buffer.from('{"jsonrpc":"2.0","id":"a","method":"echo"}')), broken)
    const ports = { transport: { ...transport, input$ } }
    const { outcomes$, records, done } = testEngine(clock, demo(), ports)
    expectObservable(outcomes$.pipe(map(({ call }) => call.id))).toBe('-----a')
    await clock.advance(5)
    assert.equal(await done, { exitCode: 0, reason: 'end of input' })
    const [{ message = '' } = {}] = records.filter(({ level }) => level === 'error')
    assert.is(message, 'The input cannot be read; it counts as ended')
  }),
)

test(
  'its context tells the peer, asks it, and has the config',
  marbles(({ clock, expectObservable }) => {
    const onStart: EngineDefinition['onStart'] = async ({ config, notify, request, log }) => {
      log.info({ config }, 'starting')
      notify('models.found', ['tiny'])
      const answer = await request('host.name')
      notify('host.known', { answer })
    }
    const config = t.strict({ model: setting(t.string, { default: 'base' }) })
    const own = { model: 'tiny' }
    const { send, written, records } = testEngine(clock, demo({ onStart, config }), {
      config: { own },
    })
    send('                           -r----d', { r: { id: 1, result: 'desktop' }, d: echo })
    expectObservable(written).toBe('-(abc)d', {
      a: { method: 'models.found', params: ['tiny'] },
      b: { id: 1, method: 'host.name' },
      c: { method: 'host.known', params: { answer: 'desktop' } },
      d: { id: 'd', result: ['hello'] },
    })
    assert.equal(records[0]?.facts, { config: { model: 'tiny' } })
  }),
)

test(
  'nothing is written before the first bytes show the framing',
  marbles(({ clock, expectObservable }) => {
    const onStart: EngineDefinition['onStart'] = ({ notify }) => notify('hello', {})
    const { peer } = testEngine(clock, demo({ onStart }))
    expectObservable(peer.written$).toBe('-----(hp)', {
      h: 'Content-Length: 46\r\n\r\n{"jsonrpc":"2.0","method":"hello","params":{}}',
      p: 'Content-Length: 38\r\n\r\n{"jsonrpc":"2.0","id":1,"result":null}',
    })
    const text = '{"jsonrpc":"2.0","id":1,"method":"echo"}'
    clock.setTimer(() => peer.send('Content-'), 2)
    clock.setTimer(() => peer.send(`Length: ${text.length}\r\n\r\n${text}`), 5)
  }),
)

test(
  'in a framing that was given it speaks first',
  marbles(({ clock, expectObservable }) => {
    const onStart: EngineDefinition['onStart'] = ({ notify }) =>
      sleep(2).then(() => notify('hi', {}))
    const { peer } = testEngine(clock, demo({ onStart }), { framing: 'content-length' })
    expectObservable(peer.written$).toBe('--h', {
      h: 'Content-Length: 43\r\n\r\n{"jsonrpc":"2.0","method":"hi","params":{}}',
    })
  }),
)

test(
  'a call that comes the moment it is ready does not wait',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, state$, peer } = testEngine(clock, demo())
    const text = '{"jsonrpc":"2.0","id":"b","method":"echo"}\n'
    send('a', { a: echo })
    clock.setTimer(() => {
      state$.subscribe((phase) => phase === 'ready' && peer.send(text))
    }, 2)
    expectObservable(replies.pipe(told)).toBe('-----(ab)')
  }),
)

test(
  'what it told a peer that says nothing is written at the end of input',
  marbles(async ({ clock, expectObservable }) => {
    const onStart: EngineDefinition['onStart'] = ({ notify }) => notify('hello', {})
    const { send, written, done } = testEngine(clock, demo({ onStart }))
    send('---|', {})
    expectObservable(written).toBe('---h', { h: { method: 'hello', params: {} } })
    await clock.advance(3)
    assert.equal(await done, { exitCode: 0, reason: 'end of input' })
  }),
)

test(
  'a reply pipeline that cannot be built ends it',
  marbles(async ({ clock, expectObservable }) => {
    const replies = () => throwError(() => new Error('no replies'))
    const { done, context } = testEngine(clock, demo({ replies }))
    expectObservable(NEVER).toBe('-')
    await clock.advance(0)
    assert.equal(await done, { exitCode: 70, reason: 'start failed' })
    assert.ok(context.signal.aborted)
  }),
)

test(
  'who asks when told of a state finds that state',
  marbles(({ clock, expectObservable }) => {
    const { send, replies, notifications, peer } = testEngine(clock, demo())
    send('s', { s: { method: 'engine.subscribe', params: { state: true } } })
    notifications.pipe(take(1)).subscribe(() => {
      peer.send('{"jsonrpc":"2.0","id":"b","method":"engine.status"}\n')
    })
    const state = map(({ result }: { result?: { state?: string } }) => result?.state)
    expectObservable(replies.pipe(skip(1), state)).toBe('-----b', { b: 'ready' })
  }),
)

test.run()
