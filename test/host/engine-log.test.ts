/** stderr of an engine: read, kept, logged, and in a flood only counted. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineLog, type EngineLogOptions } from '../../src/host/engine-log.js'
import { noLogger } from '../../src/ports/logger.js'
import { testLog } from '../../src/testing/test-log.js'
import { virtualClock } from '../../src/testing/virtual-clock.js'

const test = suite('EngineLog')

const watched = (options?: EngineLogOptions) => {
  const clock = virtualClock()
  const { log, records } = testLog()
  const engineLog = new EngineLog(clock, log, options)
  const told: string[] = []
  engineLog.lines$.subscribe({ next: (line) => told.push(line), complete: () => told.push('END') })
  const print = (text: string): void => engineLog.push(Buffer.from(text))
  return { clock, records, engineLog, told, print }
}
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`)
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

test('tells raw lines and logs records, each at its own level', () => {
  const { print, engineLog, told, records } = watched()
  print('loading\n\x1b[31mERROR\x1b[0m:asr:fai')
  print('led\r\n{"level":20,"msg":"m","a":1}\n\n\x1b[0m\nno newline')
  engineLog.end()
  assert.equal(told, [
    'loading',
    '\x1b[31mERROR\x1b[0m:asr:failed',
    '{"level":20,"msg":"m","a":1}',
    '\x1b[0m',
    'no newline',
    'END',
  ])
  assert.equal(records, [
    { level: 'info', message: 'loading', facts: {} },
    { level: 'error', message: 'failed', facts: { logger: 'asr' } },
    { level: 'debug', message: 'm', facts: { a: 1 } },
    { level: 'info', message: 'no newline', facts: {} },
  ])
  assert.is(engineLog.lines, 5)
  assert.is(engineLog.dropped, 0)
  assert.is(engineLog.bytes, 80)
})

test('reads characters that come in pieces', () => {
  const { engineLog, told } = watched()
  for (const byte of Buffer.from('é🎧\n€\n')) engineLog.push(Uint8Array.of(byte))
  assert.equal(told, ['é🎧', '€'])
  assert.is(engineLog.tail, 'é🎧\n€\n')
})

test('reads a burst, and then as many lines as the time allows', async () => {
  const { print, engineLog, told, clock } = watched({ linesPerSecond: 10, burstLines: 3 })
  print(text(numbered(1, 5)))
  assert.equal(told, numbered(1, 3))
  assert.is(engineLog.dropped, 2)
  await clock.advance(99)
  print(text(['too early']))
  await clock.advance(1)
  print(text(['in time', 'too many']))
  await clock.advance(10_000)
  print(text(numbered(11, 14)))
  assert.equal(told, [...numbered(1, 3), 'in time', ...numbered(11, 13)])
  assert.is(engineLog.dropped, 5)
  assert.is(engineLog.lines, 12)
})

test('leaves out whole lines, never halves', async () => {
  const { print, told, engineLog, clock } = watched({ linesPerSecond: 1, burstLines: 1 })
  print('one\ntw') // there is no room for the second
  print('o\nthr')
  await clock.advance(1000)
  print('ee\nfour\nfi')
  print('ve\nsix')
  assert.equal(told, ['one', 'four'])
  assert.is(engineLog.dropped, 4)
  assert.is(engineLog.lines, 6)
  engineLog.end()
  assert.is(engineLog.dropped, 4) // the sixth was counted when it began
})

test('counts a line once, however many chunks and line ends it has', () => {
  const { print, engineLog } = watched({ burstLines: 0 })
  for (const piece of ['a', 'b\r', '\n', '\n\n', 'c\r\nd\re', '', 'f\n']) print(piece)
  assert.is(engineLog.dropped, 4)
  engineLog.end()
  assert.is(engineLog.dropped, 4)
})

test('warns of a flood once a second, with the lines left out since', async () => {
  const { print, engineLog, records, clock } = watched({ linesPerSecond: 1, burstLines: 1 })
  const warnings = () => records.filter(({ level }) => level === 'warn')
  const warning = (dropped: number) => ({
    level: 'warn',
    message: 'The engine logs faster than it is read; lines were left out',
    facts: { dropped },
  })
  for (let ms = 0; ms < 3000; ms += 100) {
    print(text(numbered(1, 10)))
    await clock.advance(100)
  }
  const inTime = [warning(99), warning(99), warning(99)]
  assert.equal(warnings(), inTime)
  await clock.advance(60_000)
  assert.equal(warnings(), inTime)
  print(text(numbered(1, 10)))
  await clock.advance(500)
  engineLog.end()
  assert.equal(warnings(), [...inTime, warning(9)])
  assert.is(clock.pending, 0)
})

test('reads a thousand lines a second unless told otherwise', async () => {
  const { print, engineLog, clock } = watched()
  print(text(numbered(1, 3000)))
  assert.is(engineLog.dropped, 1000)
  await clock.advance(1000)
  print(text(numbered(1, 3000)))
  assert.is(engineLog.dropped, 3000)
})

test('keeps the last 64 KiB, also of what it leaves out', () => {
  const { print, engineLog } = watched({ burstLines: 0 })
  assert.is(engineLog.tail, '')
  let printed = ''
  for (let size = 1; size < 200_000; size *= 3) {
    const piece = String(size).repeat(size).slice(0, size)
    printed += piece
    print(piece)
    assert.is(engineLog.tail, printed.slice(-65_536), `after ${size}`)
  }
  print(`${'é'.repeat(40_000)}x`)
  assert.is(engineLog.tail, `${'é'.repeat(32_767)}x`)
  print('y')
  assert.is(engineLog.tail, `${'é'.repeat(32_767)}xy`)
})

test('keeps the last lines for errors, also of what it leaves out', () => {
  const { print, engineLog, told } = watched({ burstLines: 1 })
  print(text([...numbered(1, 100), '', 'x'.repeat(600)]))
  print('the end\n')
  assert.equal(told, ['line 1'])
  assert.equal(engineLog.lastLines, [...numbered(83, 100), `${'x'.repeat(499)}…`, 'the end'])
})

test('has an idle engine cost nothing', () => {
  const { engineLog, told, records, clock } = watched()
  engineLog.end()
  assert.equal(told, ['END'])
  assert.equal(records, [])
  assert.is(clock.pending, 0)
})

const mib = 2 ** 20
const floodMib = 16
for (const [kind, line] of [
  ['lines', `${'x'.repeat(79)}\n`],
  ['short lines', 'x\n'],
  ['empty lines', '\n'],
  ['progress bars', '10 %\r'],
  ['one endless line', '€'],
] as const) {
  test(`survives a flood of ${kind}`, () => {
    const engineLog = new EngineLog(virtualClock(), noLogger)
    const chunk = Buffer.alloc(65_536, line)
    const memory = process.memoryUsage().rss
    const before = process.cpuUsage()
    for (let bytes = 0; bytes < floodMib * mib; bytes += chunk.length) engineLog.push(chunk)
    const { user, system } = process.cpuUsage(before)
    // Some 40 ms; many times that while coverage is measured.
    assert.ok(user + system < 1_000_000, `took ${(user + system) / 1000} ms`)
    const grown = process.memoryUsage().rss - memory
    assert.ok(grown < 32 * mib, `took ${grown / mib} MiB`)
    assert.is(engineLog.bytes, floodMib * mib)
    assert.is(engineLog.dropped > 0, line !== '\n')
  })
}

test.run()
