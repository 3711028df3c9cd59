import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile, line, root } from './engine-process.js'

const isLinux = process.platform === 'linux'
const test = suite('the standard output of an engine')
test.after.each(endAll)
const folder = mkdtempSync(join(tmpdir(), 'sidestream-stdout-'))
test.after(() => rmSync(folder, { recursive: true }))

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, what JavaScript prints becomes log records`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through })
    engine.send({ id: 1, method: 'noisy' }, { id: 2, method: 'health.check' })
    assert.is((await engine.reply(1)).result, 1)
    const health = (await engine.reply(2)).result
    assert.is(health.strayBytes, 'from process.stdout.write\n'.length)
    assert.equal(health.checks, { seen: { status: 'ok' } })
    engine.end()
    assert.equal((await engine.exit).code, 0)
    assert.is(engine.frames.length, 2)
    const printed = engine.records.filter(({ source }) => source === 'console')
    assert.equal(
      printed.map(({ msg }) => msg),
      ['from console.log\nin two lines', 'health was checked'],
    )
    const stray = engine.records.filter(({ msg }) => msg === 'stray output on stdout')
    assert.equal(
      stray.map(({ text }) => text),
      ['from process.stdout.write'],
    )
  })
}

const guarded = isLinux ? test : test.skip
for (const [name, redirect] of [
  ['pipes', '> >(exec cat) 2> >(exec cat >&2)'],
  ['a pipe beside a socket as stderr', '> >(exec cat)'],
  ['a pipe beside a file as stderr', `> >(exec cat) 2>>${join(folder, 'stderr.log')}`],
  ['a pipe, with stderr closed', '> >(exec cat) 2>&-'],
] as const) {
  guarded(`through ${name}, native code and children cannot print between frames`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { redirect, textOnStderr: true })
    engine.send({ id: 1, method: 'native' }, { id: 2, method: 'echo', params: ['clean'] })
    assert.equal((await engine.reply(2)).result, ['clean'])
    engine.end()
    assert.equal((await engine.exit).code, 0)
    assert.equal(
      engine.frames.map(({ id, result }) => [id, result]),
      [
        [1, 0],
        [2, ['clean']],
      ],
    )
  })
}

guarded('what native code prints is on stderr', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), {
    through: 'pipes',
    textOnStderr: true,
  })
  const text: string[] = []
  engine.child.stderr?.on('data', (chunk) => text.push(String(chunk)))
  engine.send({ id: 1, method: 'native' })
  await engine.reply(1)
  engine.end()
  await engine.exit
  assert.match(text.join(''), '{"from":"descriptor 1"}\n')
  assert.match(text.join(''), '{"from":"a child"}\n')
})

for (const [flag, operator] of [
  ['a', '>>'],
  ['r+', '<>'],
  ['w', '>'],
] as const) {
  guarded(`a file opened with ${operator} keeps what it holds and gets the frames`, async () => {
    const file = join(folder, `out-${flag}`)
    const before = flag === 'w' ? '' : '{"old":true}\n'
    writeFileSync(file, before)
    const fd = openSync(file, flag)
    const engine = new EngineProcess(engineFile('patient.js'), {
      stdio: ['pipe', fd, 'pipe'],
      textOnStderr: true,
    })
    closeSync(fd)
    engine.send({ id: 1, method: 'native' }, { id: 2, method: 'noisy' })
    engine.end()
    assert.equal((await engine.exit).code, 0)
    assert.is(
      readFileSync(file, 'utf8'),
      before + line({ id: 1, result: 0 }) + line({ id: 2, result: 1 }),
    )
  })
}

guarded('a file that stderr shares gets every frame and every record', async () => {
  const file = join(folder, 'both')
  const engine = new EngineProcess(engineFile('patient.js'), { redirect: `>${file} 2>&1` })
  const calls = Array.from({ length: 50 }, (_, id) => ({ id, method: 'noisy' }))
  engine.send(...calls)
  engine.end()
  assert.equal((await engine.exit).code, 0)
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((it) => JSON.parse(it))
  const ids = lines.filter(({ jsonrpc }) => jsonrpc === '2.0').map(({ id }) => id)
  assert.equal(
    ids,
    calls.map(({ id }) => id),
  )
  assert.is(lines.at(-1).msg, 'engine stopped')
})

test('input may be a file', async () => {
  const file = join(folder, 'input')
  writeFileSync(file, line({ id: 1, method: 'echo', params: ['from a file'] }).trimEnd())
  const engine = new EngineProcess(engineFile('patient.js'), { redirect: `<${file}` })
  assert.equal((await engine.exit).code, 0)
  assert.equal((await engine.reply(1)).result, ['from a file'])
})

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, an engine whose reader left ends within a second`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through })
    engine.send({ id: 1, method: 'hang' }, { id: 2, method: 'echo' })
    await engine.reply(2)
    engine.child.stdout?.destroy()
    const at = performance.now()
    // The first write may still reach the cat between, which dies of it.
    const write = setInterval(() => engine.send({ id: 3, method: 'notes' }), 20).unref()
    const { code } = await engine.exit
    clearInterval(write)
    assert.is(code, 74)
    assert.ok(performance.now() - at < 1500)
    assert.equal((await engine.record('engine stopped'))['reason'], 'output broken')
    await engine.record('hang aborted')
  })
}

