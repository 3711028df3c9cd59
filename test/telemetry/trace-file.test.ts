/** Traces in real files: whole, rotated, broken, growing. */
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { TraceQuery } from '../../telemetry/trace-choice.js'
import {
  closeFiles,
  type OpenFile,
  openFiles,
  spooled,
  traceFilesOf,
} from '../../telemetry/trace-file.js'
import { findTraces } from '../../telemetry/trace-search.js'
import { type TestSpan, traceIdOf, traceLine } from './trace-lines.js'

const test = suite('trace file')

const root = mkdtempSync(join(tmpdir(), 'sidestream-traces-'))
test.after(() => rmSync(root, { recursive: true }))
let folders = 0
const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
  folders += 1
  const folder = join(root, `${folders}`)
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const all: TraceQuery = { onlyErrors: false, minMs: 0, order: 'latest', most: 50 }
const line = (...spans: readonly TestSpan[]): string => `${traceLine('s', ...spans)}\n`
const find = async (path: string, query: Partial<TraceQuery> = {}) => {
  const files = await openFiles(await traceFilesOf(path))
  return foundIn(files, query)
}
const foundIn = async (files: readonly OpenFile[], query: Partial<TraceQuery> = {}) => {
  const found = await findTraces(files, { ...all, ...query })
  await closeFiles(files)
  return found
}

test('gathers the spans of a trace from all lines', async () => {
  const folder = await folderWith({
    'a.jsonl': [
      line({ trace: 'x', id: 'one' }, { trace: 'y', id: 'two', start: 1 }),
      line({ trace: 'z', id: 'three', start: -1 }),
      line({ trace: 'x', id: 'four', parent: 'one' }),
    ].join(''),
  })
  const { traces, matches, badLines } = await find(join(folder, 'a.jsonl'), { most: 2 })
  assert.equal(
    traces.map(({ traceId, spans }) => [traceId, spans.map(({ name }) => name)]),
    [
      [traceIdOf('y'), ['two']],
      [traceIdOf('x'), ['one', 'four']],
    ],
  )
  assert.is(matches, 3)
  assert.is(badLines, 0)
})

test('has a span once that was delivered twice', async () => {
  const twice = line({ id: 'a', name: 'same' })
  const folder = await folderWith({ 'a.jsonl': twice + twice })
  const { traces } = await find(folder)
  assert.is(traces[0]?.spans.length, 1)
})

test('skips lines that are no traces, and tells where the first one is', async () => {
  const good = line({ id: 'a' })
  const path = join(
    await folderWith({
      'a.jsonl': `${good}\n{"resourceMetrics":[]}\nno JSON\n${good}{"resourceSpans":[{"spans":[{"tr`,
    }),
    'a.jsonl',
  )
  appendFileSync(path, Buffer.from([0x0a, 0xff, 0xfe, 0x0a])) // no UTF-8
  const { traces, badLines, firstBad } = await find(path)
  assert.is(traces[0]?.spans.length, 1)
  assert.is(badLines, 4)
  assert.is(firstBad, `${path}:2`)
})

test('reads a last line that has no end yet', async () => {
  const folder = await folderWith({ 'a.jsonl': line({ id: 'a' }) + line({ id: 'b' }).trimEnd() })
  assert.is((await find(folder)).traces[0]?.spans.length, 2)
  const cut = await folderWith({ 'a.jsonl': line({ id: 'a' }) + line({ id: 'b' }).slice(0, 80) })
  assert.is((await find(cut)).badLines, 1)
})

test('reads lines that are longer than one reading of the file', async () => {
  const spans = Array.from({ length: 3000 }, (_, n) => ({ id: `${n}` }))
  const folder = await folderWith({ 'a.jsonl': line(...spans) + line({ id: 'last' }) })
  const { traces } = await find(folder)
  assert.is(traces[0]?.spans.length, 3001)
})

test('takes the files that were put aside, the oldest first', async () => {
  const folder = await folderWith({
    'a.jsonl': line({ id: 'now' }),
    'a.jsonl.1': line({ id: 'before' }),
    'a.jsonl.10': line({ id: 'first' }),
    'a.jsonl.2': line({ id: 'earlier' }),
    'a.jsonl.old': line({ id: 'else' }),
    'b.jsonl': line({ id: 'other' }),
  })
  const path = join(folder, 'a.jsonl')
  const names = async (of: string) => (await traceFilesOf(of)).map((file) => basename(file))
  const rotated = ['a.jsonl.10', 'a.jsonl.2', 'a.jsonl.1']
  assert.equal(await names(path), [...rotated, 'a.jsonl'])
  assert.equal(await names(folder), [...rotated, 'a.jsonl', 'b.jsonl'])
  assert.equal(await names(join(folder, 'a.jsonl.1')), ['a.jsonl.1'])
  rmSync(path) // it was put aside, and nothing has been written since
  assert.equal(await names(path), rotated)
  assert.equal(await names(join(folder, 'none')), [])
  assert.equal(await names(join(folder, 'none', 'none')), [])
  const { traces } = await find(path)
  assert.equal(
    traces[0]?.spans.map(({ name }) => name),
    ['first', 'earlier', 'before'],
  )
})

test('reads what was there when it was opened, though the file is rotated and goes on', async () => {
  const folder = await folderWith({ 'a.jsonl': line({ id: 'a' }), 'a.jsonl.1': line({ id: 'b' }) })
  const path = join(folder, 'a.jsonl')
  const files = await openFiles(await traceFilesOf(path))
  appendFileSync(path, line({ id: 'c' }))
  renameSync(path, `${path}.1`)
  writeFileSync(path, line({ id: 'd' }))
  const { traces } = await foundIn(files)
  assert.equal(
    traces[0]?.spans.map(({ name }) => name),
    ['b', 'a'],
  )
})

test('reads a pipe, which can be read once, and leaves nothing behind', async () => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('sidestream-trace-'))
  const text = line({ id: 'a' }, { id: 'b' })
  const input = Readable.from([Buffer.from(text.slice(0, 50)), Buffer.from(text.slice(50))])
  const { traces } = await foundIn([await spooled('stdin', input)])
  assert.is(traces[0]?.spans.length, 2)
  const { matches } = await foundIn([await spooled('stdin', Readable.from([]))])
  assert.is(matches, 0)
  const after = (await readdir(tmpdir())).filter((name) => name.startsWith('sidestream-trace-'))
  assert.equal(after, before)
})

test('bounds how many spans are in memory', async () => {
  const spans = (from: number) =>
    Array.from({ length: 1000 }, (_, n) => ({ id: (from + n).toString(36) }))
  const lines = Array.from({ length: 51 }, (_, n) => line(...spans(n * 1000)))
  const folder = await folderWith({ 'a.jsonl': lines.join('') })
  const { traces } = await find(folder)
  assert.is(traces[0]?.spans.length, 50_000)
  assert.is(traces[0]?.leftOut, 1000)
})

test.run()
