import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { collectorOf, type Protocol } from './collector.js'
import { type Hosted, type HostOptions, runHost } from './hosted.js'
import type { Span } from './otlp-json.js'
import { outline, outsideOfParents } from './outline.js'

const test = suite('traces of a host and its engine')
const collector = collectorOf(test)

/** A span of the SDK has whole milliseconds, and each process a clock of its own. */
const clocksMs = 1
const stages = ['deadline', 'admit', 'validateParams', 'limit', 'dispatch']
const wholeTrace = [
  'internal asking nested (the-host)',
  '  client nested (the-host)',
  '    server nested (nested)',
  '      internal work (nested)',
  '        client lookup (nested)',
  '          server lookup (the-host)',
]
const delivered = { traces: 0, metrics: 0, logs: 0 }

interface Traced extends Hosted {
  /** All of the trace in which this call was made, once its root has arrived. */
  traceOf(method: string): Promise<readonly Span[]>
}

const traced = async (
  calls: HostOptions['calls'],
  { protocol = 'http/protobuf', ...more }: { protocol?: Protocol } & Partial<HostOptions> = {},
): Promise<Traced> => {
  const it = await runHost({ env: collector().env(protocol), calls, ...more })
  assert.equal(it.undelivered, delivered)
  const { isTheirs } = it
  return {
    ...it,
    traceOf: async (root) => {
      const isRoot = (span: Span): boolean => isTheirs(span) && span.name === root
      // The host ends after the engine, so this is the last of what comes.
      const all = await collector().traces((spans) => spans.some(isRoot))
      const { traceId } = all.find(isRoot) as Span
      return all.filter((span) => span.traceId === traceId)
    },
  }
}

const one = (spans: readonly Span[], kind: Span['kind'], name: string): Span => {
  const found = spans.filter((span) => span.kind === kind && span.name === name)
  assert.is(found.length, 1, `${kind} ${name} in\n${outline(spans).join('\n')}`)
  return found[0] as Span
}

const stagesOf = ({ events }: Span): readonly unknown[] =>
  events.map(({ name, attributes }) => name === 'stage' && attributes['sidestream.stage'])

for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
  test(`a call that asks its host back is one trace, over ${protocol}`, async () => {
    const { traceOf, outcomes } = await traced([['nested', { key: 'k' }]], { protocol })
    assert.equal(outcomes, [{ result: 'value of k' }])
    const spans = await traceOf('asking nested')
    assert.equal(outline(spans), wholeTrace)
    assert.equal(outsideOfParents(spans, clocksMs), [])
    assert.equal(
      spans.map(({ status }) => status),
      spans.map(() => 'unset'),
    )
    const server = one(spans, 'server', 'nested')
    assert.equal(stagesOf(server), stages)
    const times = [server.startMs, ...server.events.map(({ atMs }) => atMs), server.endMs]
    assert.equal(
      times,
      times.toSorted((a, b) => a - b),
    )
  })
}

test('one resource tells of each process, and nothing of where and how it runs', async () => {
  const { isTheirs, traceOf } = await traced([['nested', { key: 'k' }]])
  const spans = await traceOf('asking nested')
  const resources = new Map(
    spans.map(({ resource }) => [resource['service.instance.id'], resource] as const),
  )
  assert.equal(
    [...resources.values()].map((it) => `${it['service.name']} ${it['service.version']}`).sort(),
    ['nested 1.0.0', 'the-host 2.0.0'],
  )
  for (const resource of resources.values()) {
    assert.ok(isTheirs({ resource }), 'OTEL_RESOURCE_ATTRIBUTES')
    const names = Object.keys(resource).filter((name) => !/^(service|telemetry\.sdk)\./.test(name))
    assert.equal(names, ['test.run'])
  }
})

test('an engine that names itself by OTEL_SERVICE_NAME does not rename its host, nor the host it', async () => {
  const env = { ...collector().env('http/protobuf'), OTEL_SERVICE_NAME: 'renamed' }
  const { traceOf } = await traced([['add', { a: 1, b: 2 }]], { env })
  assert.equal(outline(await traceOf('asking add')), [
    'internal asking add (renamed)',
    '  client add (renamed)',
    '    server add (nested)',
  ])
})

