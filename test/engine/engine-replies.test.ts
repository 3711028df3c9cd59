/** What callers are told. */
import { delay, filter, map, tap, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EngineDefinition, left, method, type RpcError, rpcError, t } from '../../src/index.js'
import { marbles, testEngine } from '../../src/testing/index.js'
import { add, demo } from './demo-engine.js'

const test = suite('replies of an engine')

test(
  'a method may declare its errors; what it throws is told by its message and a reference',
  marbles(({ clock, expectObservable }) => {
    const methods = {
      load: {
        errors: { NoModel: { code: -32042, message: 'There is no such model' } },
        handler: () => left({ kind: 'NoModel', name: 'tiny' }),
      },
      crash: {
        handler: () => {
          throw new Error('boom')
        },
      },
      table: { handler: () => left(rpcError('AudioInvalid', 'Not a WAV file', { at: 12 })) },
    }
    const { send, replies } = testEngine(clock, demo({ methods }))
    send('abc', { a: { method: 'load' }, b: { method: 'crash' }, c: { method: 'table' } })
    const withoutRef = map((reply: Readonly<Record<string, unknown>>) => {
      const { data, ...error } = reply['error'] as { data: Record<string, unknown> }
      const { ref, ...facts } = data
      return [reply['id'], { ...error, data: facts }, typeof ref]
    })
    expectObservable(replies.pipe(withoutRef)).toBe('abc', {
      a: [
        'a',
        {
          code: -32042,
          message: 'There is no such model',
          data: { kind: 'NoModel', retryable: false, name: 'tiny' },
        },
        'undefined',
      ],
      b: [
        'b',
        { code: -32603, message: 'boom', data: { kind: 'InternalError', retryable: false } },
        'string',
      ],
      c: [
        'c',
        {
          code: -32013,
          message: 'Not a WAV file',
          data: { kind: 'AudioInvalid', retryable: false, at: 12 },
        },
        'undefined',
      ],
    })
  }),
)

test(
  'a reply pipeline of its own takes the place of the standard one',
  marbles(({ clock, expectObservable }) => {
    const replies: EngineDefinition['replies'] = (outcomes$) =>
      outcomes$.pipe(
        map((outcome) =>
          outcome.kind === 'reply'
            ? { ...outcome, result: { _tag: 'Right', right: 'always' } as const }
            : outcome,
        ),
      )
    const { send, replies: written } = testEngine(clock, demo({ replies }))
    send('a', { a: add })
    expectObservable(written).toBe('a', { a: { id: 'a', result: 'always' } })
  }),
)

test(
  'a reply stage that throws costs one reply; one that keeps a reply, its caller hears at the deadline',
  marbles(({ clock, expectObservable }) => {
    const replies: EngineDefinition['replies'] = (outcomes$) =>
      outcomes$.pipe(
        tap(({ call }) => {
          if (call.id === 'b') throw new Error('reply stage')
        }),
        filter(({ call }) => call.id !== 'c'),
      )
    const { send, replies: written } = testEngine(clock, demo({ replies, deadline: 5 }))
    send('abcd', { a: add, b: add, c: add, d: add })
    const brief = map(({ id, error }: { id?: unknown; error?: { message: string } }) => [
      id,
      error?.message,
    ])
    expectObservable(written.pipe(brief)).toBe('ab-d---c', {
      a: ['a', undefined],
      b: ['b', 'reply stage'],
      c: ['c', 'The deadline of 5 ms has passed'],
      d: ['d', undefined],
    })
  }),
)

test(
  'control calls do not wait behind the reply stages of an engine',
  marbles(({ clock, expectObservable }) => {
    const replies: EngineDefinition['replies'] = (outcomes$) => outcomes$.pipe(delay(9))
    const { send, replies: written } = testEngine(clock, demo({ replies }))
    send('ab-c', {
      a: add,
      b: { method: 'engine.status' },
      c: { method: 'engine.shutdown', params: {} },
    })
    expectObservable(written.pipe(map(({ id, error }) => (error === undefined ? id : 'no')))).toBe(
      '-b-c-----a',
    )
  }),
)

