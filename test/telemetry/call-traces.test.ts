import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import * as t from 'io-ts'
import { delay, map, type Observable, timer } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call } from '../../pipelines/index.js'
import {
  admit,
  dispatch,
  type Engine,
  engine,
  limit,
  method,
  named,
  rpcError,
  validateParams,
} from '../../src/index.js'
import type { Logger } from '../../src/ports/logger.js'
import type { EngineFigures } from '../../src/ports/telemetry.js'
import { marbles, scriptedPeer, testEngine, virtualClock } from '../../src/testing/index.js'
import { callTraces } from '../../telemetry/call-traces.js'
import { idOf, parentIdOf, type Recording, type RecordingOptions, recording } from './recording.js'

const test = suite('call traces')

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const kept = `00-${traceId}-${spanId}-01`
const notKept = `00-${traceId}-${spanId}-00`

let open: Recording | undefined
const record = (options?: RecordingOptions): Recording => {
  open = recording(options)
  return open
}
test.after.each(() => open?.end())

const demo = engine({
  name: 'demo',
  version: '1.0.0',
  methods: {
    add: method({
      params: t.strict({ a: t.number, b: t.number }),
      handler: ({ a, b }) => a + b,
    }),
    fail: method({
      errors: { NoFile: { code: -32050, message: 'There is no such file' } },
      handler: () => {
        throw rpcError('NoFile', 'There is no file /secret')
      },
    }),
    ask: method({ handler: (_, call) => call.request('lookup', { key: 1 }) }),
    headers: method({ handler: (_, call) => call.trace }),
  },
})

const only = (spans: readonly ReadableSpan[]): ReadableSpan => {
  assert.is(spans.length, 1)
  return spans[0] as ReadableSpan
}

const callsIn = (spans: readonly ReadableSpan[]): ReadableSpan[] =>
  spans.filter(({ name }) => name !== 'start')

test('a call is a server span with the names of the conventions', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  await peer.call('add', { a: 1, b: 2, _meta: { traceparent: kept, tracestate: 'a=b' } })
  const span = only(named('add'))
  const {
    [`sidestream.queue.wait`]: wait,
    [`sidestream.handler.duration`]: took,
    ...rest
  } = span.attributes
  assert.equal(rest, {
    'rpc.system.name': 'jsonrpc',
    'rpc.method': 'add',
    'jsonrpc.protocol.version': '2.0',
    'jsonrpc.request.id': '1001',
  })
  assert.ok(typeof wait === 'number' && wait >= 0 && typeof took === 'number' && took >= 0)
  assert.is(span.kind, SpanKind.SERVER)
  assert.equal(span.status, { code: SpanStatusCode.UNSET })
  assert.is(span.spanContext().traceId, traceId)
  assert.is(span.spanContext().traceState?.serialize(), 'a=b')
  assert.is(parentIdOf(span), spanId)
  await peer.end()
})

test('an error is told by its code and message, as its caller is told', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  await peer.call('fail').catch(() => {})
  await peer.call('add', { a: 'x' }).catch(() => {})
  const failed = only(named('fail'))
  assert.is(failed.attributes['rpc.status_code'], '-32050')
  assert.is(failed.attributes['error.type'], '-32050')
  assert.equal(failed.status, { code: SpanStatusCode.ERROR, message: 'There is no file /secret' })
  assert.is(only(named('add')).attributes['rpc.status_code'], '-32602')
  await peer.end()
})

test('a method that does not exist is told in an attribute, and in no name', async () => {
  const { telemetry, named, durations } = record()
  const peer = scriptedPeer(demo, { telemetry })
  await peer.call('nothing').catch(() => {})
  const { attributes } = only(named('jsonrpc'))
  assert.is(attributes['rpc.method'], '_OTHER')
  assert.is(attributes['rpc.method_original'], 'nothing')
  assert.is(attributes['rpc.status_code'], '-32601')
  assert.equal(
    durations.rows.map(({ attributes }) => attributes['rpc.method']),
    ['_OTHER'],
  )
  await peer.end()
})

