import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile, line } from './engine-process.js'

const test = suite('lifecycle of an engine process')
test.after.each(endAll)

/** An engine that has answered, so that it is ready and listens to signals. */
const ready = async (name: string): Promise<EngineProcess> => {
  const engine = new EngineProcess(engineFile(name))
  engine.send({ id: 'first', method: 'echo' })
  await engine.reply('first')
  return engine
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends an idle engine`, async () => {
    const engine = await ready('patient.js')
    engine.kill(signal)
    assert.equal(await engine.exit, { code: 0, signal: null })
    assert.equal((await engine.record('engine stopped'))['reason'], signal)
    await engine.record('onStop ran')
  })
}

test('SIGTERM lets open calls finish and takes no others', async () => {
  const engine = await ready('patient.js')
  engine.send({ id: 1, method: 'ask' })
  const { id } = await engine.frame('request to the host', ({ method }) => method === 'host.answer')
  engine.kill('SIGTERM')
  await engine.record('engine draining')
  engine.send({ id: 2, method: 'echo' })
  assert.equal((await engine.reply(2)).error?.code, -32004)
  engine.send({ id, result: 'go on' })
  assert.equal((await engine.reply(1)).result, 'go on')
  assert.equal((await engine.exit).code, 0)
})

test('at the drain deadline open calls are aborted and answered', async () => {
  const engine = await ready('hasty.js')
  engine.send({ id: 1, method: 'hang' }, { id: 2, method: 'echo' })
  await engine.reply(2)
  engine.kill('SIGTERM')
  assert.equal((await engine.reply(1)).error?.code, -32004)
  assert.equal((await engine.exit).code, 75)
  assert.is(engine.repliesTo(1).length, 1)
  await engine.record('hang aborted')
})

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`a second signal, ${signal}, ends at once and still answers`, async () => {
    const engine = await ready('patient.js')
    engine.send({ id: 1, method: 'hang' }, { id: 2, method: 'echo' })
    await engine.reply(2)
    engine.kill('SIGTERM')
    await engine.record('engine draining')
    const at = performance.now()
    engine.kill(signal)
    assert.equal((await engine.exit).code, code)
    assert.ok(performance.now() - at < 2000)
    assert.equal((await engine.reply(1)).error?.code, -32004)
  })
}

test('a second signal ends at once even if nobody reads the output', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { unread: ['stdout'] })
  engine.send({ id: 1, method: 'big', params: { bytes: 2 ** 20 } }, { id: 2, method: 'noisy' })
  await engine.record('stray output on stdout') // the big reply came before it
  engine.kill('SIGTERM')
  await engine.record('engine draining')
  engine.kill('SIGTERM')
  await engine.record('The output was not read in time; what is left is dropped')
  engine.read('stdout')
  await engine.exit.catch(() => {}) // the last line is cut
  assert.equal(engine.child.exitCode, 143)
})

test('SIGHUP changes nothing for callers', async () => {
  const engine = await ready('patient.js')
  engine.send({ id: 1, method: 'ask' })
  const { id } = await engine.frame('request to the host', ({ method }) => method === 'host.answer')
  engine.kill('SIGHUP')
  for (let epoch = 0, asked = 100; epoch === 0; asked += 1) {
    engine.send({ id: asked, method: 'engine.status' })
    epoch = (await engine.reply(asked)).result.epoch
  }
  engine.send({ id: 2, method: 'echo', params: ['still here'] })
  assert.equal((await engine.reply(2)).result, ['still here'])
  engine.send({ id, result: 'the old pipeline' })
  assert.equal((await engine.reply(1)).result, 'the old pipeline')
  engine.end()
  assert.equal((await engine.exit).code, 0)
})

test('the end of input lets open calls finish, whatever else keeps the process alive', async () => {
  const engine = new EngineProcess(engineFile('patient.js'))
  engine.send({ id: 1, method: 'linger' }, { id: 2, method: 'sleep', params: { ms: 50 } })
  engine.end()
  assert.equal((await engine.reply(2)).result, 50)
  assert.equal((await engine.exit).code, 0)
})

test('the end of input waits no longer than the drain deadline', async () => {
  const engine = new EngineProcess(engineFile('hasty.js'))
  engine.send({ id: 1, method: 'hang' })
  engine.end()
  assert.equal((await engine.reply(1)).error?.code, -32004)
  assert.equal((await engine.exit).code, 75)
})

for (const name of ['patient.js', 'late-start.js']) {
  test(`all that was printed into ${name} is answered, a last line without newline too`, async () => {
    const engine = new EngineProcess(engineFile(name), { through: 'pipes' })
    const calls = [1, 2, 3].map((id) => line({ id, method: 'echo', params: [id] }))
    engine.stdin.end(calls.join('').trimEnd())
    assert.equal((await engine.exit).code, 0)
    assert.equal(
      engine.frames.map(({ id, result }) => [id, result]),
      [
        [1, [1]],
        [2, [2]],
        [3, [3]],
      ],
    )
  })
}

test('input that ends without a message ends the engine', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { redirect: '</dev/null' })
  assert.equal((await engine.exit).code, 0)
  assert.equal(engine.frames, [])
})

test('a signal while starting refuses the calls that wait', async () => {
  const engine = new EngineProcess(engineFile('late-start.js'))
  engine.send({ id: 1, method: 'echo' }, { id: 2, method: 'health.check' })
  await engine.reply(2)
  engine.kill('SIGTERM')
  assert.equal((await engine.reply(1)).error?.code, -32004)
  assert.equal((await engine.exit).code, 0)
})

test('engine.shutdown is answered at once, and its grace is kept', async () => {
  const engine = await ready('patient.js')
  engine.send(
    { id: 1, method: 'hang' },
    { id: 2, method: 'engine.shutdown', params: { graceMs: 200 } },
  )
  const at = performance.now()
  assert.equal((await engine.reply(2)).result, { draining: true, open: 1 })
  assert.equal((await engine.reply(1)).error?.code, -32004)
  assert.equal((await engine.exit).code, 75)
  assert.ok(performance.now() - at < 2000)
})

test('engine.shutdown of an idle engine ends it with 0', async () => {
  const engine = await ready('patient.js')
  engine.send({ id: 1, method: 'engine.shutdown' })
  assert.equal((await engine.reply(1)).result, { draining: true, open: 0 })
  assert.equal((await engine.exit).code, 0)
})

test('a failing start is told in the log and to callers', async () => {
  const engine = new EngineProcess(engineFile('failing-start.js'))
  engine.send({ id: 1, method: 'echo' })
  assert.equal((await engine.reply(1)).error?.code, -32002)
  assert.equal((await engine.exit).code, 70)
  const { level, err } = await engine.record('The engine could not start')
  assert.is(level, 60)
  assert.match((err as Error).message, 'the model file is missing')
})

test('a start that fails at once tells who has called already, though the input stays open', async () => {
  const engine = new EngineProcess(engineFile('unable.js'))
  engine.send({ id: 1, method: 'echo' })
  assert.equal((await engine.exit).code, 70)
  assert.equal((await engine.reply(1)).error?.code, -32002)
})

test('a start that fails at once does not wait for calls', async () => {
  const engine = new EngineProcess(engineFile('unable.js'))
  assert.equal((await engine.exit).code, 70)
  assert.equal(engine.frames, [])
})

test('a header that cannot be read ends the stream after the replies before it', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { raw: true })
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'echo', params: ['framed'] })
  engine.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}Content-Length: many\r\n\r\n{}`)
  assert.equal((await engine.exit).code, 65)
  const bodies = engine.text.split(/Content-Length: \d+\r\n\r\n/)
  assert.is(bodies.length, 3, engine.text)
  assert.equal(JSON.parse(bodies[1] as string).result, ['framed'])
  const last = JSON.parse(bodies[2] as string)
  assert.equal([last.id, last.error.code], [null, -32700])
})

test.run()