test('an engine without a reader from the start ends with the first reply', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { redirect: '> >(exec true)' })
  engine.send({ id: 1, method: 'hang' }, { id: 2, method: 'echo' })
  assert.is((await engine.exit).code, 74)
})

if (isLinux) {
  test('a named pipe that nobody reads any more does not keep an engine from starting', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const fd = openSync(pipe, 'w')
    const engine = new EngineProcess(engineFile('patient.js'), { stdio: ['pipe', fd, 'pipe'] })
    closeSync(fd)
    closeSync(reader)
    engine.send({ id: 1, method: 'echo' })
    assert.is((await engine.exit).code, 74)
  })

  test('a full disk as output ends the engine', async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { redirect: '>/dev/full' })
    engine.send({ id: 1, method: 'hang' }, { id: 2, method: 'echo' })
    const at = performance.now()
    assert.is((await engine.exit).code, 74)
    assert.ok(performance.now() - at < 2500) // its start included
  })
}

test('closed output and log keep nothing from ending', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { redirect: '>&- 2>&-' })
  engine.send({ id: 1, method: 'noisy' })
  engine.end()
  assert.is((await engine.exit).code, 0)
})

test('the sample works as its comment says', async () => {
  const engine = new EngineProcess(`${root}samples/echo.ts`, { through: 'pipes' })
  engine.send({ id: 1, method: 'count', params: { to: 3, everyMs: 1 } })
  engine.send({ id: 2, method: 'sleep', params: { ms: 60_000 } })
  engine.send({ id: 3, method: 'add', params: { a: 1, b: 2 } }, { id: 4, method: 'fail' })
  engine.send({ id: 5, method: 'big', params: { bytes: 20 } }, { id: 6, method: 'noisy' })
  engine.send(
    { id: 7, method: 'block', params: { ms: 1 } },
    { id: 8, method: 'echo', params: ['it'] },
  )
  engine.send({ method: '$/cancelRequest', params: { id: 2 } })
  engine.end()
  assert.is((await engine.exit).code, 0)
  const answered = engine.frames.filter(({ id }) => id !== undefined)
  assert.equal(
    Object.fromEntries(answered.map(({ id, result, error }) => [id, result ?? error?.message])),
    {
      1: 3,
      2: 'The request was cancelled',
      3: 3,
      4: 'failed as asked',
      5: '0123456789abcdef0123',
      6: 1,
      7: 1,
      8: ['it'],
    },
  )
  const progress = engine.frames.filter(({ method }) => method === '$/progress')
  assert.equal(
    progress.map(({ params }) => (params as { value: number }).value),
    [1, 2, 3],
  )
})

test.run()
