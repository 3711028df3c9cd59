import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { errorCodes } from '../../src/protocol/rpc-error.js'
import { CallDurations, errorTypeOf } from '../../telemetry/call-durations.js'
import type { Failure } from '../../telemetry/durations.js'

const test = suite('call durations')

const failure = (code: number, kind = 'Custom'): Failure => ({ code, kind })

/** What can be told apart, and how often it was recorded. */
const told = ({ rows }: CallDurations) =>
  rows.map(({ metric, attributes, spread }) => ({ metric, attributes, ...spread.figures() }))

const methodsOf = (durations: CallDurations): unknown[] =>
  durations.rows.map(({ attributes }) => attributes['rpc.method'])

test('calls are counted by side, method and code', () => {
  const durations = new CallDurations()
  durations.record('server', 'add', undefined, 1)
  durations.record('server', 'add', undefined, 2)
  durations.record('server', 'add', failure(-32602, 'InvalidParams'), 3)
  durations.record('client', 'add', undefined, 4)
  durations.recordWait('add', 5)
  const add = { 'rpc.system.name': 'jsonrpc', 'rpc.method': 'add' }
  assert.equal(
    told(durations).map(({ metric, attributes, count, sum }) => [metric, attributes, count, sum]),
    [
      ['rpc.server.call.duration', add, 2, 0.003],
      [
        'rpc.server.call.duration',
        { ...add, 'rpc.status_code': '-32602', 'error.type': '-32602' },
        1,
        0.003,
      ],
      ['rpc.client.call.duration', add, 1, 0.004],
      ['sidestream.queue.wait', add, 1, 0.005],
    ],
  )
})

test('a bucket includes its upper bound, and the last one has no bound', () => {
  const durations = new CallDurations()
  for (const ms of [0, 10, 10.001, 20, 300_000, 300_001]) {
    durations.record('server', 'add', undefined, ms)
  }
  const [row] = told(durations)
  assert.equal(row?.counts, [2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
  assert.is(row?.min, 0)
  assert.is(row?.max, 300.001)
})

test('a method that does not exist, and its code, are told without its name', () => {
  const durations = new CallDurations()
  durations.record('server', undefined, failure(-32601, 'MethodNotFound'), 1)
  assert.equal(
    durations.rows.map(({ attributes }) => attributes),
    [
      {
        'rpc.system.name': 'jsonrpc',
        'rpc.method': '_OTHER',
        'rpc.status_code': '-32601',
        'error.type': '-32601',
      },
    ],
  )
})

test('a client names what it found out by itself, an engine tells codes only', () => {
  const durations = new CallDurations()
  const failures: [number, string][] = [
    [errorCodes.DeadlineExceeded, 'DeadlineExceeded'],
    [errorCodes.RequestCancelled, 'RequestCancelled'],
    [errorCodes.EngineGone, 'EngineGone'],
    [errorCodes.Overloaded, 'Overloaded'],
    [errorCodes.DeadlineExceeded, 'ADiskIsFull'],
    [7, 'DeadlineExceeded'],
  ]
  for (const side of ['client', 'server'] as const) {
    for (const [code, kind] of failures) durations.record(side, 'add', failure(code, kind), 1)
  }
  assert.equal(
    failures.map(([code, kind]) => errorTypeOf('client', failure(code, kind))),
    ['timeout', 'cancelled', 'EngineGone', '-32003', '-32001', '7'],
  )
  assert.is(
    errorTypeOf('server', failure(errorCodes.DeadlineExceeded, 'DeadlineExceeded')),
    '-32001',
  )
  const types = (metric: string) =>
    durations.rows
      .filter((row) => row.metric === metric)
      .map(({ attributes }) => [attributes['error.type'], attributes['rpc.status_code']])
  assert.equal(types('rpc.client.call.duration'), [
    ['timeout', '-32001'],
    ['cancelled', '-32800'],
    ['EngineGone', '-32005'],
    ['-32003', '-32003'],
    ['-32001', '-32001'],
    ['7', '7'],
  ])
  assert.equal(types('rpc.server.call.duration'), [
    ['-32001', '-32001'],
    ['-32800', '-32800'],
    ['-32005', '-32005'],
    ['-32003', '-32003'],
    ['7', '7'],
  ])
})

test('of the methods that are called at peers, the first 200 are told apart', () => {
  const durations = new CallDurations()
  for (let round = 0; round < 2; round += 1) {
    for (let n = 0; n < 300; n += 1) durations.record('client', `m${n}`, undefined, 1)
  }
  const methods = methodsOf(durations)
  assert.is(methods.length, 201)
  assert.is(methods[199], 'm199')
  assert.is(methods[200], '_OTHER')
  assert.is(told(durations)[200]?.count, 200)
})

test('codes of the table are always told, and 64 others', () => {
  const durations = new CallDurations()
  for (let code = 1; code <= 70; code += 1) durations.record('server', 'add', failure(code), 1)
  for (let code = 1; code <= 70; code += 1) durations.record('server', 'sub', failure(code), 1)
  durations.record('server', 'add', failure(errorCodes.OutOfMemory), 1)
  const rows = told(durations)
  const codesOf = (method: string) =>
    rows
      .filter(({ attributes }) => attributes['rpc.method'] === method)
      .map(({ attributes }) => attributes['rpc.status_code'])
  assert.is(codesOf('sub').length, 65)
  assert.equal(codesOf('add').slice(63), ['64', '_OTHER', '-32017'])
  const others = rows.find(({ attributes }) => attributes['rpc.status_code'] === '_OTHER')
  assert.is(others?.attributes['error.type'], '_OTHER')
  assert.is(others?.count, 6)
})

test('beyond 1,000 methods all others are one, for hosts that are asked for anything', () => {
  const durations = new CallDurations()
  for (let n = 0; n < 1200; n += 1) durations.record('server', `m${n}`, undefined, 1)
  const rows = told(durations)
  assert.is(rows.length, 1001)
  const others = rows.find(({ attributes }) => attributes['rpc.method'] === '_OTHER')
  assert.is(others?.count, 200)
})

test('beyond 2,000 rows each metric has one more for all the rest', () => {
  const durations = new CallDurations()
  for (let n = 0; n < 999; n += 1) {
    durations.record('server', `m${n}`, undefined, 1)
    durations.record('server', `m${n}`, failure(-32603), 1)
  }
  durations.record('client', 'm', undefined, 1)
  durations.recordWait('m0', 1)
  for (let n = 0; n < 3; n += 1) {
    durations.record('server', `late${n}`, undefined, 1)
    durations.record('server', 'm0', failure(n), 1)
    durations.record('client', `late${n}`, undefined, 1)
    durations.recordWait(`m${n + 1}`, 1)
  }
  durations.record('server', 'm0', undefined, 1)
  const rows = told(durations)
  assert.is(rows.length, 2003)
  assert.equal(
    rows.slice(2000).map(({ metric, attributes, count }) => [metric, attributes, count]),
    [
      ['rpc.server.call.duration', { 'otel.metric.overflow': true }, 6],
      ['rpc.client.call.duration', { 'otel.metric.overflow': true }, 3],
      ['sidestream.queue.wait', { 'otel.metric.overflow': true }, 3],
    ],
  )
  assert.is(rows[0]?.count, 2) // known ones go on
})

test.run()