test('notifications have no id, numbers beyond JavaScript their digits', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  peer.notify('add', { a: 1, b: 2 })
  peer.send('{"jsonrpc":"2.0","id":12345678901234567890,"method":"add","params":{"a":1,"b":2}}\n')
  await peer.call('add', { a: 1, b: 2 })
  assert.equal(
    named('add').map(({ attributes }) => attributes['jsonrpc.request.id']),
    [undefined, '12345678901234567890', '1001'],
  )
  await peer.end()
})

test('of a trace that its caller does not keep nothing is kept, and it goes on', async () => {
  const { telemetry, spans, durations } = record()
  const peer = scriptedPeer(demo, { telemetry })
  peer.handle('lookup', (params) => params)
  const _meta = { traceparent: notKept, tracestate: 'a=b', baggage: 'user=1', progressToken: 7 }
  const passed = { traceparent: notKept, tracestate: 'a=b', baggage: 'user=1' }
  assert.equal(await peer.call('ask', { _meta }), { key: 1, _meta: passed })
  assert.equal(await peer.call('headers', { _meta }), passed)
  assert.equal(callsIn(spans), [])
  const counted = durations.rows.filter(({ metric }) => metric === 'rpc.server.call.duration')
  assert.equal(
    counted.map(({ attributes }) => attributes['rpc.method']),
    ['ask', 'headers'],
  )
  await peer.end()
})

test('what else came with a call goes on with what it sends', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  peer.handle('lookup', (params) => params)
  const _meta = { traceparent: kept, tracestate: 'a=b', baggage: 'user=1' }
  const sent = (await peer.call('ask', { _meta })) as { _meta: object }
  const traceparent = `00-${traceId}-${idOf(only(named('lookup')))}-01`
  assert.equal(sent._meta, { traceparent, tracestate: 'a=b', baggage: 'user=1' })
  await peer.end()
})

test('a sampler may keep what its caller does not', async () => {
  const { telemetry, named } = record({ sampler: new AlwaysOnSampler(), dropsUnsampled: false })
  const peer = scriptedPeer(demo, { telemetry })
  await peer.call('add', { a: 1, b: 2, _meta: { traceparent: notKept } })
  assert.is(only(named('add')).spanContext().traceId, traceId)
  await peer.end()
})

test('what a sampler drops is dropped at the other end too', async () => {
  const { telemetry, spans } = record({ sampler: new AlwaysOffSampler() })
  const peer = scriptedPeer(demo, { telemetry })
  peer.handle('lookup', (params) => params)
  const { _meta } = (await peer.call('ask')) as { _meta: { traceparent: string } }
  assert.match(_meta.traceparent, /^00-[\da-f]{32}-[\da-f]{16}-00$/)
  assert.equal(callsIn(spans), [])
  await peer.end()
})

for (const [what, traceparent] of [
  ['no text', 5],
  ['empty', ''],
  ['too short', '00-abc-def-01'],
  ['of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['with capitals', kept.toUpperCase()],
  ['unsampled and malformed', `00-${traceId}-${spanId}-0x`],
  ['of the version that is none', `ff-${traceId}-${spanId}-01`],
] as const)
  test(`a traceparent that is ${what} begins a new trace, is counted, and fails nothing`, async () => {
    const { telemetry, named, tracing } = record()
    const peer = scriptedPeer(demo, { telemetry })
    assert.is(await peer.call('add', { a: 1, b: 2, _meta: { traceparent, baggage: 5 } }), 3)
    const span = only(named('add'))
    assert.is(parentIdOf(span), undefined)
    assert.is.not(span.spanContext().traceId, traceId)
    assert.is(tracing.badHeaders, 1)
    await peer.end()
  })

test('a traceparent of a later version, with more behind it, is taken', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  const traceparent = `01-${traceId}-${spanId}-01-more`
  await peer.call('add', { a: 1, b: 2, _meta: { traceparent } })
  assert.is(parentIdOf(only(named('add'))), spanId)
  await peer.end()
})

test('a traceparent beside the params is read', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  peer.say({ jsonrpc: '2.0', id: 1, method: 'add', params: { a: 1, b: 2 }, traceparent: kept })
  await peer.reply(1)
  assert.is(parentIdOf(only(named('add'))), spanId)
  await peer.end()
})

test('built-in methods are watched only as a part of a trace', async () => {
  const { telemetry, spans } = record()
  const peer = scriptedPeer(demo, { telemetry })
  await peer.call('health.check')
  assert.equal(callsIn(spans), [])
  await peer.call('health.check', { _meta: { traceparent: kept } })
  assert.is(only(callsIn(spans)).name, 'health.check')
  await peer.end()
})

