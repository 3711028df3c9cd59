import { metrics as globalMetrics } from '@opentelemetry/api'
import { of, range, take } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deadlineExceeded, type RpcError } from '../../src/protocol/rpc-error.js'
import { marbles } from '../../src/testing/index.js'
import { measured } from '../../telemetry/measured.js'
import { pointsOf, testMetrics } from './metric-reader.js'

const test = suite('measured')

const bounds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]

let current = testMetrics()
test.before.each(() => {
  current = testMetrics()
  globalMetrics.setGlobalMeterProvider(current.provider)
})
test.after.each(() => globalMetrics.disable())

/** Attributes with how many ended so and their seconds together. */
const told = async (): Promise<unknown[]> => {
  const points = pointsOf((await current.collect()).get('sidestream.operation.duration'))
  return points.map(([attributes, value]) => {
    const { count, sum } = value as { count: number; sum: number }
    return [attributes, count, sum]
  })
}

test(
  'a subscription is measured to its completion, and its values pass',
  marbles(async ({ clock, cold, expectObservable }) => {
    const source = '  -a--b----|'
    expectObservable(cold(source).pipe(measured('load'))).toBe(source)
    await clock.advance(9)
    const metric = (await current.collect()).get('sidestream.operation.duration')
    assert.is(metric?.descriptor.unit, 's')
    const [[attributes, value]] = pointsOf(metric) as [
      [unknown, { count: number; sum: number; buckets: { boundaries: number[] } }],
    ]
    assert.equal(attributes, { 'sidestream.operation': 'load' })
    assert.equal([value.count, value.sum], [1, 0.009])
    assert.equal(value.buckets.boundaries, bounds)
  }),
)

test(
  'an error passes unchanged and is told by its class, or by its kind',
  marbles(async ({ clock, cold, expectObservable }) => {
    const failure = new RangeError('user@example.org')
    const late: RpcError = deadlineExceeded(5)
    const failing = (error: unknown) => cold('--a-#', undefined, error).pipe(measured('fail'))
    expectObservable(failing(failure)).toBe('--a-#', undefined, failure)
    expectObservable(failing(late)).toBe('--a-#', undefined, late)
    expectObservable(failing('text')).toBe('--a-#', undefined, 'text')
    await clock.advance(4)
    const fail = (type: string) => [
      { 'sidestream.operation': 'fail', 'error.type': type },
      1,
      0.004,
    ]
    assert.equal(await told(), [fail('RangeError'), fail('DeadlineExceeded'), fail('_OTHER')])
  }),
)

test(
  'an unsubscribe before the end is told as cancelled, and reaches the source',
  marbles(async ({ clock, cold, expectObservable, expectSubscriptions }) => {
    const source = cold('     -a-----b|')
    const unsubscribed = '    ^----!   '
    expectObservable(source.pipe(measured('stop')), unsubscribed).toBe('-a----')
    expectSubscriptions(source.subscriptions).toBe(unsubscribed)
    await clock.advance(20)
    assert.equal(await told(), [
      [{ 'sidestream.operation': 'stop', 'error.type': 'cancelled' }, 1, 0.005],
    ])
  }),
)

test(
  'each subscription has a time of its own, from when it began',
  marbles(async ({ clock, cold, expectObservable }) => {
    const operation = cold('---|').pipe(measured('each'))
    expectObservable(operation).toBe('---|')
    expectObservable(operation, '--^').toBe('-----|')
    await clock.advance(5)
    assert.equal(await told(), [[{ 'sidestream.operation': 'each' }, 2, 0.006]])
  }),
)

test('a source that never pauses is stopped', async () => {
  const taken: number[] = []
  const source = range(0, Number.POSITIVE_INFINITY).pipe(measured('endless'), take(3))
  source.subscribe((value) => taken.push(value))
  assert.equal(taken, [0, 1, 2])
  const [[attributes, count]] = (await told()) as [[unknown, number]]
  assert.equal(attributes, { 'sidestream.operation': 'endless', 'error.type': 'cancelled' })
  assert.is(count, 1)
})

test('an operator that was made before the SDK started is measured when it has', async () => {
  globalMetrics.disable()
  const operation = of(1).pipe(measured('early'))
  operation.subscribe()
  globalMetrics.setGlobalMeterProvider(current.provider)
  operation.subscribe()
  const [[attributes, count]] = (await told()) as [[unknown, number]]
  assert.equal([attributes, count], [{ 'sidestream.operation': 'early' }, 1])
})

test('beyond 64 names operations are told together', async () => {
  for (let n = 0; n < 100; n += 1)
    of(n)
      .pipe(measured(`of user ${n}`))
      .subscribe()
  const names = (await told()).map((row) => (row as [Record<string, unknown>])[0])
  const operations = names.map((attributes) => attributes['sidestream.operation'])
  assert.ok(operations.length <= 65 && operations.length > 50, `${operations.length}`)
  assert.is(operations.at(-1), '_OTHER')
})

test.run()
