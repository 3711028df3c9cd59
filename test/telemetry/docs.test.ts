/** The tables of docs/telemetry.md are held against what real calls and real readings tell. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { metrics as globalMetrics, SpanKind } from '@opentelemetry/api'
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { defer, lastValueFrom, of, throwError } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engine, method, rpcError } from '../../src/index.js'
import { scriptedPeer } from '../../src/testing/index.js'
import { askedTelemetry } from '../../telemetry/asked.js'
import { CallDurations } from '../../telemetry/call-durations.js'
import { observeDropped, observeDroppedLogs } from '../../telemetry/dropped-metrics.js'
import { durationMetrics } from '../../telemetry/duration-metrics.js'
import { observeEngine } from '../../telemetry/engine-metrics.js'
import { observeHost } from '../../telemetry/host-metrics.js'
import { measured } from '../../telemetry/measured.js'
import { attribute, longCallBounds, metric } from '../../telemetry/names.js'
import { observeProcess } from '../../telemetry/process-metrics.js'
import { observeRuntime } from '../../telemetry/runtime-metrics.js'
import { traced } from '../../telemetry/traced.js'
import { pointsOf, testMetrics } from './metric-reader.js'
import { type RecordingOptions, recording } from './recording.js'

const test = suite('docs/telemetry.md')
const page = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8')

/** The cells of all tables whose first column has this head. */
const rowsOf = (head: string): string[][] => {
  const tables = [...page.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => table.trim().split('\n'))
  const cells = (row: string): string[] =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
  const found = tables.filter(([first = '']) => cells(first)[0] === head)
  assert.ok(found.length > 0, `a table of ${head}`)
  return found.flatMap((rows) => rows.slice(2).map(cells))
}

/** What stands in backticks. */
const names = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)

test('says of each environment what is asked for', () => {
  const rows = rowsOf('The environment has')
  assert.ok(rows.length > 10)
  for (const [variables, ...signals] of rows) {
    const pairs = names(variables).flatMap((text) => text.split(' ').map((it) => it.split('=')))
    const asked = askedTelemetry(Object.fromEntries(pairs), false)
    const told = (exporters: readonly string[] = []): string => exporters.join(', ') || '–'
    assert.equal(signals, [told(asked?.traces), told(asked?.metrics), told(asked?.logs)], variables)
  }
})

const figures = {
  state: 'ready',
  status: 'ok',
  inFlight: 1,
  queued: 1,
  bytesIn: 1,
  bytesOut: 1,
  strayBytes: 1,
  protocolErrors: new Map([['ParseError', 1]]),
  droppedNotifications: 1,
  configReloads: { applied: 1, unchanged: 1, rejected: 1 },
  eventLoop: () => ({ utilization: 1, p50Ms: 1, p99Ms: 1, blockedMs: 1 }),
  memory: () => ({ rssBytes: 1, heapUsedBytes: 1 }),
}
const member = { engine: 'vad', key: 'vad', state: 'ready', inFlight: 1, strayBytes: 1 }
const host = { members: [member], restarts: [{ engine: 'vad', reason: 'exit', count: 1 }] }

const typeOf = (it: MetricData): string => {
  if (it.dataPointType === DataPointType.HISTOGRAM) return 'histogram'
  if (it.dataPointType !== DataPointType.SUM) return 'gauge'
  return it.isMonotonic ? 'counter' : 'up-down counter'
}

/** As rows of the page have it: the name, type, unit, and attributes of any point. */
const told = (it: MetricData): string => {
  const keys = pointsOf(it).flatMap(([attributes]) => Object.keys(attributes as object))
  const { name, unit } = it.descriptor
  return [name, typeOf(it), unit, ...new Set(keys.toSorted())].join(' ')
}
const documented = ([name, type = '', unit, attributes]: readonly string[]): string =>
  [...names(name), type, ...names(unit), ...names(attributes).toSorted()].join(' ')

const isOfNode = (text: string): boolean => /^(?:nodejs|v8js)\./.test(text)
const isLinuxOnly = (text: string): boolean => /^process\.(?:thread|unix)/.test(text)
const isThere = (text: string): boolean => process.platform === 'linux' || !isLinuxOnly(text)