test(
  'parts that nobody reads end their call, and its handler',
  marbles(({ clock, expectObservable }) => {
    let sent = 0
    const part = 'x'.repeat(100)
    const dictate = method({
      partial: t.string,
      handler: () =>
        timer(0, 1).pipe(
          tap(() => {
            sent += 1
          }),
          map(() => part),
        ),
    })
    const definition = demo({ methods: { dictate }, limits: { replyBytes: 1000 } })
    const { send, written, peer } = testEngine(clock, definition)
    peer.stall()
    send('a', { a: { method: 'dictate' } })
    clock.setTimer(() => peer.read(), 20)
    const last = written.pipe(filter(({ method: name }) => name === undefined))
    expectObservable(last.pipe(map(({ error }) => (error as RpcError).code))).toBe('20ms a', {
      a: -32003,
    })
    clock.setTimer(() => assert.is(sent, 7), 30) // six fill a thousand bytes, the next one is too much
  }),
)

test(
  'a rule of `errors.map` that throws costs its reply',
  marbles(({ clock, expectObservable }) => {
    const errors: EngineDefinition['errors'] = {
      map: (error, call) => {
        if (call.id === 'a') throw new Error('bad rule')
        return error
      },
    }
    const { send, replies } = testEngine(clock, demo({ errors }))
    const nope = { method: 'nope' }
    send('abc', { a: nope, b: nope, c: add })
    const message = map(({ id, error }: { id?: unknown; error?: { message: string } }) => [
      id,
      error?.message,
    ])
    expectObservable(replies.pipe(message)).toBe('abc', {
      a: ['a', 'bad rule'],
      b: ['b', 'Method not found'],
      c: ['c', undefined],
    })
  }),
)

test(
  'the error in place of a result that is too large is no larger than a reply may be',
  marbles(({ clock, expectObservable }) => {
    const big = { handler: () => 'x'.repeat(2000) }
    const errors = { map: () => rpcError('EngineError', 'no', { trace: 'y'.repeat(5000) }) }
    const small = demo({ methods: { big }, errors, limits: { replyBytes: 1000 } })
    const { peer, send } = testEngine(clock, small)
    send('a', { a: { method: 'big' } })
    expectObservable(peer.written$.pipe(map(({ length }) => length < 1000))).toBe('a', { a: true })
  }),
)

test(
  'a rule of `errors.map` that throws does not keep a result that cannot be printed from being told',
  marbles(({ clock, expectObservable }) => {
    const errors: EngineDefinition['errors'] = {
      map: () => {
        throw new Error('bad rule')
      },
    }
    const methods = { big: { handler: () => 1n } }
    const { send, replies } = testEngine(clock, demo({ errors, methods }))
    send('a', { a: { method: 'big' } })
    const brief = map(({ id, error }: { id?: unknown; error?: { code: number } }) => [
      id,
      error?.code,
    ])
    expectObservable(replies.pipe(brief)).toBe('a', { a: ['a', -32603] })
  }),
)

test(
  'facts of an error that are larger than a reply may be are left out',
  marbles(({ clock, expectObservable }) => {
    const facts = { trace: 'x'.repeat(2000) }
    const methods = { fail: { handler: () => left(rpcError('AudioInvalid', 'Not a file', facts)) } }
    const { send, replies } = testEngine(clock, demo({ methods, limits: { replyBytes: 1000 } }))
    send('a', { a: { method: 'fail' } })
    const brief = map(({ error }: { error?: { message: string; data: { kind: string } } }) => [
      error?.message,
      error?.data.kind,
      JSON.stringify(error).length < 1000,
    ])
    expectObservable(replies.pipe(brief)).toBe('a', { a: ['Not a file', 'AudioInvalid', true] })
  }),
)

test.run()
