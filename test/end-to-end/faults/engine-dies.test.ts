/** T3, T5, T8 and T11 to T14 of the fault table: engines that end, and what they leave unsaid. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { connect } from 'sidestream/host'
import * as assert from 'uvu/assert'
import { until } from '../engine-process.js'
import { exitOf, failure, faultSuite, isAlive, outcome, within } from './fault-suite.js'

const test = faultSuite('faults: the engine dies')

const many = 50
const base = 100
/** Beyond what is promised: this process is not the only one here. */
const slackMs = 500

test('T3: an engine is killed: all its calls fail once, in 50 ms, and it is ready again', async (round) => {
  const spec = { ...round.ours(), restart: { backoff: { base, factor: 1 } } }
  const host = round.supervise({ engines: { it: spec } })
  const engine = host.supervisor.engine('it')
  const took: number[] = []
  for (const nth of [1, 2, 3]) {
    const { startMs } = await host.event('ready', { nth })
    let settled = 0
    const count = (): void => {
      settled += 1
    }
    const calls = Array.from({ length: many }, () => {
      const call = engine.request('hang')
      call.then(count, count)
      return outcome(call)
    })
    await engine.request('add', { a: 1, b: 2 }) // those before it have been read
    const killedAt = performance.now()
    process.kill(host.pid('it'), 'SIGKILL')
    const all = await within('all calls', Promise.all(calls))
    took.push(Math.max(...all.map(({ at }) => at)) - killedAt)
    for (const { error } of all) {
      assert.is(error?.kind, 'EngineGone')
      const { signal, delivery, restarting } = error?.facts ?? {}
      assert.equal([signal, delivery, restarting], ['SIGKILL', 'possible', true])
    }
    assert.is((await host.event('ended', { nth })).reason, 'signal')
    const { delayMs } = await host.event('restarting', { nth })
    assert.ok(delayMs <= base)
    await host.event('ready', { nth: nth + 1 })
    assert.ok(performance.now() - killedAt <= delayMs + 2 * startMs + slackMs)
    assert.is(host.member('it').restarts, nth)
    assert.is(settled, many)
  }
  // Another process may be in the way of one, but not of three.
  assert.ok(Math.min(...took) <= 50, `it took ${took} ms`)
}, 1)

test('T5: an engine ends whose child holds its pipes: its calls fail in 250 ms, and its group is gone', async (round) => {
  const exitFile = join(round.folder, 'exit')
  const client = await connect(round.ours({ EXIT_FILE: exitFile }))
  const [sibling, stranger] = (await client.request('heirs')) as [number, number]
  assert.is(isAlive(sibling), true)
  const { facts } = await failure(client.request('exit', { code: 3 }))
  const lateMs = Date.now() - (exitOf(exitFile)?.at as number)
  assert.is(facts['exitCode'], 3)
  assert.ok(isAlive(stranger), 'it has left the group')
  assert.ok(lateMs >= 200 && lateMs < 250 + 250, `after ${lateMs} ms`)
  await until('the group is gone', () => !isAlive(sibling))
  process.kill(stranger, 'SIGKILL')
})

test('T8: a host that stops an engine without handlers for signals sees a clean stop', async (round) => {
  const host = round.supervise({ engines: { it: { ...round.foreign('deaf'), grace: 50 } } })
  await until('it has been started', () => round.alive.length === 1)
  await within('stop', host.supervisor.stop())
  assert.equal(host.types(), ['starting', 'ended'])
  assert.is((await host.event('ended')).reason, 'stopped')
  assert.is(host.member('it').state, 'stopped')
  assert.equal(round.alive, [])
})

test('T12: calls that race the death of an engine are answered or fail, and the host lives', async (round) => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const client = await connect(round.ours())
    const params = { a: 1, b: 2, padding: 'x'.repeat(20_000 * attempt) }
    const calls = Array.from({ length: 20 }, () => outcome(client.request('add', params)))
    let isGone = false
    void client.ended.then(() => {
      isGone = true
    })
    await new Promise(setImmediate)
    process.kill(client.pid as number, 'SIGKILL')
    while (!isGone) {
      calls.push(outcome(client.request('add', { a: 1, b: 2 })))
      await new Promise(setImmediate)
    }
    calls.push(outcome(client.request('add', params)))
    const all = await within('all calls', Promise.all(calls))
    for (const { result, error } of all)
      assert.ok(result === 3 || error?.kind === 'EngineGone', JSON.stringify(error))
    assert.is(all.at(-1)?.error?.facts['delivery'], 'never')
    assert.is(all.at(-1)?.error?.facts['signal'], 'SIGKILL')
  }
})

test('T13: what was written is not what was read: only an answer counts', async (round) => {
  const host = round.supervise({
    engines: { it: { ...round.ours(), restart: { backoff: { base } } } },
  })
  const engine = host.supervisor.engine('it')
  await host.supervisor.ready()
  await engine.request('deaf')
  const unsafe = Array.from({ length: 20 }, () => failure(engine.request('add', { a: 1, b: 2 })))
  const safe = engine.request('sum', { a: 1, b: 2 })
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve))) // they have been written
  process.kill(host.pid('it'), 'SIGKILL')
  for (const { kind, facts } of await within('all calls', Promise.all(unsafe))) {
    assert.is(kind, 'EngineGone')
    assert.is(facts['delivery'], 'possible')
  }
  assert.is(await within('the replayed call', safe), 3)
  assert.is(host.member('it').restarts, 1)
})

test('T13: what an engine refuses as it ends by itself is done by the next one, if it is idempotent', async (round) => {
  const restart = { backoff: { base: 20, factor: 1 } }
  const host = round.supervise({ engines: { it: { ...round.ours({ DRAIN: '300' }), restart } } })
  await host.supervisor.ready()
  const engine = host.supervisor.engine('it')
  const open = outcome(engine.request('hang')) // which makes its end last
  await engine.request('pid')
  process.kill(host.pid('it'), 'SIGTERM')
  const calls: ReturnType<typeof outcome>[] = []
  while (!host.types().includes('ended')) {
    calls.push(outcome(engine.request('sum', { a: 1, b: 2 })))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const all = await within('all calls', Promise.all(calls))
  assert.ok(all.length > 0)
  for (const { result, error } of all) assert.is(result, 3, JSON.stringify(error))
  assert.is((await open).error?.kind, 'ShuttingDown')
})

const bytes = 16 * 2 ** 20
const expected = '0123456789abcdef'.repeat(bytes / 16)

test('T14: an engine that is stopped right after a reply of 16 MB has sent all of it', async (round) => {
  const client = await connect(round.ours())
  const reply = client.request('big', { bytes })
  const end = client.close()
  assert.ok((await within('the reply', reply)) === expected)
  assert.equal(await end, { how: 'exited', exitCode: 0 })
})

test('T14: so has one whose stdout is a pipe, when its input ends', async (round) => {
  const { command, args = [], env } = round.ours()
  const { PATH } = process.env
  const child = spawn(command, args, { env: { ...env, PATH }, stdio: ['pipe', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"big","params":{"bytes":16777216}}\n')
  const exitCode = await within('its end', new Promise((resolve) => child.once('close', resolve)))
  assert.is(exitCode, 0)
  const text = Buffer.concat(chunks).toString()
  assert.ok(text === `{"jsonrpc":"2.0","id":1,"result":"${expected}"}\n`, `${text.length} bytes`)
})

test.run()