test('the calls of a batch are linked to its first', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  const params = { a: 1, b: 2 }
  peer.say([1, 2, 3].map((id) => ({ jsonrpc: '2.0', id, method: 'add', params })))
  await peer.reply(3)
  const [first, ...others] = named('add')
  assert.equal(first?.links, [])
  assert.equal(
    others.map(({ links }) => links.map(({ context }) => context.spanId)),
    [[idOf(first)], [idOf(first)]],
  )
  await peer.end()
})

test('a call back is a client span, and its error is told', async () => {
  const { telemetry, named, durations } = record()
  const peer = scriptedPeer(demo, { telemetry })
  peer.handle('lookup', () => {
    throw Object.assign(new Error('no such key'), { code: -32044 })
  })
  await peer.call('ask').catch(() => {})
  const span = only(named('lookup'))
  assert.is(span.kind, SpanKind.CLIENT)
  assert.is(parentIdOf(span), idOf(named('ask')[0]))
  assert.equal(span.status, { code: SpanStatusCode.ERROR, message: 'no such key' })
  assert.is(span.attributes['rpc.status_code'], '-32044')
  const row = durations.rows.find(({ metric }) => metric === 'rpc.client.call.duration')
  assert.is(row?.attributes['error.type'], '-32044')
  await peer.end()
})

test('the headers that a handler gives count more than what is active', async () => {
  const { telemetry, named } = record()
  const asking = method({
    handler: (_, call) => call.request('lookup', {}, { meta: { traceparent: kept } }),
  })
  const peer = scriptedPeer(engine({ name: 'demo', version: '1.0.0', methods: { asking } }), {
    telemetry,
  })
  peer.handle('lookup', () => 1)
  await peer.call('asking')
  assert.is(parentIdOf(only(named('lookup'))), spanId)
  await peer.end()
})

test('without telemetry, headers are passed on as they came', async () => {
  const peer = scriptedPeer(demo)
  peer.handle('lookup', (params) => params)
  const _meta = { traceparent: kept, tracestate: 'a=b', priority: 'high' }
  const passed = { traceparent: kept, tracestate: 'a=b' }
  assert.equal(await peer.call('ask', { _meta }), { key: 1, _meta: passed })
  assert.equal(await peer.call('headers', { _meta }), passed)
  assert.equal(await peer.call('ask'), { key: 1 })
  await peer.end()
})

test('records of a call name its span, and those of an unsampled one its caller', async () => {
  const { telemetry, named } = record()
  const logging = method({
    handler: (_, { log }) => {
      log.info({}, 'at work')
      return null
    },
  })
  const definition = engine({ name: 'demo', version: '1.0.0', methods: { logging } })
  const lines: object[] = []
  const peer = scriptedPeer(definition, { telemetry, log: collecting(lines) })
  await peer.call('logging', { _meta: { traceparent: kept } })
  await peer.call('logging', { _meta: { traceparent: notKept } })
  const own = { trace_id: traceId, span_id: idOf(only(named('logging'))), trace_flags: '01' }
  assert.equal(lines, [own, { trace_id: traceId, span_id: spanId, trace_flags: undefined }])
  await peer.end()
})

test('the slowest call is known by its trace', async () => {
  const { telemetry, named } = record()
  const slow = method({ handler: () => timer(2) })
  const definition = engine({ name: 'demo', version: '1.0.0', methods: { slow } })
  const peer = scriptedPeer(definition, { telemetry })
  await peer.call('slow')
  const { slowest } = (await peer.call('health.check')) as {
    slowest: { slow: { traceId: string } }
  }
  assert.is(slowest.slow.traceId, only(named('slow')).spanContext().traceId)
  await peer.end()
})

test('the start is a span of the trace in which the process was started', async () => {
  const { telemetry, named } = record({ traceparent: kept })
  const definition = engine({
    name: 'demo',
    version: '1.0.0',
    methods: {},
    onStart: async ({ request }) => void (await request('lookup')),
  })
  const peer = scriptedPeer(definition, { telemetry })
  peer.handle('lookup', () => 1)
  await peer.call('engine.describe')
  await peer.end()
  assert.is(parentIdOf(only(named('start'))), spanId)
  assert.is(parentIdOf(only(named('lookup'))), idOf(named('start')[0]))
})

