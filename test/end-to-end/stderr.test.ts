import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile, until } from './engine-process.js'

const test = suite('the log of an engine')
test.after.each(endAll)
const folder = mkdtempSync(join(tmpdir(), 'sidestream-stderr-'))
test.after(() => rmSync(folder, { recursive: true }))

test('warnings of Node and errors that nobody caught become records, and the engine goes on', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  engine.send({ id: 1, method: 'trouble' })
  await engine.record('Nobody caught this error')
  const warning = await engine.record('this is old')
  assert.equal(
    [warning['level'], warning['source'], warning['name'], warning['code']],
    [40, 'node', 'DeprecationWarning', 'DEP9999'],
  )
  const rejection = await engine.record('Nobody handled this rejection')
  assert.is((rejection['err'] as Error).message, 'a lost rejection')
  engine.send({ id: 2, method: 'echo', params: ['alive'] })
  assert.equal((await engine.reply(2)).result, ['alive'])
  engine.end()
  assert.is((await engine.exit).code, 0)
})

test('errors and facts that cannot be printed are told as far as they can be, and harm nothing', async () => {
  const engine = new EngineProcess(engineFile('hostile.js'))
  engine.send({ id: 1, method: 'timer' }, { id: 2, method: 'reject' }, { id: 3, method: 'fail' })
  for (const text of ['Nobody caught this error', 'Nobody handled this rejection']) {
    const { err } = await engine.record(text)
    assert.is((err as Error).message, 'a frozen error')
    assert.match((err as Error).stack as string, 'hostile.js:')
  }
  assert.is((await engine.reply(3)).error?.message, 'a frozen error')
  engine.send({ id: 4, method: 'facts' })
  assert.is((await engine.reply(4)).result, null)
  assert.is((await engine.record('odd facts'))['big'], 2)
  await engine.record('facts with a getter')
  engine.end()
  assert.is((await engine.exit).code, 0)
  await engine.record('onStop failed')
})

test('what a function given to subscribe throws is logged, and its call is answered at its deadline', async () => {
  const engine = new EngineProcess(engineFile('by-hand.js'))
  engine.send(
    { id: 1, method: 'echo', params: { _meta: { deadlineMs: 500 } } },
    { id: 2, method: 'sleep', params: { ms: 0 } },
  )
  assert.is((await engine.reply(2)).result, 0)
  assert.is((await engine.reply(1)).error?.code, -32001)
  const { err } = await engine.record('Nobody caught this error')
  assert.is((err as Error).message, 'thrown while it is subscribed')
  engine.send({ id: 3, method: 'echo' })
  engine.end()
  assert.is((await engine.exit).code, 75)
  assert.is((await engine.reply(3)).error?.code, -32004)
})

test('a start that fails with an error that cannot be printed ends the engine all the same', async () => {
  const engine = new EngineProcess(engineFile('frozen-start.js'))
  assert.is((await engine.exit).code, 70)
  const { err } = await engine.record('The engine could not start')
  assert.is((err as Error).message, 'a frozen error')
})

test('what is printed is the engine speaking: it bears its name, and subscribers are told', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  engine.send({ id: 1, method: 'engine.subscribe', params: { log: { level: 'warn' } } })
  engine.send({ id: 2, method: 'consoles' })
  engine.end()
  assert.is((await engine.exit).code, 0)
  const told = engine.frames.filter(({ method }) => method === 'log.message')
  assert.equal(told[1]?.params, {
    source: 'console',
    level: 'warn',
    message: "{ a: 'warning' }",
  })
  const printed = engine.records.filter(({ source }) => source === 'console')
  assert.ok(printed.every(({ engine: name }) => name === 'patient'))
})

test('each call of a console method becomes one record of its level', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  engine.send({ id: 1, method: 'consoles' })
  engine.end()
  assert.is((await engine.exit).code, 0)
  const printed = engine.records.filter(({ source }) => source === 'console')
  const texts = printed.map(({ level, msg }) => `${level} ${msg}`)
  assert.equal(texts.slice(0, -1), [
    '50 an error with 1 number',
    "40 { a: 'warning' }",
    '50 Assertion failed: seen',
    '30 a group',
    '30   inside',
  ])
  assert.match(texts.at(-1) ?? '', /^30 ┌.*│ 1 │.*┘$/s)
})

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, a log that nobody reads keeps no call from being answered`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through, unread: ['stderr'] })
    const calls = 2000
    for (let id = 1; id <= calls; id += 1) {
      engine.send({ id, method: 'log', params: { records: 2, bytes: 1000 } })
    }
    await engine.reply(calls)
    for (let id = 1; id <= calls; id += 1) assert.is(engine.repliesTo(id).length, 1)
    engine.read('stderr')
    const { dropped } = await engine.record('log lines were dropped: stderr did not take them')
    engine.end()
    assert.is((await engine.exit).code, 0)
    const written = engine.records.filter(({ msg }) => msg === 'filler').length
    assert.ok(Number(dropped) > 0)
    const others = 1 // that the engine is ready
    assert.ok(Math.abs(Number(dropped) + written - calls * 2) <= others)
  })
}

test('a log that nobody reads at all does not keep the engine from ending', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { unread: ['stderr'] })
  engine.send({ id: 1, method: 'log', params: { records: 2000, bytes: 1000 } })
  engine.end()
  await engine.reply(1)
  assert.is((await engine.exit).code, 0)
})

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, a log that nobody reads does not keep an engine from starting`, async () => {
    const engine = new EngineProcess(engineFile('chatty-start.js'), { through, unread: ['stderr'] })
    engine.send({ id: 1, method: 'echo', params: ['started'] })
    assert.equal((await engine.reply(1)).result, ['started'])
    engine.end()
    assert.is((await engine.exit).code, 0)
  })
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`all that was logged before a ${signal} is in the file`, async () => {
    const file = join(folder, signal)
    const engine = new EngineProcess(engineFile('patient.js'), { redirect: `2>${file}` })
    engine.send({ id: 1, method: 'log', params: { records: 5000, bytes: 100 } })
    await engine.reply(1)
    engine.kill(signal)
    await engine.exit
    const records = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((it) => JSON.parse(it))
    assert.is(records.filter(({ msg }) => msg === 'filler').length, 5000)
    assert.is(records.at(-1).msg, signal === 'SIGTERM' ? 'engine stopped' : 'filler')
  })
}

