import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { traceFile } from '../../src/logging/trace-file.js'
import { toldLogger } from '../telemetry/told-logger.js'

const test = suite('file of traces')
let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidestream-traces-'))
})
test.after.each(() => rmSync(folder, { recursive: true, force: true }))

test('it holds traces and nothing else, also after it has dropped some: the log tells of those', async () => {
  const path = join(folder, 'traces.jsonl')
  const { logger, told } = toldLogger()
  mkdirSync(path)
  const file = traceFile({ path, maxBytes: 1e6, keep: 1 }, logger)
  const line = (n: number): string => `{"resourceSpans":[${n}]}\n`
  for (const n of [1, 2]) file.write(line(n))
  assert.is(file.dropped, 2)
  rmdirSync(path)
  // A path that was refused is tried again after a second.
  const deadline = Date.now() + 10_000
  let written = 2
  while (file.dropped === written) {
    assert.ok(Date.now() < deadline, 'the file takes nothing')
    await new Promise((done) => setTimeout(done, 50))
    written += 1
    file.write(line(written))
  }
  file.write(line(0))
  file.flush()
  file.close()
  assert.is(readFileSync(path, 'utf8'), line(written) + line(0))
  const counts = told.map(({ level, message, facts }) => [level, message, facts['dropped']])
  const problem = 'The file of traces does not take them'
  assert.equal(counts, [
    ['warn', problem, 1],
    ['warn', problem, file.dropped - 1],
  ])
})

test.run()