test('the end of an engine is no part of the last call', async () => {
  const { telemetry } = record()
  let active: unknown = 'not called'
  const definition = engine({
    name: 'demo',
    version: '1.0.0',
    methods: { slow: method({ handler: () => timer(2) }) },
    onStop: () => {
      active = trace.getSpan(context.active())
    },
  })
  const peer = scriptedPeer(definition, { telemetry })
  const call = peer.call('slow')
  const ended = peer.end()
  await call
  await ended
  assert.is(active, undefined)
})

test('a start that belongs to no trace is none of its own', async () => {
  const { telemetry, spans } = record()
  const peer = scriptedPeer(demo, { telemetry })
  await peer.call('engine.describe')
  await peer.end()
  assert.equal(spans, [])
})

test('figures tell how an engine was, and not that it has stopped, as failing', async () => {
  const { telemetry } = record()
  let read: (() => EngineFigures) | undefined
  const watchEngine = (figures: () => EngineFigures): void => {
    read = figures
  }
  let isWell = true
  const definition = engine({
    name: 'demo',
    version: '1.0.0',
    methods: {},
    health: { gpu: () => ({ status: isWell ? 'ok' : 'failing' }) },
  })
  const peer = scriptedPeer(definition, { telemetry: { ...telemetry, watchEngine } })
  await peer.call('health.check')
  assert.is(read?.().status, 'ok')
  isWell = false
  await peer.call('health.check')
  assert.is(read?.().status, 'failing')
  isWell = true
  await peer.call('health.check')
  peer.send('{\n')
  await peer.end()
  const { state, status, bytesIn, bytesOut, protocolErrors } = (
    read as unknown as () => EngineFigures
  )()
  assert.equal([state, status], ['stopped', 'degraded'])
  assert.equal([...protocolErrors], [['ParseError', 1]])
  assert.ok(bytesIn > 100 && bytesOut > 500)
})

test('a start ends with the engine, if that stops before it is ready', async () => {
  const { telemetry, named } = record({ traceparent: kept })
  const definition = engine({
    name: 'demo',
    version: '1.0.0',
    methods: {},
    onStart: () => new Promise(() => {}),
  })
  const peer = scriptedPeer(definition, { telemetry })
  peer.engine.stop(0)
  await peer.engine.done
  assert.is(named('start').length, 1)
})

test('what a failed start has thrown is not told to traces', async () => {
  const { telemetry, named } = record({ traceparent: kept })
  const definition = engine({
    name: 'demo',
    version: '1.0.0',
    methods: {},
    onStart: () => {
      throw new Error('password=hunter2')
    },
  })
  const peer = scriptedPeer(definition, { telemetry })
  await peer.engine.done
  assert.equal(named('start')[0]?.status, {
    code: SpanStatusCode.ERROR,
    message: 'The engine could not start',
  })
})

const thrower = (where: 'onStart' | 'onEnd'): SpanProcessor => ({
  onStart: () => {},
  onEnd: () => {},
  forceFlush: async () => {},
  shutdown: async () => {},
  [where]: () => {
    throw new Error(`broken ${where}`)
  },
})

for (const where of ['onStart', 'onEnd'] as const)
  test(`a processor of spans whose ${where} throws costs no call and no start`, async () => {
    const { telemetry, faults } = record({ processor: thrower(where), traceparent: kept })
    const definition = engine({
      name: 'demo',
      version: '1.0.0',
      limit: { concurrency: 1 },
      methods: {
        slow: method({ handler: () => timer(1) }),
        ask: method({ handler: (_, call) => call.request('lookup', {}, { deadlineMs: 5000 }) }),
      },
    })
    const peer = scriptedPeer(definition, { telemetry })
    peer.handle('lookup', () => 7)
    const results = ['slow', 'slow', 'ask', 'slow'].map((name) => peer.call(name))
    assert.equal(await Promise.all(results), [0, 0, 7, 0])
    assert.is(await peer.end(), 0)
    assert.ok(faults.length > 4)
  })

