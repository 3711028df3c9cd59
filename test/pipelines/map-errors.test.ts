import { left } from 'fp-ts/lib/Either.js'
import { filter, ignoreElements, map, Observable } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dispatch, type ErrorSettings, mapErrors, type Outcome } from '../../pipelines/index.js'
import { type RpcError, rpcError } from '../../src/protocol/rpc-error.js'
import { marbles, testCalls } from '../../src/testing/index.js'

const test = suite('mapErrors')

const disk = new Error('cannot read /home/me/model.bin', { cause: new Error('EIO') })

/** The error that comes out, and the log, when a handler throws or returns something. */
const told = async (settings: ErrorSettings | undefined, handler: () => unknown) => {
  let error: RpcError | undefined
  let records: ReturnType<typeof testCalls>['records'] = []
  await marbles(({ clock, expectObservable }) => {
    const tested = testCalls(clock)
    records = tested.records
    expectObservable(tested.calls('a', { a: { definition: { handler } } }).pipe(dispatch())).toBe(
      '-',
    )
    const errors = tested.outcomes.pipe(
      mapErrors(settings),
      map((outcome) => {
        if (outcome.kind === 'reply' && outcome.result._tag === 'Left') error = outcome.result.left
        return outcome.kind
      }),
      filter((kind) => kind === 'reply'),
    )
    expectObservable(errors).toBe('a', { a: 'reply' })
  })()
  return { error: error as RpcError, records }
}

const throws = (thrown: unknown) => () => {
  throw thrown
}

test('a defect is told by its message and a reference, under which the log has all of it', async () => {
  const { error, records } = await told(undefined, throws(disk))
  assert.is(error.message, 'cannot read /home/me/model.bin')
  assert.is(error.cause, undefined)
  const { ref } = error.facts
  assert.type(ref, 'string')
  assert.equal(error.facts, { ref })
  assert.equal(records, [
    {
      level: 'error',
      message: 'cannot read /home/me/model.bin',
      facts: { method: 'test', requestId: 'a', ref, err: disk },
    },
  ])
})

test('each defect has a reference of its own', async () => {
  const first = await told(undefined, throws(disk))
  const second = await told(undefined, throws(disk))
  assert.is.not(first.error.facts['ref'], second.error.facts['ref'])
})

test('none tells nothing of it', async () => {
  const { error, records } = await told({ expose: 'none' }, throws(disk))
  assert.is(error.message, 'Internal error')
  assert.equal(Object.keys(error.facts), ['ref'])
  assert.is(records[0]?.facts['err'], disk)
})

test('debug tells stack and causes too', async () => {
  const { error } = await told({ expose: 'debug' }, throws(disk))
  const debug = error.facts['debug'] as readonly string[]
  assert.match(debug[0] ?? '', /^Error: cannot read \/home\/me\/model.bin\n {4}at /)
  assert.match(debug[1] ?? '', /^Error: EIO/)
})

test('a declared error passes as it is, and is not logged', async () => {
  const declared = rpcError('ModelNotFound', 'No model tiny', { name: 'tiny' })
  const { error, records } = await told({ expose: 'none' }, () => left(declared))
  assert.is(error, declared)
  assert.equal(records, [])
})

test('a rule of the user comes first, for each error, with its call', async () => {
  const seen: unknown[] = []
  const settings: ErrorSettings = {
    map: (error, call) => {
      seen.push([error.kind, call.id])
      return error.kind === 'InternalError' ? rpcError('EngineError', 'try again') : error
    },
  }
  const { error, records } = await told(settings, throws(disk))
  assert.is(error.kind, 'EngineError')
  assert.equal(seen, [['InternalError', 'a']])
  assert.equal(records, [])
})

test('a rule may make a defect of an error', async () => {
  const settings: ErrorSettings = { map: (error) => ({ ...error, kind: 'InternalError' }) }
  const { error, records } = await told(settings, () => left('odd'))
  assert.type(error.facts['ref'], 'string')
  assert.is(records.length, 1)
})

test('results and progress pass', async () => {
  await marbles(({ clock, expectObservable }) => {
    const { calls, outcomes } = testCalls(clock)
    const handler = async (_: unknown, { progress }: { progress(value: unknown): void }) => {
      progress(0.5)
      return 1
    }
    expectObservable(calls('a', { a: { definition: { handler } } }).pipe(dispatch())).toBe('-')
    expectObservable(
      outcomes.pipe(
        mapErrors(),
        map(({ kind }) => kind),
      ),
    ).toBe('(pr)', {
      p: 'progress',
      r: 'reply',
    })
  })()
})

test(
  'a reply that comes after the end is not looked at',
  marbles(({ clock, expectObservable }) => {
    const seen: unknown[] = []
    const { call } = testCalls(clock)
    const failed = (id: string): Outcome => ({
      kind: 'reply',
      call: call({ id }),
      result: left(rpcError('EngineError', id)),
    })
    const outcomes = new Observable<Outcome>((subscriber) => {
      subscriber.next(failed('a'))
      subscriber.complete()
      subscriber.next(failed('b'))
    })
    const rule = (error: RpcError): RpcError => {
      seen.push(error.message)
      return error
    }
    expectObservable(outcomes.pipe(mapErrors({ map: rule }), ignoreElements())).toBe('|')
    clock.setTimer(() => assert.equal(seen, ['a']), 1)
  }),
)

test.run()
