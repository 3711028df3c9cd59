import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile, line, until } from '../end-to-end/engine-process.js'

const test = suite('an engine under load')
test.after.each(endAll)
const mebibyte = 2 ** 20

/** The most memory the process ever had, in bytes. */
const peakBytes = ({ pid }: EngineProcess): number => {
  if (process.platform !== 'linux') return 0
  const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

const assertPeak = (engine: EngineProcess, mebibytes: number): void => {
  const peak = Math.round(peakBytes(engine) / mebibyte)
  if (process.env['SIDESTREAM_TEST_FIGURES'] !== undefined) console.log(` peak ${peak} MiB `)
  assert.ok(peak < mebibytes, `${peak} MiB at the peak`)
}

/** Writes no more at once than the engine takes. */
const write = async (engine: EngineProcess, text: string): Promise<void> => {
  if (!engine.stdin.write(text)) await once(engine.stdin, 'drain')
}

/** Writes texts one after the other. Resolves when none has been taken for a while, so that reading must have stopped. */
const writeUntilStalled = async (
  engine: EngineProcess,
  texts: readonly string[],
): Promise<{ taken: number; rest: Promise<void> }> => {
  let taken = 0
  let takenAt = performance.now()
  const writeAll = async (): Promise<void> => {
    for (const text of texts) {
      await new Promise((resolve) => engine.stdin.write(text, resolve))
      taken += 1
      takenAt = performance.now()
    }
  }
  const rest = writeAll()
  await until('the engine stops reading', () => performance.now() - takenAt > 500)
  return { taken, rest }
}

const idCounts = (engine: EngineProcess): Map<unknown, number> => {
  const counts = new Map<unknown, number>()
  for (const { id, method } of engine.frames) {
    if (method === undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, a flood while nobody reads is held back, and all is answered once`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through, unread: ['stdout'] })
    engine.send({ id: 'open', method: 'hang' })
    for (let id = 0; id < 120; id += 1) {
      engine.send({ id: `big ${id}`, method: 'big', params: { bytes: 65_536 } })
    }
    engine.send({ method: '$/cancelRequest', params: { id: 'open' } })
    await engine.record('hang aborted')
    engine.send({ id: 'health', method: 'health.check' })
    await engine.record('health was checked')

    const calls = 200_000
    const texts = Array.from({ length: calls / 1000 }, (_, thousand) =>
      Array.from({ length: 1000 }, (_, index) => {
        const id = thousand * 1000 + index + 1
        return line({ id, method: 'echo', params: [id] })
      }).join(''),
    )
    const { taken, rest } = await writeUntilStalled(engine, texts)
    assert.ok(taken < texts.length / 2, `${taken} of ${texts.length} were taken`)
    engine.read('stdout')
    await rest
    await engine.reply(calls)
    assertPeak(engine, 300)
    engine.end()
    assert.is((await engine.exit).code, 0)
    const counts = idCounts(engine)
    assert.is(counts.size, calls + 120 + 2)
    assert.ok([...counts.values()].every((count) => count === 1))
    assert.is((await engine.reply('open')).error?.code, -32800)
    assert.is((await engine.reply('health')).result.status, 'ok')
  })
}

test('a million notifications are all handled, in little memory', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  const thousand = line({ method: 'note', params: { text: 'hello' } }).repeat(1000)
  for (let count = 0; count < 1000; count += 1) await write(engine, thousand)
  engine.send({ id: 1, method: 'notes' })
  assert.is((await engine.reply(1)).result, 1_000_000)
  assertPeak(engine, 300)
  engine.end()
  assert.is((await engine.exit).code, 0)
  assert.is(engine.frames.length, 1)
})

test('a hundred thousand lines that are no JSON are answered each', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  const thousand = 'What is this?\n'.repeat(1000)
  for (let count = 0; count < 100; count += 1) await write(engine, thousand)
  engine.send({ id: 1, method: 'echo', params: ['still here'] })
  assert.equal((await engine.reply(1)).result, ['still here'])
  assertPeak(engine, 300)
  engine.end()
  assert.is((await engine.exit).code, 0)
  const errors = engine.frames.filter(({ id, error }) => id === null && error?.code === -32700)
  assert.is(errors.length, 100_000)
  assert.is(engine.frames.length, 100_001)
})

test('a line that does not end is answered once, and is not kept', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  await write(engine, '{"jsonrpc":"2.0","id":1,"method":"echo","params":["')
  const text = 'x'.repeat(mebibyte)
  for (let count = 0; count < 100; count += 1) await write(engine, text)
  assert.is((await engine.reply(null)).error?.data.kind, 'MessageTooLarge')
  engine.stdin.write('"]}\n')
  engine.send({ id: 2, method: 'echo', params: ['the next line'] })
  assert.equal((await engine.reply(2)).result, ['the next line'])
  assertPeak(engine, 300)
  engine.end()
  assert.is((await engine.exit).code, 0)
  assert.is(engine.frames.length, 2)
})

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, a reply of 16 MiB arrives whole though the engine is stopped at once`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through })
    const bytes = 16 * mebibyte
    engine.send({ id: 1, method: 'big', params: { bytes } }, { id: 2, method: 'engine.shutdown' })
    assert.is((await engine.exit).code, 0)
    const { result } = await engine.reply(1)
    assert.is(result.length, bytes)
    assert.ok(result === '0123456789abcdef'.repeat(bytes / 16))
    assert.equal((await engine.reply(2)).result, { draining: true, open: 0 })
  })

  test(`through ${through}, answers that wait for a slow reader at the end of input all arrive`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through, unread: ['stdout'] })
    const calls = 4000
    const params = ['x'.repeat(1000)]
    for (let id = 1; id <= calls; id += 1) engine.send({ id, method: 'echo', params })
    engine.end()
    await engine.record('engine ready')
    await until('all input is taken in', () => engine.stdin.writableFinished)
    engine.read('stdout', 'slowly')
    assert.is((await engine.exit).code, 0)
    const counts = idCounts(engine)
    assert.is(counts.size, calls)
    assert.ok(engine.frames.every(({ result }) => result[0] === params[0]))
  })
}

test('a deep queue is answered as a whole when the engine is stopped', async () => {
  const engine = new EngineProcess(engineFile('hasty.js'))
  const calls = 5000 // few enough to be all taken in
  for (let id = 1; id <= calls; id += 1) engine.send({ id, method: 'sleep', params: { ms: 20 } })
  engine.send({ id: 'last', method: 'engine.status' })
  await engine.reply('last')
  engine.kill('SIGTERM')
  assert.is((await engine.exit).code, 75)
  const counts = idCounts(engine)
  assert.is(counts.size, calls + 1)
  assert.ok([...counts.values()].every((count) => count === 1))
  const refused = engine.frames.filter(({ error }) => error?.code === -32004)
  const done = engine.frames.filter(({ result }) => result === 20)
  assert.ok(done.length > 4)
  assert.is(refused.length + done.length, calls)
})

test.run()
