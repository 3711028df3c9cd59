/** What handlers return, and what callers get. */
import { left, right } from 'fp-ts/lib/Either.js'
import * as TaskEither from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { of, throwError } from 'rxjs'
import * as assert from 'uvu/assert'
import { type AnyMethod, method } from '../../src/engine/define.js'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { engineOf, exchange, gist, suiteInFramings } from './wire.js'

const test = suiteInFramings('results')

const cycle: Record<string, unknown> = {}
cycle['self'] = cycle
const gotcha = (): never => {
  throw new Error('gotcha')
}
/** Written out, `then` looks like a mistake. */
const withThen = (then: unknown): object => Object.fromEntries([['then', then]])
const thenGetter = Object.defineProperty({}, 'then', { get: gotcha })
const valueGetter = Object.defineProperty({}, 'x', { get: gotcha, enumerable: true })
const tagGetter = Object.defineProperty({}, '_tag', { get: gotcha, enumerable: true })
const proxy = new Proxy({}, { get: gotcha, has: gotcha, ownKeys: gotcha, getPrototypeOf: gotcha })
const failureGetter = left(Object.defineProperty({}, 'message', { get: gotcha, enumerable: true }))
const internal = [-32603, 'InternalError']
const typed = (handler: () => unknown): AnyMethod =>
  method({ result: t.number, handler: handler as () => number })

/** Name, what is returned (a function is the handler itself), and what the caller gets. */
const cases: readonly (readonly [string, (() => unknown) | AnyMethod, readonly unknown[]])[] = [
  ['0', () => 0, [0]],
  ['-0', () => -0, [0]],
  ['""', () => '', ['']],
  ['false', () => false, [false]],
  ['null', () => null, [null]],
  ['undefined', () => undefined, [null]],
  ['a promise of undefined', async () => undefined, [null]],
  ['NaN', () => Number.NaN, internal],
  ['Infinity', () => Number.POSITIVE_INFINITY, internal],
  ['a Date', () => new Date(0), ['1970-01-01T00:00:00.000Z']],
  ['an own __proto__', () => JSON.parse('{"__proto__":1}'), [JSON.parse('{"__proto__":1}')]],
  ['a promise', async () => 1, [1]],
  ['a thenable', () => withThen((resolve: (value: number) => void) => resolve(1)), [1]],
  ['an object with a then that is no function', () => withThen(1), [withThen(1)]],
  ['an Observable', () => of(1, 2), [2]],
  ['a Right', () => right(1), [1]],
  ['a Right of undefined', () => right(undefined), [null]],
  ['a promise of a Right', async () => right(1), [1]],
  ['an Observable of a Right', () => of(right(1)), [1]],
  ['a TaskEither', () => TaskEither.right(1), [1]],
  ['a promise of a TaskEither', async () => TaskEither.right(1), [1]],
  ['an object tagged Right without a right', () => ({ _tag: 'Right' }), [{ _tag: 'Right' }]],
  [
    'an Either that the codec accepts',
    method({ result: t.type({ _tag: t.string }), handler: () => right(1) as never }),
    [{ _tag: 'Right', right: 1 }],
  ],

  ['a Left of an RpcError', () => left(rpcError('Overloaded', 'no')), [-32003, 'Overloaded']],
  ['a Left of an Error', () => left(new Error('no')), [-32000, 'EngineError']],
  ['a Left of a text', () => left('no'), [-32000, 'EngineError']],
  ['a Left of an object', () => left({ kind: 'Jammed', message: 'no' }), [-32000, 'Jammed']],
  ['a Left of nothing', () => left(undefined as never), [-32000, 'EngineError']],
  ['a TaskEither that fails', () => TaskEither.left('no'), [-32000, 'EngineError']],
  ['a thrown Error', gotcha, internal],
  [
    'a thrown text',
    () => {
      throw 'no'
    },
    internal,
  ],
  [
    'a thrown undefined',
    () => {
      throw undefined
    },
    internal,
  ],
  ['a rejection', async () => gotcha(), internal],
  ['a rejection with nothing', () => Promise.reject(), internal],
  [
    'a thrown RpcError',
    () => {
      throw rpcError('Overloaded', 'no')
    },
    [-32003, 'Overloaded'],
  ],
  ['an Observable that fails', () => throwError(() => new Error('no')), internal],
  ['an Observable without a value', () => of(), internal],
  [
    'a thrown proxy that throws',
    () => {
      throw proxy
    },
    internal,
  ],
  ['a rejection with a proxy that throws', () => Promise.reject(proxy), internal],
  ['a task that throws', () => () => gotcha(), internal],

  ['a BigInt', () => 1n, internal],
  ['a symbol', () => Symbol('x'), internal],
  ['a function in a promise of a Right', async () => right(() => 1), internal],
  ['a cycle', () => cycle, internal],
  ['a toJSON that throws', () => ({ toJSON: gotcha }), internal],
  ['a toJSON of undefined', () => ({ toJSON: () => undefined }), internal],
  ['a getter that throws', () => valueGetter, internal],
  ['a then that throws', () => thenGetter, internal],
  ['a then that throws when called', () => withThen(gotcha), internal],
  ['a tag that throws', () => tagGetter, internal],
  ['a tag that throws, later', async () => tagGetter, internal],
  ['a proxy that throws', () => proxy, internal],
  ['a Left whose getters throw', () => failureGetter, internal],
  ['a Left whose getters throw, later', async () => failureGetter, internal],
  ['a Left whose getters throw, in a stream', () => of(failureGetter), internal],
  ['a wrong type', typed(() => 'x'), internal],
  ['a wrong type, later', typed(async () => 'x'), internal],
  ['nothing, where a number is promised', typed(() => undefined), internal],
  [
    'a getter that throws, where a type is promised',
    method({ result: t.type({ x: t.number }), handler: () => valueGetter as never }),
    internal,
  ],
]

for (const [name, what, expected] of cases) {
  test(`${name} is ${JSON.stringify(expected)}, and the next call is served`, async () => {
    const odd = typeof what === 'function' ? method({ handler: what as () => never }) : what
    const { messages, exitCode } = await exchange(
      engineOf({ odd, next: method({ handler: () => 'ok' }) }),
      [
        '{"jsonrpc":"2.0","id":"odd","method":"odd"}\n{"jsonrpc":"2.0","id":"next","method":"next"}\n',
      ],
    )
    const replies = messages.filter((message) => message.method === undefined)
    const byId = new Map(replies.map((reply) => [reply.id, gist(reply).slice(1)]))
    assert.is(replies.length, 2, 'each is answered once')
    assert.equal(byId.get('odd'), expected)
    assert.equal(byId.get('next'), ['ok'])
    assert.is(exitCode, 0)
  })
}

test('a batch survives members that cannot be printed', async () => {
  const definition = engineOf({
    odd: method({ handler: () => 1n }),
    next: method({ handler: () => 'ok' }),
  })
  const { texts } = await exchange(definition, [
    '[{"jsonrpc":"2.0","id":1,"method":"odd"},{"jsonrpc":"2.0","id":2,"method":"next"}]\n',
  ])
  assert.equal(JSON.parse(texts[0] as string).map(gist), [
    [1, ...internal],
    [2, 'ok'],
  ])
})

test.run()
