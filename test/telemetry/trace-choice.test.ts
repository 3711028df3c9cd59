/** Which traces are chosen of how many. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TraceChoice, type TraceQuery } from '../../telemetry/trace-choice.js'
import { traceIdOf } from './trace-lines.js'

const test = suite('trace choice')

type Seen = readonly [trace: string, start: number, end: number, isError?: boolean]
const all: TraceQuery = { onlyErrors: false, minMs: 0, order: 'latest', most: 50 }

const unneeded = (): never => {
  throw new Error('nothing but the outline is needed')
}

const chosen = (seen: readonly Seen[], query: Partial<TraceQuery>, window?: number) => {
  const choice = new TraceChoice({ ...all, ...query }, window)
  for (const [trace, start, end, isError = false] of seen) {
    const [startNs, endNs] = [BigInt(start) * 1_000_000n, BigInt(end) * 1_000_000n]
    choice.add({ traceId: traceIdOf(trace), startNs, endNs, isError, whole: unneeded })
  }
  const { traceIds, matches } = choice.chosen()
  const name = (id: string): string => Buffer.from(id, 'hex').toString().replaceAll('\0', '')
  return { traces: traceIds.map(name), matches }
}

test('takes the latest by the start of their first span', () => {
  const seen: Seen[] = [
    ['a', 30, 40],
    ['b', 20, 90],
    ['c', 25, 26],
    ['a', 10, 50], // a parent ends, and is written, after its children
  ]
  assert.equal(chosen(seen, { most: 2 }), { traces: ['c', 'b'], matches: 3 })
})

test('takes the slowest, from the first start to the last end', () => {
  const seen: Seen[] = [
    ['a', 0, 10],
    ['b', 0, 15],
    ['a', 20, 30],
    ['c', 0, 20],
  ]
  assert.equal(chosen(seen, { order: 'slowest', most: 2 }), { traces: ['a', 'c'], matches: 3 })
})

test('takes traces with a failed span, those that took long enough, and those of an id', () => {
  const seen: Seen[] = [
    ['ax', 0, 10],
    ['ax', 0, 20, true],
    ['ax', 0, 10],
    ['ay', 0, 19],
    ['b', 5, 25],
  ]
  assert.equal(chosen(seen, { onlyErrors: true }), { traces: ['ax'], matches: 1 })
  assert.equal(chosen(seen, { minMs: 20 }), { traces: ['b', 'ax'], matches: 2 })
  assert.equal(chosen(seen, { idPrefix: '61' }).traces.sort(), ['ax', 'ay'])
  assert.equal(chosen(seen, { idPrefix: '6179' }), { traces: ['ay'], matches: 1 })
  assert.equal(chosen([], {}), { traces: [], matches: 0 })
})

test('comes to the same when it must forget most of what it saw', () => {
  const seen = Array.from(
    { length: 1000 },
    (_, n): Seen => [`${n}`, n, n + ((n * 7919) % 1000), n % 100 === 7],
  )
  for (const query of [
    { most: 3 },
    { order: 'slowest', most: 3 },
    { onlyErrors: true, most: 4 },
    { minMs: 990, most: 100 },
  ] as const) {
    assert.equal(chosen(seen, query, 10), chosen(seen, query))
    assert.ok(chosen(seen, query).traces.length > 2)
  }
})

test('keeps a trace that goes on while others are forgotten', () => {
  const seen = Array.from({ length: 100 }, (_, n): Seen[] => [
    [`${n}`, n, n + 1],
    ['long', n, n + 1],
  ]).flat()
  assert.equal(chosen(seen, { minMs: 100 }, 5).traces, ['long'])
})

test('names a trace once that was heard of again after it had been judged', () => {
  const others = (from: number): Seen[] =>
    Array.from({ length: 30 }, (_, n) => [`${from + n}`, 0, 1])
  const seen: Seen[] = [['late', 0, 90], ...others(0), ['late', 0, 95], ...others(100)]
  const { traces } = chosen(seen, { order: 'slowest', most: 3 }, 5)
  assert.is(traces.filter((name) => name === 'late').length, 1)
})

test.run()
