/** How spans of a trace belong together. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readExport } from '../../telemetry/trace-span.js'
import { type TraceTree, traceTree } from '../../telemetry/trace-tree.js'
import { type TestSpan, traceIdOf, traceLine } from './trace-lines.js'

const test = suite('trace tree')

const treeOf = (...spans: readonly TestSpan[]): TraceTree => {
  const read = readExport(JSON.parse(traceLine('s', ...spans)))
  const whole = (read?.spans ?? []).map((span) => span.whole())
  return traceTree({ traceId: traceIdOf('a'), spans: whole, leftOut: 0 })
}
/** A line for each row: indented, with ^ for an orphan, / for a stage and | for ticks. */
const drawn = (...spans: readonly TestSpan[]): readonly string[] =>
  treeOf(...spans).rows.map((row) => {
    const times = `${row.startMs}+${row.durationMs}`
    const indent = ' '.repeat(row.depth)
    if (row.type === 'stage') return `${indent}/${row.name} ${times}`
    const ticks = row.ticks.map((at) => ` |${at}`).join('')
    return `${indent}${row.isOrphan ? '^' : ''}${row.span.name} ${times}${ticks}`
  })

test('puts each span below its parent, by their starts, though children are written first', () => {
  assert.equal(
    drawn(
      { id: 'late', parent: 'root', start: 60, end: 70 },
      { id: 'leaf', parent: 'early', start: 15, end: 20 },
      { id: 'early', parent: 'root', start: 10, end: 50 },
      { id: 'root', start: 5, end: 100 },
    ),
    ['root 0+95', ' early 5+40', '  leaf 10+5', ' late 55+10'],
  )
})

test('keeps spans of the same start in the order they were written', () => {
  assert.equal(
    drawn(
      { id: 'r' },
      { id: 'b', parent: 'r' },
      { id: 'a', parent: 'r' },
      { id: 'c', parent: 'r' },
    ),
    ['r 0+100', ' b 0+100', ' a 0+100', ' c 0+100'],
  )
})

test('makes roots of spans whose parents are not there, and is named by the one without', () => {
  const spans = [
    { id: 'lost', parent: 'gone', start: 0, end: 10 },
    { id: 'below', parent: 'lost', start: 1, end: 9 },
    { id: 'root', start: 5, end: 20 },
  ]
  assert.equal(drawn(...spans), ['^lost 0+10', ' below 1+8', 'root 5+15'])
  assert.is(treeOf(...spans).name, 'root')
  assert.is(treeOf({ id: 'only', parent: 'gone' }).name, 'only')
})

test('takes spans that are their own parents, or each other’s, once', () => {
  assert.equal(
    drawn(
      { id: 'self', parent: 'self', start: 50, end: 60 },
      { id: 'b', parent: 'a', start: 2, end: 3 },
      { id: 'a', parent: 'b', start: 1, end: 4 },
      { id: 'tail', parent: 'b', start: 0, end: 1 },
    ),
    ['^tail 0+1', '^a 1+3', ' b 2+1', '^self 50+10'],
  )
  assert.is(treeOf({ id: 'self', parent: 'self' }).name, 'self')
})

test('begins with the earliest span, whoever’s clock that is', () => {
  assert.equal(
    drawn({ id: 'child', parent: 'root', start: -20, end: 90 }, { id: 'root', start: 0, end: 100 }),
    ['root 20+100', ' child 0+110'],
  )
})

test('goes as deep as the trace', () => {
  const spans = Array.from({ length: 20_000 }, (_, n) => ({
    id: n.toString(36),
    ...(n === 0 ? {} : { parent: (n - 1).toString(36) }),
  }))
  assert.is(treeOf(...spans).rows.at(-1)?.depth, 19_999)
})

const stage = (name: string, at: number) => ({ name: 'stage', at, stage: name })

test('gives a stage a row that took a part worth showing, and a tick to the others', () => {
  assert.equal(
    drawn(
      {
        id: 'call',
        start: 0,
        end: 100,
        events: [
          stage('admit', 0.1),
          stage('check', 0.2),
          stage('limit', 1.25),
          stage('dispatch', 40),
          stage('late', 99.5),
        ],
      },
      { id: 'work', parent: 'call', start: 45, end: 50 },
    ),
    [
      'call 0+100 |0.1 |99.5',
      ' /check 0.2+1.05',
      ' /limit 1.25+38.75',
      ' /dispatch 40+59.5',
      ' work 45+5',
    ],
  )
})

test('gives no row to a stage that took all of a call', () => {
  assert.equal(drawn({ id: 'call', events: [stage('admit', 0), stage('dispatch', 0.5)] }), [
    'call 0+100 |0 |0.5',
  ])
  assert.equal(drawn({ id: 'none', start: 5, end: 5, events: [stage('admit', 5)] }), [
    'none 0+0 |0',
  ])
})

test('keeps stages within their call, and in the order of their times', () => {
  assert.equal(
    drawn({
      id: 'call',
      start: 10,
      end: 110,
      events: [stage('b', 500), stage('m', 60), stage('a', 0)],
    }),
    ['call 0+100 |100', ' /a 0+50', ' /m 50+50'],
  )
})

test('makes ticks of spans of short stages, and of nothing else', () => {
  const attributes = { 'sidestream.stage': 'x' }
  const short = { parent: 'call', start: 10, end: 10.5 }
  assert.equal(
    drawn(
      { id: 'call' },
      { ...short, id: 'tick', attributes },
      { ...short, id: 'plain' },
      { ...short, id: 'server', kind: 2, attributes },
      { ...short, id: 'failed', attributes, error: 'x' },
      { ...short, id: 'parent', attributes },
      { ...short, id: 'child', parent: 'parent' },
      { ...short, id: 'long', end: 20, attributes },
    ),
    [
      'call 0+100 |10',
      ' plain 10+0.5',
      ' server 10+0.5',
      ' failed 10+0.5',
      ' parent 10+0.5',
      '  child 10+0.5',
      ' long 10+10',
    ],
  )
  assert.is(treeOf({ id: 'call' }, { ...short, id: 'tick', attributes }).spans.length, 2)
})

test('counts what failed, and tells how long all took', () => {
  const tree = treeOf({ id: 'a', error: 'x' }, { id: 'b', error: '', end: 150 }, { id: 'c' })
  assert.is(tree.errors, 2)
  assert.is(tree.durationMs, 150)
})

test.run()
