/** Traces, drawn. */
import { stripVTControlCharacters } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { coloured, plain } from '../../src/cli/style.js'
import type { NameOf } from '../../src/cli/trace-notes.js'
import { cellsOf } from '../../src/cli/trace-text.js'
import { waterfall } from '../../src/cli/waterfall.js'
import { readExport } from '../../telemetry/trace-span.js'
import { type TraceTree, traceTree } from '../../telemetry/trace-tree.js'
import { type TestSpan, traceIdOf, traceLine } from '../telemetry/trace-lines.js'

const test = suite('waterfall')

const server = 2
const client = 3
const stage = (name: string, at: number) => ({ name: 'stage', at, stage: name })

const treeOf = (
  services: Readonly<Record<string, readonly TestSpan[]>>,
  leftOut = 0,
): TraceTree => {
  const spans = Object.entries(services).flatMap(([service, them]) => {
    const read = readExport(JSON.parse(traceLine(service, ...them)))
    return (read?.spans ?? []).map((span) => span.whole())
  })
  return traceTree({ traceId: traceIdOf('a'), spans, leftOut })
}
const noNames: NameOf = () => undefined
const lines = (tree: TraceTree, columns: number, nameOf = noNames): readonly string[] =>
  waterfall(tree, nameOf, plain, columns).split('\n')
/** What stands below the title, of one service. */
const rows = (columns: number, ...spans: readonly TestSpan[]): readonly string[] =>
  lines(treeOf({ s: spans }), columns).slice(1)

const call = treeOf({
  'sidestream call': [{ id: 'cli', name: 'vad.detect', kind: client, start: 0, end: 400 }],
  vad: [
    { id: 'load', parent: 'srv', name: 'load model', start: 50, end: 150 },
    {
      id: 'get',
      parent: 'srv',
      name: 'getAudio',
      kind: client,
      start: 200,
      end: 260,
      error: 'no such file',
      attributes: { 'rpc.status_code': '-32602' },
    },
    {
      id: 'srv',
      parent: 'cli',
      name: 'vad.detect',
      kind: server,
      start: 10,
      end: 390,
      attributes: { 'sidestream.queue.wait': 0.04 },
      events: [
        stage('admit', 10),
        stage('limit', 10),
        stage('dispatch', 50),
        { name: 'warm', at: 60 },
      ],
    },
  ],
})

test('draws a call across processes', () => {
  assert.equal(lines(call, 80), [
    'vad.detect  400 ms  4 spans  1 error  2026-11-27 15:04:05.000  61000000…',
    '  sidestream call    CLIENT vad.detect   ▕██████████████████████████████▏ 400 ms',
    '  vad                  SERVER vad.detect ▕░░░░█████████████████████████▎▏ 380 ms',
    '                         limit           ▕░░░░                          ▏  40 ms',
    '                         load model      ▕   ▐███████▎                  ▏ 100 ms',
    '                         dispatch        ▕   ╺━━━━━━━━━━━━━━━━━━━━━━━━━╸▏ 340 ms',
    '                       ✗ CLIENT getAudio ▕               ████▌          ▏  60 ms',
    '                         └ -32602 no such file',
  ])
})

test('puts notes beside the bars where there is room', () => {
  assert.equal(lines(call, 120), [
    'vad.detect  400 ms  4 spans  1 error  2026-11-27 15:04:05.000  61000000…',
    '  sidestream call    CLIENT vad.detect   ▕████████████████████████████████████████████████▏ 400 ms',
    '  vad                  SERVER vad.detect ▕ ░░░░░████████████████████████████████████████▊ ▏ 380 ms  queued 40 ms  · warm',
    '                         limit           ▕ ░░░░░                                          ▏  40 ms',
    '                         load model      ▕      ████████████                              ▏ 100 ms',
    '                         dispatch        ▕      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ▏ 340 ms',
    '                       ✗ CLIENT getAudio ▕                        ███████▎                ▏  60 ms  -32602 no such file',
  ])
})