test('a propagator that throws costs no call', async () => {
  const { telemetry } = record()
  propagation.disable()
  const fail = (): never => {
    throw new Error('broken')
  }
  propagation.setGlobalPropagator({ extract: fail, inject: fail, fields: () => [] })
  const peer = scriptedPeer(demo, { telemetry })
  peer.handle('lookup', (params) => params)
  assert.equal(await peer.call('ask', { _meta: { traceparent: kept } }), { key: 1 })
  await peer.end()
})

test('names and ids that callers chose are cut', async () => {
  const { telemetry, named } = record()
  const peer = scriptedPeer(demo, { telemetry })
  const long = 'x'.repeat(100_000)
  peer.say({ jsonrpc: '2.0', id: long, method: long })
  await peer.reply(long)
  const { attributes } = only(named('jsonrpc'))
  assert.is(attributes['rpc.method_original'], 'x'.repeat(256))
  assert.is(attributes['jsonrpc.request.id'], 'x'.repeat(256))
  await peer.end()
})

test('headers that are no headers, or too long, are not passed on', async () => {
  const peer = scriptedPeer(demo)
  const traceparent = `${kept}\r\nX-Evil: 1`
  assert.equal(await peer.call('headers', { _meta: { traceparent, tracestate: 'a=b' } }), {})
  const tracestate = 'a'.repeat(513)
  const baggage = 'b'.repeat(8193)
  assert.equal(await peer.call('headers', { _meta: { traceparent: kept, tracestate, baggage } }), {
    traceparent: kept,
  })
  const evil = { traceparent: kept, tracestate: 'a=b\n', baggage: 'a=b\u0000' }
  assert.equal(await peer.call('headers', { _meta: evil }), { traceparent: kept })
  await peer.end()
})

test('a call that goes through a stage again and again has no more than 128 marks', async () => {
  const { tracing, named } = record()
  const { received } = callTraces(tracing)
  const spec = { name: 'add', isControl: false }
  const call = received?.({ method: 'add', spec, id: 1, meta: {}, receivedAt: 0 })
  for (let lap = 0; lap < 1000; lap += 1) call?.stage({ name: 'again' })
  call?.end(undefined)
  assert.is(only(named('add')).events.length, 128)
})

test('a call does not end before it began, though the world was set back meanwhile', async () => {
  const clock = virtualClock()
  let ahead = 0
  const { tracing, named } = record({ clock, wall: () => 1e12 + clock.now() + ahead })
  const { received } = callTraces(tracing)
  const call = { method: 'add', spec: { name: 'add', isControl: false }, id: 1, meta: {} }
  const long = received?.({ ...call, receivedAt: clock.now() })
  await clock.advance(3000)
  ahead = -5000
  received?.({ ...call, receivedAt: clock.now() }).end(undefined)
  long?.end(undefined)
  const [, span] = named('add')
  assert.equal(
    [span?.startTime, span?.endTime],
    [
      [1e9, 0],
      [1e9 + 3, 0],
    ],
  )
})

test('malformed headers are counted where only metrics are wanted, too', async () => {
  const { tracing } = record()
  const counting = { ...tracing, tracer: undefined }
  const { received } = callTraces(counting)
  const call = { method: 'add', spec: undefined, id: 1, receivedAt: 0 }
  for (const traceparent of [kept, notKept, 'nonsense'])
    received?.({ ...call, meta: { traceparent } })
  assert.is(counting.badHeaders, 1)
})

test('what goes on after a call is no part of its trace: health that was subscribed, pipelines that were built', async () => {
  const { telemetry } = record()
  const seen: unknown[] = []
  const definition = engine({
    name: 'demo',
    version: '1.0.0',
    methods: {},
    health: {
      gpu: () => {
        seen.push(trace.getSpan(context.active()))
      },
    },
  })
  const peer = scriptedPeer(definition, { telemetry })
  const tick = peer.next(({ method: name }) => name === 'health.tick')
  await peer.call('engine.subscribe', { health: { everyMs: 10 }, _meta: { traceparent: kept } })
  await tick
  assert.ok(seen.length > 0)
  assert.equal(
    seen.filter((span) => span !== undefined),
    [],
  )
  await peer.end()
})

