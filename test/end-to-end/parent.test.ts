import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile } from './engine-process.js'

const test = suite('an engine whose host dies')
test.after.each(endAll)

/** The engine's standard streams come from this test, so it hears of its host's end by no end of input. */
const start = async (...args: string[]): Promise<EngineProcess> => {
  const engine = new EngineProcess(engineFile('patient.js'), { underParent: true, args })
  engine.send({ id: 'first', method: 'echo' })
  await engine.reply('first')
  await until(engine, 3) // the watching thread has had time to start
  return engine
}

/** Waits until so many health ticks of a fifth of a second have come. */
const until = async (engine: EngineProcess, ticks: number): Promise<void> => {
  const before = engine.frames.length
  const counts = () => engine.frames.length - before > ticks
  engine.send({
    id: `ticks ${before}`,
    method: 'engine.subscribe',
    params: { health: { everyMs: 200 } },
  })
  await engine.frame('health ticks', counts)
  engine.send({ id: `no ticks ${before}`, method: 'engine.unsubscribe' })
  await engine.reply(`no ticks ${before}`)
}

/** The parent's own end, by SIGKILL, is what `exit` tells; it comes when the engine has let go of its streams. */
const killHost = async (engine: EngineProcess): Promise<number> => {
  const at = performance.now()
  engine.kill('SIGKILL')
  assert.is((await engine.exit).signal, 'SIGKILL')
  return performance.now() - at
}

test('ends within two seconds, its calls aborted', async () => {
  const engine = await start()
  engine.send({ id: 1, method: 'hang' }, { id: 2, method: 'notes' })
  await engine.reply(2)
  assert.ok((await killHost(engine)) < 2000)
  assert.is((await engine.record('engine stopped'))['reason'], 'parent gone')
  await engine.record('hang aborted')
})

test('ends also if its host dies before it has had any reply', async () => {
  const engine = new EngineProcess(engineFile('patient.js'), { underParent: true, args: [] })
  await engine.record('engine ready')
  assert.ok((await killHost(engine)) < 4000)
  assert.is((await engine.record('engine stopped'))['reason'], 'parent gone')
})

test('ends also while its module is loaded', async () => {
  const engine = new EngineProcess(engineFile('stuck-load.js'), { underParent: true })
  await engine.record('loading')
  assert.ok((await killHost(engine)) < 4000)
  await engine.record('The parent process has gone while the engine was loaded')
})

test('is killed within two seconds if its event loop is blocked', async () => {
  const engine = await start()
  const { enginePid } = await engine.record('engine spawned')
  engine.send({ id: 1, method: 'block', params: { ms: 60_000 } })
  await engine.record('blocking')
  assert.ok((await killHost(engine)) < 2000)
  assert.not(engine.records.some(({ msg }) => msg === 'engine stopped'))
  assert.not(isAlive(enginePid))
})

test('is killed within two seconds if stopping blocks its event loop', async () => {
  const engine = await start()
  engine.send({ id: 1, method: 'clingy' }, { id: 2, method: 'notes' })
  await engine.reply(2)
  assert.ok((await killHost(engine)) < 2000)
  await engine.record('engine draining')
})

test('goes on with --no-parent-watch', async () => {
  const engine = await start('--no-parent-watch')
  const exit = new Promise((resolve) => engine.child.once('exit', resolve))
  engine.kill('SIGKILL')
  await exit
  await until(engine, 8)
  engine.end()
  await engine.exit
  assert.is((await engine.record('engine stopped'))['reason'], 'end of input')
})

/** One that ended may stay as a zombie where nobody waits for it; its streams are closed, though. */
const isAlive = (pid: unknown): boolean => existsSync(`/proc/${pid}/exe`)

test.run()