test('cuts names when bars cannot shrink any more, and keeps to any width', () => {
  assert.equal(lines(call, 50), [
    'vad.detect  400 ms  4 spans  1 error  61000000…',
    '  sidestream call    CLIENT va… ▕█████████▏ 400 ms',
    '  vad                  SERVER … ▕░███████▊▏ 380 ms',
    '                         limit  ▕░░       ▏  40 ms',
    '                         load … ▕ ██▍     ▏ 100 ms',
    '                         dispa… ▕ ━━━━━━━━▏ 340 ms',
    '                       ✗ CLIEN… ▕    ▐▉   ▏  60 ms',
    '                         └ -32602 no such file',
  ])
  for (let columns = 50; columns <= 200; columns += 1)
    for (const line of lines(call, columns)) assert.ok(cellsOf(line) <= columns, line)
})

test('has no column for services when there is one', () => {
  assert.equal(rows(40, { id: 'a', name: 'add', kind: server }), [
    '    SERVER add ▕████████████████▏ 100 ms',
  ])
})

test('names a service where it begins', () => {
  const tree = treeOf({
    one: [{ id: 'a' }, { id: 'd', parent: 'c' }],
    two: [
      { id: 'b', parent: 'a' },
      { id: 'c', parent: 'b' },
    ],
  })
  assert.equal(lines(tree, 40).slice(1), [
    '  one    a        ▕█████████████▏ 100 ms',
    '  two      b      ▕█████████████▏ 100 ms',
    '             c    ▕█████████████▏ 100 ms',
    '  one          d  ▕█████████████▏ 100 ms',
  ])
})

test('marks short spans and ticks of stages where they are', () => {
  assert.equal(
    rows(
      40,
      { id: 'call', events: [stage('a', 0), stage('b', 49.5), stage('c', 50)] },
      { id: 'dot', parent: 'call', start: 50, end: 50.1 },
      { id: 'end', parent: 'call', start: 100, end: 100 },
    ),
    [
      '    call   ▕█████████│█████████▏  100 ms',
      '      a    ▕━━━━━━━━━╸         ▏ 49.5 ms',
      '      dot  ▕         ▏         ▏  100 µs',
      '      c    ▕         ╺━━━━━━━━━▏   50 ms',
      '      end  ▕                  ▐▏    0 µs',
    ],
  )
})

test('draws a trace that took no time', () => {
  assert.equal(rows(40, { id: 'a', end: 0 }, { id: 'b', parent: 'a', end: 0 }), [
    '    a    ▕▏                       ▏ 0 µs',
    '      b  ▕▏                       ▏ 0 µs',
  ])
})

test('draws children that begin before their parents', () => {
  assert.equal(
    rows(40, { id: 'child', parent: 'root', start: -50, end: 10 }, { id: 'root', end: 150 }),
    ['    root     ▕    ▐█████████████▏ 150 ms', '      child  ▕█████▍            ▏  60 ms'],
  )
})

test('marks spans whose parent is not there', () => {
  assert.equal(rows(80, { id: 'lost', parent: 'gone' }, { id: 'root', start: 50 }), [
    '  ↑ lost  ▕███████████████████████████████████████████▏ 100 ms  parent elsewhere',
    '    root  ▕                     ▐█████████████████████▏  50 ms',
  ])
  assert.equal(rows(40, { id: 'lost', parent: 'gone' }), [
    '  ↑ lost  ▕█████████████████████▏ 100 ms',
  ])
})

test('tells why it failed by what there is', () => {
  const failed = (error: string, attributes: Readonly<Record<string, unknown>>) =>
    rows(80, { id: 'a', error, attributes })[0]?.split(' ms  ')[1]
  assert.is(failed('no luck', { 'rpc.status_code': '-32000' }), '-32000 no luck')
  assert.is(failed('', { 'rpc.status_code': '-32000', 'error.type': 'x' }), '-32000')
  assert.is(failed('no luck', { 'error.type': 'timeout' }), 'timeout no luck')
  assert.is(failed('', {}), 'failed')
})

