/** The sample of telemetry runs as it is, and its file holds one trace of both processes. */
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { folderOf, sidestream } from '../cli/sidestream.js'

const test = suite('telemetry sample')
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Span {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly service: string
  readonly kind: string
  readonly name: string
}

test('samples/telemetry.ts: a call, the call back within it, and the start are one trace', async () => {
  const file = join(folderOf({}), 'traces.jsonl')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=sidestream-source', '--import', 'tsx', 'samples/telemetry.ts', file],
    { cwd: root, encoding: 'utf8', timeout: 60_000 },
  )
  assert.is(status, 0, stderr)
  assert.ok(stdout.startsWith('6 words\n'), stdout)
  assert.is(statSync(file).mode & 0o777, 0o600)

  const shown = await sidestream(['trace', 'show', file, '--json'])
  const traces = shown.stdout.trim().split('\n')
  assert.is(traces.length, 1, shown.stdout)
  const { traceId, errors, spans } = JSON.parse(traces[0] as string) as {
    traceId: string
    errors: number
    spans: readonly Span[]
  }
  assert.ok(stdout.includes(`--id ${traceId}`), stdout)
  assert.is(errors, 0)
  const label = ({ service, kind, name }: Span): string => `${service} ${kind} ${name}`
  const labels = new Map(spans.map((span) => [span.spanId, label(span)]))
  const parents = spans.map((span) => `${label(span)} < ${labels.get(span.parentSpanId ?? '')}`)
  assert.equal(parents.toSorted(), [
    'counter CLIENT text.read < counter SERVER words.count',
    'counter INTERNAL count words < counter SERVER words.count',
    'counter INTERNAL start < reader INTERNAL count the words of a text',
    'counter SERVER words.count < reader CLIENT words.count',
    'reader CLIENT words.count < reader INTERNAL count the words of a text',
    'reader INTERNAL count the words of a text < undefined',
    'reader SERVER text.read < counter CLIENT text.read',
  ])
})

test.run()