/** A log that keeps only what names traces. */
const collecting = (lines: object[]): Logger => {
  const childOf = (bound: object): Logger => {
    const put = (facts: object): void => {
      const { trace_id, span_id, trace_flags } = { ...bound, ...facts } as Record<string, unknown>
      if (trace_id !== undefined) lines.push({ trace_id, span_id, trace_flags })
    }
    const child = (facts: object) => childOf({ ...bound, ...facts })
    const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
    return {
      ...Object.fromEntries(levels.map((level) => [level, put])),
      child,
      setLevel: () => {},
    } as unknown as Logger
  }
  return childOf({})
}

/** Waits for 20 ms, then in a queue for one that takes 100 ms. */
const staged: Engine = engine({
  name: 'demo',
  version: '1.0.0',
  methods: { slow: method({ handler: () => timer(100) }) },
  calls: (calls$: Observable<Call>) =>
    calls$.pipe(
      admit(),
      validateParams(),
      named('patient', delay(20)),
      limit({ concurrency: 1 }),
      dispatch(),
    ),
})

/** When stages were reached, in milliseconds from the call's receipt. */
const msFrom = (span: ReadableSpan, [seconds, nanos]: readonly [number, number]): number =>
  Math.round((seconds - span.startTime[0]) * 1e3 + (nanos - span.startTime[1]) / 1e6)

test(
  'stages are events of the call, at the times when it reached them',
  marbles(async ({ clock, expectObservable }) => {
    const { telemetry, named } = record({ clock, wall: () => 1e12 + clock.now() })
    const { send, replies } = testEngine(clock, staged, { telemetry })
    send('-a---b', { a: { method: 'slow' }, b: { method: 'slow' } })
    expectObservable(replies.pipe(map(({ id }) => id))).toBe('121ms a 99ms b')
    clock.setTimer(() => {
      const [, second] = named('slow')
      const events = second?.events.map(({ name, attributes, time }) => [
        name,
        attributes?.['sidestream.stage'],
        msFrom(second, time),
      ])
      assert.equal(events, [
        ['stage', 'admit', 0],
        ['stage', 'validateParams', 0],
        ['stage', 'patient', 0],
        ['stage', 'after patient', 20],
        ['stage', 'limit', 20],
        ['stage', 'dispatch', 116],
      ])
      assert.is(second?.attributes['sidestream.queue.wait'], 0.116)
      assert.is(second?.attributes['sidestream.handler.duration'], 0.1)
      assert.is(second && msFrom(second, second.endTime), 216)
      assert.equal(second?.startTime, [1e9, 5e6])
    }, 300)
  }),
)

test(
  'or spans of their own, each until the next one',
  marbles(async ({ clock, expectObservable }) => {
    const { telemetry, named, spans } = record({
      clock,
      wall: () => 1e12 + clock.now(),
      stages: 'spans',
    })
    const { send, replies } = testEngine(clock, staged, { telemetry })
    send('-a---b', { a: { method: 'slow' }, b: { method: 'slow' } })
    expectObservable(replies.pipe(map(({ id }) => id))).toBe('121ms a 99ms b')
    clock.setTimer(() => {
      const [, call] = named('slow') as [ReadableSpan, ReadableSpan]
      const stages = spans
        .filter((span) => parentIdOf(span) === idOf(call))
        .map((span) => [
          span.name,
          span.kind,
          msFrom(call, span.startTime),
          msFrom(call, span.endTime),
        ])
      assert.equal(stages, [
        ['admit', SpanKind.INTERNAL, 0, 0],
        ['validateParams', SpanKind.INTERNAL, 0, 0],
        ['patient', SpanKind.INTERNAL, 0, 20],
        ['limit', SpanKind.INTERNAL, 20, 116],
        ['dispatch', SpanKind.INTERNAL, 116, 216],
      ])
      assert.equal(call.events, [])
    }, 300)
  }),
)

test(
  'or not told at all',
  marbles(async ({ clock, expectObservable }) => {
    const { telemetry, named } = record({ clock, wall: () => clock.now(), stages: 'off' })
    const { send, replies } = testEngine(clock, staged, { telemetry })
    send('-a', { a: { method: 'slow' } })
    expectObservable(replies.pipe(map(({ id }) => id))).toBe('121ms a')
    clock.setTimer(() => assert.equal(only(named('slow')).events, []), 300)
  }),
)

test.run()