test('with telemetry.stages=spans, the stages are spans of their own', async () => {
  const { traceOf } = await traced([['nested', { key: 'k' }]], { stages: 'spans' })
  const spans = await traceOf('asking nested')
  const isStage = ({ attributes }: Span): boolean => 'sidestream.stage' in attributes
  // `work` begins by whole milliseconds, and so it may seem to come first.
  assert.equal(outline(spans.filter(({ name }) => !/work|lookup/.test(name))), [
    'internal asking nested (the-host)',
    '  client nested (the-host)',
    '    server nested (nested)',
    ...stages.map((name) => `      internal ${name} (nested)`),
  ])
  assert.equal(outline(spans.filter((it) => !isStage(it))), wholeTrace)
  assert.equal(outsideOfParents(spans, clocksMs), [])
  assert.equal(one(spans, 'server', 'nested').events, [])
  const [first, second] = stages.map((name) => one(spans, 'internal', name)) as [Span, Span]
  assert.is(first.endMs, second.startMs)
})

test('with telemetry.stages=off, nothing tells of stages', async () => {
  const { traceOf } = await traced([['add', { a: 1, b: 2 }]], { stages: 'off' })
  const spans = await traceOf('asking add')
  assert.is(spans.length, 3)
  assert.equal(
    spans.flatMap(({ events }) => events),
    [],
  )
})

test('a call that fails is an error on both sides, with its code', async () => {
  const { traceOf, outcomes } = await traced([['fails']])
  assert.equal(outcomes, [{ kind: 'ModelBusy', code: -32050 }])
  const spans = await traceOf('asking fails')
  for (const kind of ['client', 'server'] as const) {
    const { status, statusMessage, attributes } = one(spans, kind, 'fails')
    assert.equal([status, statusMessage], ['error', 'The model is busy'])
    assert.is(attributes['rpc.status_code'], '-32050')
    assert.is(attributes['error.type'], '-32050')
  }
})

test('a method that does not exist is _OTHER, and its name an attribute of the span only', async () => {
  const { traceOf } = await traced([['nope']])
  const { attributes, status } = one(await traceOf('asking nope'), 'server', 'jsonrpc')
  assert.is(status, 'error')
  assert.is(attributes['rpc.method'], '_OTHER')
  assert.is(attributes['rpc.method_original'], 'nope')
  assert.is(attributes['rpc.status_code'], '-32601')
})

test('the start of an engine is a part of what it was started for', async () => {
  const { traceOf } = await traced([])
  const spans = await traceOf('connecting')
  assert.equal(outline(spans), ['internal connecting (the-host)', '  internal start (nested)'])
  assert.equal(outsideOfParents(spans, clocksMs), [])
})

test('a call that is sent again to the next process is linked to the try before', async () => {
  const { traceOf, outcomes, isTheirs } = await traced([['fragile', {}]], { isSupervised: true })
  assert.equal(outcomes, [{ result: 'alive' }])
  const spans = await traceOf('asking fragile')
  assert.equal(
    outline(spans.filter(({ scope }) => scope !== 'nested')).filter((it) => !/ next /.test(it)),
    [
      'internal asking fragile (the-host)',
      '  client fragile (the-host)',
      '  client fragile (the-host)',
      '    server fragile (nested)', // that of the first try has ended with its process
    ],
  )
  const [first, again] = spans
    .filter(({ kind, name }) => kind === 'client' && name === 'fragile')
    .sort((a, b) => a.startMs - b.startMs) as [Span, Span]
  const { traceId, spanId } = first
  assert.equal([first.status, first.attributes['error.type']], ['error', 'EngineGone'])
  assert.equal(first.links, [])
  assert.is(again.status, 'unset')
  assert.equal(again.links, [{ traceId, spanId, attributes: {} }])
  assert.is(again.attributes['sidestream.attempt'], 2)

  const isRestarts = (it: { name: string; resource: Span['resource'] }): boolean =>
    isTheirs(it) && it.name === 'sidestream.restarts'
  const [point] = (await collector().metrics((all) => all.some(isRestarts))).filter(isRestarts)
  assert.equal(point?.attributes, {
    'sidestream.engine': 'it',
    'sidestream.restart.reason': 'signal',
  })
  assert.equal([point?.value, point?.isMonotonic, point?.unit], [1, true, '{restart}'])
  assert.is(point?.resource['service.name'], 'the-host')
})

test.run()
