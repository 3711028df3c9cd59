import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { IncomingCall } from '../../src/host/index.js'
import { startVariables } from '../../src/host/start-variables.js'
import { type Clock, realClock } from '../../src/ports/clock.js'
import type { HostFigures } from '../../src/ports/telemetry.js'
import { fakeChild, messages } from '../host/fake-child.js'
import { fakeHost } from '../host/fake-host.js'
import { idOf, parentIdOf, type Recording, recording } from './recording.js'

const test = suite('traces of a host')

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const kept = `00-${traceId}-${spanId}-01`

let it: Recording
test.before.each(() => {
  it = recording()
})
test.after.each(() => it.end())

/** A span of the program's own, around some work. */
const inSpan = <T>(name: string, work: () => T): T =>
  trace.getTracer('app').startActiveSpan(name, (span) => {
    try {
      return work()
    } finally {
      span.end()
    }
  })

const metaOf = (params: unknown): Readonly<Record<string, unknown>> =>
  (params as { readonly _meta?: Readonly<Record<string, unknown>> })._meta ?? {}

test('a request is a client span in what is active, and the engine is told of it', async () => {
  const { client, peer } = fakeChild(undefined, { telemetry: it.telemetry })
  const answer = inSpan('click', () => client.request('add', { a: 1 }))
  peer.send('{"jsonrpc":"2.0","id":1,"result":3}\n')
  await answer
  const [span] = it.named('add')
  assert.is(span?.kind, SpanKind.CLIENT)
  assert.is(span && parentIdOf(span), idOf(it.named('click')[0]))
  assert.is(span?.attributes['rpc.system.name'], 'jsonrpc')
  assert.is(span?.attributes['jsonrpc.request.id'], '1')
  const [sent] = messages(peer.written)
  const { traceparent } = metaOf(sent?.params)
  assert.is(traceparent, `00-${span?.spanContext().traceId}-${idOf(span)}-01`)
})

test('a request that is cancelled, late, or whose engine ends, fails as that', async () => {
  const { client, peer, clock, end } = fakeChild(undefined, { telemetry: it.telemetry })
  const aborter = new AbortController()
  const failed = [
    client.request('cancelled', {}, { signal: aborter.signal }),
    client.request('late', {}, { deadlineMs: 10 }),
    client.request('lost', {}),
  ].map((request) => request.catch(() => {}))
  aborter.abort()
  await clock.advance(10)
  end({ how: 'killed', signal: 'SIGKILL' })
  await Promise.all(failed)
  const typeOf = (name: string) => it.named(name)[0]?.attributes['error.type']
  assert.is(typeOf('cancelled'), 'cancelled')
  assert.is(typeOf('late'), 'timeout')
  assert.is(typeOf('lost'), 'EngineGone')
  assert.is(it.named('lost')[0]?.status.code, SpanStatusCode.ERROR)
  assert.is(peer.written.length > 2, true)
})

test('a notification carries what is active, unless its sender says otherwise', () => {
  const { client, peer } = fakeChild(undefined, { telemetry: it.telemetry })
  inSpan('click', () => {
    client.notify('seek', { ms: 1 })
    client.notify('seek', [1])
    client.notify('seek', { _meta: { traceparent: kept } })
  })
  client.notify('seek', { ms: 2 })
  const [named, listed, own, outside] = messages(peer.written).map(({ params }) => params)
  const { traceId: id } = it.named('click')[0]?.spanContext() ?? {}
  assert.equal(metaOf(named), { traceparent: `00-${id}-${idOf(it.named('click')[0])}-01` })
  assert.equal(listed, [1])
  assert.equal(metaOf(own), { traceparent: kept })
  assert.equal(outside, { ms: 2 })
})

test('params by position carry no headers, and are a span all the same', async () => {
  const { client, peer } = fakeChild(undefined, { telemetry: it.telemetry })
  const answer = client.request('add', [1, 2])
  peer.send('{"jsonrpc":"2.0","id":1,"result":3}\n')
  await answer
  assert.equal(messages(peer.written)[0]?.params, [1, 2])
  assert.is(it.named('add').length, 1)
})

test('params that cannot be printed end the span, too', async () => {
  const { client } = fakeChild(undefined, { telemetry: it.telemetry })
  await client.request('add', { a: 1n }).catch(() => {})
  assert.is(it.named('add')[0]?.status.code, SpanStatusCode.ERROR)
})

test('what the host itself asks of an engine is in no trace', async () => {
  const { client, peer } = fakeChild(undefined, { telemetry: it.telemetry })
  const answer = inSpan('start', () => client.request('health.check'))
  peer.send('{"jsonrpc":"2.0","id":1,"result":{}}\n')
  await answer
  assert.equal(it.named('health.check'), [])
  assert.is(messages(peer.written)[0]?.params, undefined)
})

test('a call of the engine is a server span, in which its handler runs', async () => {
  let active: string | undefined
  const methods = {
    lookup: () => {
      active = trace.getSpanContext(context.active())?.spanId
      return 1
    },
  }
  const { peer } = fakeChild(undefined, { telemetry: it.telemetry, methods })
  const answered = new Promise((resolve) => peer.written$.subscribe(resolve))
  const params = JSON.stringify({ _meta: { traceparent: kept } })
  peer.send(`{"jsonrpc":"2.0","id":1,"method":"lookup","params":${params}}\n`)
  await answered
  const [span] = it.named('lookup')
  assert.is(span?.kind, SpanKind.SERVER)
  assert.is(span && parentIdOf(span), spanId)
  assert.is(active, idOf(span))
})