test('tells of links by the names of what they lead to', () => {
  const links = [{ id: 'one' }, { trace: 'b', id: 'two' }, { id: 'three' }]
  const nameOf: NameOf = ({ traceId }) => (traceId === traceIdOf('b') ? 'other' : undefined)
  const linked = (...them: typeof links) =>
    lines(treeOf({ s: [{ id: 'a', links: them }] }), 70, nameOf)[2]
  assert.is(linked({ id: 'one' }), '    └ ↪ linked to span 6f6e6500…')
  assert.is(
    linked(...links),
    '    └ ↪ linked to span 6f6e6500…, other (trace 62000000…) and 1 more',
  )
})

test('tells of other events where there is room', () => {
  const event = (name: string) => ({ name, at: 1 })
  const events = [
    event('warm'),
    event('retry'),
    event('retry'),
    event('x'.repeat(50)),
    event('end'),
  ]
  assert.equal(rows(100, { id: 'a', events }), [
    '    a  ▕██████████████████████████████████████████████████▏ 100 ms  · warm  · retry (2 times)  · end',
  ])
  assert.equal(rows(40, { id: 'a', events }), ['    a  ▕████████████████████████▏ 100 ms'])
})

test('tells of a wait that took a part worth telling', () => {
  const waited = (wait: number) =>
    rows(80, { id: 'a', kind: server, attributes: { 'sidestream.queue.wait': wait } })[0] ?? ''
  assert.match(waited(0.05), /▕░+█+▏ 100 ms {2}queued 50 ms$/)
  assert.match(waited(1), /▕░+▏ 100 ms {2}queued 1 s$/)
  assert.match(waited(0.0009), /▕▒█+▏ 100 ms$/)
  assert.match(waited(-1), /▕█+▏ 100 ms$/)
})

test('draws names from outside as wide as they are, and harmless', () => {
  assert.equal(
    rows(
      46,
      { id: 'a', name: '识别语音' },
      { id: 'b', parent: 'a', name: '\x1b[31mred\x1b[0m\nline\u202e' },
      { id: 'c', parent: 'a', name: '\x07' },
      { id: 'd', parent: 'a', name: '识别'.repeat(20) },
    ),
    [
      '    识别语音         ▕████████████████▏ 100 ms',
      '      red line       ▕████████████████▏ 100 ms',
      '      (no name)      ▕████████████████▏ 100 ms',
      '      识别识别识别…  ▕████████████████▏ 100 ms',
    ],
  )
})

test('stops indenting where nobody could follow', () => {
  const spans = Array.from({ length: 40 }, (_, n) => ({
    id: `s${n}`,
    ...(n === 0 ? {} : { parent: `s${n - 1}` }),
  }))
  const drawn = rows(80, ...spans)
  assert.match(drawn[12] ?? '', /^ {28}s12 /)
  assert.match(drawn[39] ?? '', /^ {28}s39 /)
})

test('tells of spans that are not shown', () => {
  assert.is(lines(treeOf({ s: [{ id: 'a' }] }, 7), 40).at(-1), '  … and 7 more spans')
})

test('has a title that fits', () => {
  const tree = treeOf({
    s: [{ id: 'a', name: 'a.very.long.name.of.a.method.that.goes.on', error: 'x' }],
  })
  assert.is(
    lines(tree, 80)[0],
    'a.very.long.name.o…  100 ms  1 span  1 error  2026-11-27 15:04:05.000  61000000…',
  )
})

test('is coloured without another character', () => {
  const shown = waterfall(call, noNames, coloured, 80)
  assert.is(stripVTControlCharacters(shown), waterfall(call, noNames, plain, 80))
  assert.match(shown, '\x1b[31m    ✗ \x1b[39m\x1b[2mCLIENT \x1b[22mgetAudio')
  assert.match(shown, '\x1b[2m░░░░\x1b[22m\x1b[32m███')
  assert.match(shown, '\x1b[31m████▌\x1b[39m')
})

test.run()