for (const [how, before] of [
  ['>', ''],
  ['>>', 'what it held\n'],
] as const) {
  test(`what native code prints and the log leave each other alone in a file, 2${how} file`, async () => {
    const file = join(folder, `native ${before.length}`)
    writeFileSync(file, before)
    const engine = new EngineProcess(engineFile('patient.js'), {
      redirect: `< <(exec cat) > >(exec cat) 2${how}'${file}'`,
    })
    for (let id = 1; id <= 3; id += 1) {
      engine.send({ id, method: 'log', params: { records: 2, bytes: 100 } })
      engine.send({ id: `native ${id}`, method: 'native' })
      engine.send({ id: `errors ${id}`, method: 'nativeErrors' })
      await engine.reply(`errors ${id}`)
    }
    engine.end()
    assert.is((await engine.exit).code, 0)
    const text = readFileSync(file, 'utf8')
    assert.ok(text.startsWith(before))
    const lines = text.slice(before.length).trimEnd().split('\n')
    const records = lines.map((it) => JSON.parse(it))
    const count = (key: string, value: string) => records.filter((it) => it[key] === value).length
    assert.equal(
      [count('msg', 'filler'), count('from', 'descriptor 1'), count('from', 'descriptor 2')],
      [6, 3, 3],
    )
    assert.equal([count('from', 'a child'), count('msg', 'engine stopped')], [3, 1])
  })
}

test('nothing is dropped while somebody reads, and the end waits for the reader', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { through: 'pipes' })
  const fillers = () => engine.records.filter(({ msg }) => msg === 'filler').length
  for (let id = 1; id <= 5; id += 1) {
    engine.send({ id, method: 'log', params: { records: 1000, bytes: 50 } }) // more than a pipe holds
    await engine.reply(id)
    if (id < 5) await until('all is read', () => fillers() === id * 1000)
  }
  engine.kill('SIGTERM')
  assert.is((await engine.exit).code, 0)
  assert.is(fillers(), 5000)
  await engine.record('engine stopped')
})

test('records that are too many to wait are counted, and those that wait are read at the end', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), {
    through: 'pipes',
    unread: ['stderr'],
  })
  engine.send({ id: 1, method: 'log', params: { records: 5000, bytes: 500 } })
  await engine.reply(1)
  engine.end()
  engine.read('stderr')
  assert.is((await engine.exit).code, 0)
  const { dropped } = await engine.record('log lines were dropped: stderr did not take them')
  const written = engine.records.filter(({ msg }) => msg === 'filler').length
  const others = 1 // that the engine is ready
  assert.ok(Math.abs(Number(dropped) + written - 5000) <= others)
  await engine.record('engine stopped')
})

for (const [what, redirect] of [
  ['a full disk', '2>/dev/full'],
  ['closed', '2>&-'],
  ['a pipe whose reader has left', '2> >(exec true)'],
] as const) {
  test(`calls are answered while the log is ${what}`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { redirect })
    engine.send({ id: 1, method: 'log', params: { records: 100, bytes: 100 } })
    engine.send({ id: 2, method: 'trouble' }, { id: 3, method: 'noisy' })
    await engine.reply(3)
    engine.send({ id: 4, method: 'echo', params: ['unharmed'] })
    assert.equal((await engine.reply(4)).result, ['unharmed'])
    engine.end()
    assert.is((await engine.exit).code, 0)
    assert.is(engine.frames.length, 4)
  })
}

// Needs a file system that can be filled, in a mount namespace of its own.
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status === 0
;(canMount ? test : test.skip)(
  'a log on a full disk goes on when there is space again',
  async () => {
    const engine = new EngineProcess(engineFile('patient.js'), {
      before: `mount -t tmpfs -o size=64k tmpfs ${folder} && head -c 30000 /dev/zero > ${folder}/ballast`,
      redirect: `2>${folder}/log`,
    })
    engine.send({ id: 1, method: 'log', params: { records: 1000, bytes: 100 } })
    assert.is((await engine.reply(1)).result, 1000)
    const seen = `/proc/${engine.pid}/root${folder}`
    rmSync(`${seen}/ballast`)
    engine.send({ id: 2, method: 'log', params: { records: 3, bytes: 10 } })
    await engine.reply(2)
    const lines = readFileSync(`${seen}/log`, 'utf8').trimEnd().split('\n')
    const torn = lines.filter((it) => !it.endsWith('}'))
    const records = lines.filter((it) => it.endsWith('}')).map((it) => JSON.parse(it))
    assert.ok(torn.length <= 1)
    const { dropped } = records.find(({ dropped }) => dropped !== undefined)
    const written = records.filter(({ msg }) => msg === 'filler').length
    assert.is(dropped + written, 1003)
    assert.is(records.filter(({ text }) => text === 'x'.repeat(10)).length, 3)
    engine.end()
    assert.is((await engine.exit).code, 0)
  },
)

test.run()