test('has all metrics of ours, with their types, units and attributes', async () => {
  const durations = new CallDurations()
  for (const side of ['server', 'client'] as const) {
    durations.record(side, 'add', undefined, 1)
    durations.record(side, 'add', { code: -32603, kind: 'InternalError' }, 1)
  }
  durations.recordWait('add', 1)
  const { meter, provider, collect } = testMetrics({
    producers: [durationMetrics(durations, () => 1)],
  })
  globalMetrics.setGlobalMeterProvider(provider)
  await lastValueFrom(of(1).pipe(measured('one')))
  await lastValueFrom(throwError(() => new RangeError()).pipe(measured('one'))).catch(() => {})
  globalMetrics.disable()
  observeEngine(meter, () => figures)
  observeHost(meter, () => host)
  observeProcess(meter)
  observeDropped(meter, () => ({ traces: 1, metrics: 1, logs: 1 }))
  observeDroppedLogs(meter, () => 1)
  const all = [...(await collect()).values()].map(told)
  const rows = rowsOf('Metric').map(documented)
  assert.equal(rows.filter((row) => !isOfNode(row) && isThere(row)).toSorted(), all.toSorted())
  const listed = rows.filter((row) => !isOfNode(row)).map((row) => row.split(' ')[0])
  assert.equal(listed.toSorted(), Object.values(metric).toSorted())
})

test('has all metrics of Node', async () => {
  const rows = rowsOf('Metric').map(documented).filter(isOfNode)
  const { provider, collect } = testMetrics()
  const end = await observeRuntime(provider)
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const seen = new Map<string, string>()
  // Delays of the event loop, and of garbage, are told some time after they were.
  const deadline = Date.now() + 10_000
  while (seen.size < rows.length) {
    assert.ok(Date.now() < deadline, `of Node's metrics only ${[...seen.keys()].join(', ')} came`)
    collectGarbage()
    await pause(25)
    for (const it of (await collect()).values()) {
      if (pointsOf(it).length > 0) seen.set(it.descriptor.name, told(it))
    }
  }
  end()
  assert.equal([...seen.values()].toSorted(), rows.toSorted())
})

test('names the bounds of the buckets', () => {
  const [sentence = ''] = /^\*\*Buckets\*\*.*$/m.exec(page) ?? []
  assert.equal(sentence.match(/\d+(?:\.\d+)?/g)?.map(Number), longCallBounds)
})

const demo = engine({
  name: 'demo',
  version: '1.0.0',
  methods: {
    good: method({ handler: () => defer(async () => 1).pipe(traced('work')) }),
    bad: method({
      handler: () => throwError(() => rpcError('NoFile', 'none')).pipe(traced('work')),
    }),
    ask: method({ handler: (_, call) => call.request('lookup', { key: 1 }) }),
  },
})

const kindOf = ({ kind, name, attributes }: ReadableSpan): string => {
  if (kind === SpanKind.SERVER) return 'SERVER'
  if (kind === SpanKind.CLIENT) return 'CLIENT'
  if (attributes[attribute.stage] !== undefined) return 'stages'
  return name === 'start' ? '`start`' : '`traced`'
}

/** Spans of calls that go well and badly, with what each kind of them has. */
const spansOf = async (options: RecordingOptions): Promise<Map<string, Set<string>>> => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const { telemetry, spans, end } = recording({ ...options, traceparent })
  const peer = scriptedPeer(demo, { telemetry })
  peer.handle('lookup', () => {
    throw rpcError('NoKey', 'none')
  })
  for (const name of ['good', 'bad', 'ask', 'nothing']) await peer.call(name).catch(() => {})
  await peer.end()
  const request = {
    method: 'again',
    isControl: false,
    id: 1,
    headers: {},
    parent: undefined,
    askedAt: 0,
  }
  const first = telemetry.sent?.({ ...request, attempts: [] })
  first?.end(undefined)
  telemetry.sent?.({ ...request, attempts: first === undefined ? [] : [first] }).end(undefined)
  telemetry.startUp?.()?.end({ code: -32603, kind: 'InternalError', message: 'no model' })
  const kinds = new Map<string, Set<string>>()
  for (const span of spans) {
    const seen = kinds.get(kindOf(span)) ?? new Set()
    const events = span.events.flatMap((event) => Object.keys(event.attributes ?? {}))
    kinds.set(kindOf(span), new Set([...seen, ...Object.keys(span.attributes)]))
    if (events.length > 0) kinds.set('stages', new Set([...(kinds.get('stages') ?? []), ...events]))
  }
  end()
  return kinds
}

for (const stages of ['events', 'spans'] as const) {
  test(`has all attributes of spans, and on which spans they are: stages as ${stages}`, async () => {
    const kinds = await spansOf({ stages })
    const rows = rowsOf('Attribute')
    assert.ok(rows.length > 10)
    for (const [kind, seen] of kinds) {
      const listed = rows.filter(([, on = '']) =>
        on.replace(', in engines', '').split(', ').includes(kind),
      )
      assert.equal([...seen].toSorted(), listed.flatMap(([name]) => names(name)).toSorted(), kind)
    }
    assert.equal([...kinds.keys()].toSorted(), [
      'CLIENT',
      'SERVER',
      '`start`',
      '`traced`',
      'stages',
    ])
  })
}

test('mentions every attribute that there is', () => {
  for (const name of Object.values(attribute)) assert.ok(page.includes(`\`${name}\``), name)
})

test.run()
