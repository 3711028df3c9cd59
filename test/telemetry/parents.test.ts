import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { context, trace } from '@opentelemetry/api'
import * as t from 'io-ts'
import {
  bufferCount,
  bufferTime,
  concatMap,
  delay,
  filter,
  from,
  map,
  type Observable,
  of,
  tap,
  timer,
} from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Call, Context } from '../../pipelines/index.js'
import {
  admit,
  dispatch,
  type Engine,
  engine,
  limit,
  method,
  perCall,
  validateParams,
} from '../../src/index.js'
import { scriptedPeer } from '../../src/testing/index.js'
import { traced } from '../../telemetry/traced.js'
import { idOf, parentIdOf, type Recording, recording } from './recording.js'

const test = suite('parents of spans')

const many = 1000
const params = t.strict({ n: t.number })
let it: Recording

test.before.each(() => {
  it = recording()
})
test.after.each(() => it.end())

/** A span of the user's own, as instrumented libraries make them. */
const work = (n: number): void => trace.getTracer('user').startSpan(`work ${n}`).end()

/** The trace of a host's call, and how its `traceparent` looks. */
const traceOf = (n: number) => {
  const traceId = (n + 1).toString(16).padStart(32, '0')
  const spanId = (n + 1).toString(16).padStart(16, '0')
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` }
}

/** Calls a method a thousand times at once, each in a trace of its own, and looks at whose children the spans are. */
const checkParents = async (definition: Engine, name = 'run'): Promise<void> => {
  const peer = scriptedPeer(definition, { telemetry: it.telemetry })
  peer.handle('double', (given) => 2 * (given as { n: number }).n)
  const calls = Array.from({ length: many }, (_, n) =>
    peer.call(name, { n, _meta: { traceparent: traceOf(n).traceparent } }),
  )
  const results = await Promise.all(calls)
  assert.equal(
    results,
    Array.from({ length: many }, (_, n) => 2 * n),
  )
  await peer.end()
  const servers = new Map(it.named(name).map((span) => [span.spanContext().traceId, span]))
  assert.is(servers.size, many)
  for (let n = 0; n < many; n += 1) {
    const { traceId, spanId } = traceOf(n)
    const server = servers.get(traceId)
    assert.is(server && parentIdOf(server), spanId)
    const [own] = it.named(`work ${n}`)
    assert.is(own?.spanContext().traceId, traceId, `work ${n}`)
    assert.is(own && parentIdOf(own), idOf(server), `work ${n}`)
  }
}

const engineOf = (
  handler: (params: { n: number }, call: Context) => unknown,
  more: object = {},
): Engine =>
  engine({ name: 'demo', version: '1.0.0', methods: { run: method({ params, handler }) }, ...more })

const random = (): number => Math.floor(Math.random() * 5)

test('across promises', () =>
  checkParents(
    engineOf(async ({ n }) => {
      await new Promise((resolve) => setTimeout(resolve, random()))
      work(n)
      return 2 * n
    }),
  ))

test('behind a queue, whose places are given by calls of other traces', () =>
  checkParents(
    engineOf(
      async ({ n }) => {
        await null
        work(n)
        return 2 * n
      },
      { limit: { concurrency: 3 } },
    ),
  ))

test('in stages behind a queue', () =>
  checkParents(
    engineOf(async ({ n }) => 2 * n, {
      calls: (calls$: Observable<Call<{ n: number }>>) =>
        calls$.pipe(
          validateParams(),
          limit({ concurrency: 3 }),
          tap(({ params }) => work((params as { n: number }).n)),
          dispatch(),
        ),
    }),
  ))

test('behind operators that hand on the calls of others', () =>
  checkParents(
    engineOf(
      ({ n }) => {
        work(n)
        return 2 * n
      },
      {
        calls: (calls$: Observable<Call>) =>
          calls$.pipe(
            validateParams(),
            bufferCount(10),
            concatMap((calls) => from(calls)),
            dispatch(),
          ),
      },
    ),
  ))

test('across Observables, and operators around them that wait', () =>
  checkParents(
    engineOf(
      ({ n }) =>
        timer(random()).pipe(
          map(() => {
            work(n)
            return 2 * n
          }),
        ),
      {
        calls: (calls$: Observable<Call>) =>
          calls$.pipe(
            admit(),
            validateParams(),
            delay(2),
            limit({ concurrency: 100 }),
            perCall(delay(1)),
            dispatch(),
          ),
      },
    ),
  ))

test('across a worker that all calls share', async () => {
  const worker = new Worker(new URL('./engines/doubling-worker.js', import.meta.url))
  await once(worker, 'online')
  const waiting = new Map<number, (doubled: number) => void>()
  worker.on('message', ({ key, doubled }) => waiting.get(key)?.(doubled))
  await checkParents(
    engineOf(async ({ n }) => {
      const doubled = await new Promise<number>((resolve) => {
        waiting.set(n, resolve)
        worker.postMessage({ key: n, value: n })
      })
      work(n)
      return doubled
    }),
  )
  await worker.terminate()
})

test('across calls back to the host, and headers for it', async () => {
  const seen = new Map<number, string>()
  const definition = engineOf(async ({ n }, call) => {
    const doubled = await call.request('double', { n })
    work(n)
    return doubled
  })
  const peer = scriptedPeer(definition, { telemetry: it.telemetry })
  peer.handle('double', (given) => {
    const { n, _meta: meta } = given as { n: number; _meta: { traceparent: string } }
    seen.set(n, meta.traceparent)
    return 2 * n
  })
  const calls = Array.from({ length: many }, (_, n) =>
    peer.call('run', { n, _meta: { traceparent: traceOf(n).traceparent } }),
  )
  await Promise.all(calls)
  await peer.end()
  const clients = new Map(it.named('double').map((span) => [span.spanContext().traceId, span]))
  for (const server of it.named('run')) {
    const { traceId } = server.spanContext()
    const client = clients.get(traceId)
    assert.is(client && parentIdOf(client), idOf(server))
    const n = Number.parseInt(traceId, 16) - 1
    assert.is(seen.get(n), `00-${traceId}-${idOf(client)}-01`)
  }
  assert.is(clients.size, many)
})

test('a call back is the child of the span it is sent in, not of one of another call', async () => {
  let other: (() => void) | undefined
  const peer = scriptedPeer(
    engine({
      name: 'demo',
      version: '1.0.0',
      methods: {
        // Runs what the other call left to it: in the wrong context, as callbacks of pools do.
        first: method({ handler: () => other?.() ?? null }),
        second: method({
          handler: (_, call) =>
            new Promise((resolve) => {
              other = () => void call.request('double', {}).then(resolve)
            }),
        }),
        third: method({
          handler: (_, call) =>
            trace.getTracer('user').startActiveSpan('inner', async (span) => {
              const doubled = await call.request('double', {})
              span.end()
              return doubled
            }),
        }),
      },
    }),
    { telemetry: it.telemetry },
  )
  peer.handle('double', () => 1)
  const second = peer.call('second')
  await peer.call('first')
  await second
  assert.is(parentIdOf(it.named('double')[0] as never), idOf(it.named('second')[0]))
  await peer.call('third')
  assert.is(parentIdOf(it.named('double')[1] as never), idOf(it.named('inner')[0]))
  assert.is(parentIdOf(it.named('inner')[0] as never), idOf(it.named('third')[0]))
  await peer.end()
})

test('calls that are worked on together are linked to that, and it to them', async () => {
  const peer = scriptedPeer(
    engine({
      name: 'demo',
      version: '1.0.0',
      methods: {
        run: method({
          params,
          stream: (calls$) =>
            calls$.pipe(
              bufferTime(5),
              filter((calls) => calls.length > 0),
              concatMap((calls) =>
                of(calls).pipe(
                  map(() => {
                    work(0)
                    for (const call of calls) call.reply(2 * (call.params as { n: number }).n)
                  }),
                  traced('infer', { of: calls }),
                ),
              ),
            ),
        }),
      },
    }),
    { telemetry: it.telemetry },
  )
  await Promise.all([1, 2, 3].map((n) => peer.call('run', { n })))
  await peer.end()
  const [batch] = it.named('infer')
  const calls = it.named('run')
  assert.is(calls.length, 3)
  assert.is(batch && parentIdOf(batch), undefined)
  assert.equal(
    batch?.links.map(({ context }) => context.spanId).toSorted(),
    calls.map(idOf).toSorted(),
  )
  for (const call of calls)
    assert.equal(
      call.links.map(({ context }) => context.spanId),
      [idOf(batch)],
    )
  assert.is(parentIdOf(it.named('work 0')[0] as never), idOf(batch))
})

test('nothing is left active when a call has been handed in', async () => {
  const peer = scriptedPeer(
    engineOf(({ n }) => 2 * n),
    { telemetry: it.telemetry },
  )
  await peer.call('run', { n: 1 })
  assert.is(trace.getSpan(context.active()), undefined)
  await peer.end()
})

test.run()
