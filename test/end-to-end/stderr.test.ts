import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, engineFile } from './engine-process.js'

const test = suite('the log of an engine')

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
    const { dropped } = await engine.record('log lines were dropped: nobody read stderr')
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

test.run()
