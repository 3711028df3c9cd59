import type * as t from 'io-ts'
import { firstValueFrom, map } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engine, errorCodes, method, rpcError } from '../../src/index.js'
import {
  EngineHealth,
  EngineInfo,
  EngineState,
  EngineStatus,
  ErrorData,
  InvalidParamsData,
} from '../../src/models/index.js'
import { processVitals } from '../../src/platform/vitals.js'
import { compileDecoder } from '../../src/protocol/codec.js'
import { toJsonSchema } from '../../src/protocol/json-schema.js'
import { invalidParams } from '../../src/protocol/rpc-error.js'
import { toWireError } from '../../src/protocol/wire-error.js'
import { marbles, type PeerError, scriptedPeer, testEngine } from '../../src/testing/index.js'

const test = suite('models of what engines answer')

const fits = (codec: t.Mixed, answer: unknown): void => {
  assert.equal(compileDecoder(codec)(answer), { _tag: 'Right', right: answer })
}

/** Members of an answer that its model does not tell of. */
const unknownOf = (codec: t.Mixed, answer: unknown): readonly string[] => {
  const { properties } = toJsonSchema(codec)
  return Object.keys(answer as object).filter((key) => !Object.hasOwn(properties as object, key))
}

const demo = engine({
  name: 'demo',
  version: '1.0.0',
  description: 'For tests',
  methods: {
    echo: method({ description: 'Says it again', idempotent: true, handler: (it) => it }),
    fail: method({
      handler: () => {
        throw rpcError('ModelNotFound', 'There is no such model', { model: 'tiny' })
      },
    }),
    bare: method({ handler: async () => null }),
  },
  notifications: { seen: { handler: () => {} } },
  health: {
    disk: () => ({ status: 'degraded', freeBytes: 1 }),
    broken: () => {
      throw new Error('no')
    },
  },
})

test('engine.describe, engine.status and health.check fit theirs', async () => {
  const peer = scriptedPeer(demo, {
    vitals: processVitals(
      () => 3,
      () => 0,
    ),
  })
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  await peer.call('bare', { _meta: { traceparent } })
  const info = await peer.call('engine.describe')
  fits(EngineInfo, info)
  assert.equal(unknownOf(EngineInfo, info), [])
  const status = await peer.call('engine.status')
  fits(EngineStatus, status)
  assert.equal(unknownOf(EngineStatus, status), [])
  const health = await peer.call('health.check')
  fits(EngineHealth, health)
  assert.equal(unknownOf(EngineHealth, health), [])
  assert.is(EngineHealth.is(health) && health.state, 'degraded')
  assert.is(await peer.end(), 0)
})

test(
  'the first answers of an engine that is still starting fit, too',
  marbles(({ clock, expectObservable }) => {
    const { send, replies } = testEngine(clock, { ...demo, onStart: () => new Promise(() => {}) })
    const codecs = { d: EngineInfo, s: EngineStatus, h: EngineHealth }
    const sent = '    (dsh)----|'
    const answered = '(dsh)'
    send(sent, {
      d: { method: 'engine.describe' },
      s: { method: 'engine.status' },
      h: { method: 'health.check' },
    })
    const told = replies.pipe(
      map(({ id, result }) => codecs[id as keyof typeof codecs].is(result) && id),
    )
    expectObservable(told, '^--!').toBe(answered)
  }),
)

test('a snapshot of health has the type of its model', async () => {
  const peer = scriptedPeer(demo)
  const health: EngineHealth = await firstValueFrom(peer.engine.health$)
  const state: EngineState = health.state
  fits(EngineState, state)
  fits(EngineHealth, health)
  assert.is(await peer.end(), 0)
})

test('errors of an engine fit theirs, and keep their facts', async () => {
  const peer = scriptedPeer(demo)
  const error = await peer.call('fail').catch((it: PeerError) => it)
  const { code, data } = error as PeerError
  assert.is(code, errorCodes.ModelNotFound)
  fits(ErrorData, data)
  assert.is((data as { model?: string }).model, 'tiny')
  assert.is(await peer.end(), 0)
})

test('every kind of error fits', () => {
  for (const kind of Object.keys(errorCodes)) {
    fits(ErrorData, toWireError(rpcError(kind, 'A sentence'), 'debug').data)
  }
  const problems = [{ path: '', expected: 'object', got: 'missing' }]
  fits(InvalidParamsData, toWireError(invalidParams(problems, 1), 'none').data)
})

test.run()
