/** T15 to T17 of the fault table: engines that do not come up. */
import { connect, type RpcError } from 'sidestream/host'
import * as assert from 'uvu/assert'
import { failure, faultSuite, within } from './fault-suite.js'

const test = faultSuite('faults: the start')

test('T15: a program that is not there is told by its path, and not tried again', async (round) => {
  const command = './no/such/engine'
  const host = round.supervise({ engines: { it: { command } } })
  const refused = failure(host.supervisor.engine('it').request('add', { a: 1, b: 2 }))
  const error = (await within('ready', failure(host.supervisor.ready()))) as RpcError
  assert.is(error.kind, 'EngineGone')
  assert.is(error.facts['reason'], 'failed_to_start')
  assert.match(error.message, command)
  assert.match((await within('the call', refused)).message, command)
  assert.equal(host.types(), ['starting', 'ended', 'quarantined'])
  assert.is(host.member('it').state, 'quarantined')
})

test('T16: a banner on stdout is counted, and the engine works', async (round) => {
  const client = await connect(round.foreign('banner'))
  assert.equal(await client.request('echo', { a: 1 }), { a: 1 })
  assert.is(client.strayBytes, 'Welcome to Foreign 3.1\n'.length)
  await client.close()
})

test('T16: a banner without messages behind it is quoted', async (round) => {
  const options = { ...round.foreign('banner', 'silent'), startupMs: 500 }
  const { message, facts } = await failure(connect(options))
  assert.match(message, 'Welcome to Foreign 3.1')
  assert.is(facts['firstLine'], 'Welcome to Foreign 3.1')
  assert.equal(round.alive, [])
})

test('T17: what is never ready is killed at its start-up deadline, and quarantined in the end', async (round) => {
  const startup = 1000
  const restart = {
    backoff: { base: 20, factor: 1 },
    startFailures: { most: 1, within: '1m' },
  } as const
  const host = round.supervise({
    engines: {
      silent: { ...round.foreign('silent'), startup, restart },
      // Answers, and says of itself that it is not ready.
      starting: { ...round.ours({ NEVER_READY: '1' }), startup, restart },
    },
  })
  for (const engine of ['silent', 'starting']) {
    const { budget } = await host.event('quarantined', { engine })
    assert.is(budget, 'startFailures')
    const oneLife = ['starting', 'ended']
    assert.equal(host.types(engine), [...oneLife, 'restarting', ...oneLife, 'quarantined'])
    const box = await host.box({ engine })
    assert.is(box.reason, 'start_timeout')
    assert.equal(box.end, { how: 'killed', signal: 'SIGKILL' })
    const tookMs = Date.parse(box.endedAt) - Date.parse(box.startedAt)
    assert.ok(tookMs >= startup - 5 && tookMs < startup + 500, `after ${tookMs} ms`)
    assert.is(host.member(engine).state, 'quarantined')
  }
  assert.equal(round.alive, [])
})

test.run()