test('a call on behalf of one of the engine is its child', async () => {
  const { client, peer } = fakeChild(undefined, { telemetry: it.telemetry })
  const calls: IncomingCall[] = []
  client.requests$.subscribe((call) => calls.push(call))
  const answered = new Promise<void>((resolve) =>
    peer.written$.subscribe((text) => {
      const { id, method } = JSON.parse(text)
      if (method === 'more') peer.send(`{"jsonrpc":"2.0","id":${id},"result":2}\n`)
      else resolve()
    }),
  )
  peer.send('{"jsonrpc":"2.0","id":"x","method":"lookup"}\n')
  const [call] = calls as [IncomingCall]
  call.request('more', {}).then(call.reply, call.fail) // where it is not active any more
  await answered
  assert.is(parentIdOf(it.named('more')[0] as never), idOf(it.named('lookup')[0]))
})

test('a result that cannot be printed is an error of the span, as the engine is told', async () => {
  const { peer } = fakeChild(undefined, { telemetry: it.telemetry, methods: { lookup: () => 1n } })
  const answered = new Promise<string>((resolve) => peer.written$.subscribe(resolve))
  peer.send('{"jsonrpc":"2.0","id":1,"method":"lookup"}\n')
  assert.is(JSON.parse(await answered).error.code, -32603)
  assert.is(it.named('lookup')[0]?.attributes['rpc.status_code'], '-32603')
})

test('an engine asks for a method that nobody has', async () => {
  const { peer } = fakeChild(undefined, { telemetry: it.telemetry })
  peer.send('{"jsonrpc":"2.0","id":1,"method":"nothing"}\n')
  const [span] = it.named('jsonrpc')
  assert.is(span?.attributes['rpc.method'], '_OTHER')
  assert.is(span?.attributes['rpc.status_code'], '-32601')
})

test('a call that waits for its engine belongs to what was active when it was asked for', async () => {
  let hostClock: Clock = realClock
  it.end()
  it = recording({ clock: { ...realClock, now: () => hostClock.now() }, wall: () => 1e12 })
  const { supervisor, clock, last } = fakeHost(
    { engines: { a: { command: 'a' } }, telemetry: it.telemetry },
    () => ({ readyAfterMs: 100 }),
  )
  hostClock = clock
  const answer = inSpan('click', () => supervisor.engine('a').request('work', {}))
  await clock.advance(200)
  const [request] = last('a').requests
  last('a').answer(request?.id as number, 1)
  await answer
  const [span] = it.named('work')
  assert.is(parentIdOf(span as never), idOf(it.named('click')[0]))
  assert.is(span?.attributes['sidestream.queue.wait'], 0.1)
  assert.equal(span?.duration, [0, 2e8])
})

test('a call that is sent again is linked to the tries before, and all are parts of what asked for it', async () => {
  const { supervisor, clock, last } = fakeHost({
    engines: { a: { command: 'a', idempotent: ['work'] } },
    telemetry: it.telemetry,
  })
  await clock.advance(10)
  const answer = inSpan('click', () => supervisor.engine('a').request('work', {}))
  await clock.advance(10)
  last('a').die()
  await clock.advance(5000)
  const [request] = last('a').requests
  last('a').answer(request?.id as number, 1)
  await answer
  const [first, second] = it.named('work')
  assert.is(first?.attributes['error.type'], 'EngineGone')
  assert.is(second?.attributes['sidestream.attempt'], 2)
  assert.equal(
    second?.links.map((link) => link.context.spanId),
    [idOf(first)],
  )
  const click = idOf(it.named('click')[0])
  assert.equal(
    [first, second].map((span) => span && parentIdOf(span)),
    [click, click],
  )
})

test('restarts are counted by engine and by why the one before had ended', async () => {
  let read: (() => HostFigures) | undefined
  let isWatched = true
  const telemetry = {
    ...it.telemetry,
    watchHost: (figures: () => HostFigures) => {
      read = figures
      return () => {
        isWatched = false
      }
    },
  }
  const { supervisor, clock, last } = fakeHost({ engines: { a: { command: 'a' } }, telemetry })
  await clock.advance(10)
  assert.equal(read?.().restarts, [])
  last('a').die()
  await clock.advance(5000)
  last('a').die({ how: 'exited', exitCode: 3 })
  await clock.advance(5000)
  last('a').die()
  await clock.advance(5000)
  assert.equal(read?.().restarts, [
    { engine: 'a', reason: 'signal', count: 2 },
    { engine: 'a', reason: 'exit', count: 1 },
  ])
  assert.equal(read?.().members, [
    { engine: 'a', key: 'a', state: 'ready', inFlight: 0, strayBytes: 0 },
  ])
  const stopped = supervisor.stop()
  await clock.advance(10)
  await stopped
  assert.is(isWatched, false)
})

test('a process that is started is told in which trace', () => {
  assert.equal(startVariables(it.telemetry), {})
  const variables = inSpan('click', () => startVariables(it.telemetry))
  const [span] = it.named('click')
  assert.equal(variables, {
    TRACEPARENT: `00-${span?.spanContext().traceId}-${idOf(span)}-01`,
  })
})

test.run()
