/** Engines that send what looks like the runtime's own notifications, and is none. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClientState, connect, type Notification, supervise } from 'sidestream/host'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testLog } from '../../src/testing/test-log.js'

const test = suite('hostile notifications')
const folder = mkdtempSync(join(tmpdir(), 'sidestream-hostile-'))
test.after(() => rmSync(folder, { recursive: true }))

const nonsense = [
  { method: 'engine.stateChanged' },
  { method: 'engine.stateChanged', params: [] },
  { method: 'engine.stateChanged', params: {} },
  { method: 'engine.stateChanged', params: { from: 'ready', to: 'enlightened' } },
  { method: 'engine.stateChanged', params: { to: { toString: 5 } } },
  { method: 'health.tick' },
  { method: 'health.tick', params: { eventLoop: null, memory: 'much', status: 7 } },
  { method: 'log.message', params: { level: 'shout', message: { deep: true } } },
  { method: '$/progress' },
  { method: '$/progress', params: [5] },
  { method: '$/progress', params: { token: 5 } },
  { method: '$/progress', params: { token: null, value: 1 } },
  { method: '$/cancelRequest' },
  { method: '$/cancelRequest', params: [] },
  { method: '$/cancelRequest', params: { id: { no: 'id' } } },
]
/** No messages at all, as params are an object or an array. */
const unheard = [
  { method: '$/progress', params: 5 },
  { method: 'engine.stateChanged', params: null },
  { method: 'health.tick', params: 'ill' },
]

/** Describes itself as an engine of ours, or as none, and answers every call with its params, behind all the nonsense. */
const engine = (isOurs: boolean, sent: readonly object[]) => ({
  command: process.execPath,
  env: { FORCE_COLOR: undefined }, // Node would warn of it beside NO_COLOR
  args: [
    '-e',
    `
    const { createInterface } = require('readline')
    const tell = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }))
    const description = { protocolVersion: 1, engine: { name: 'h', version: '1' }, limits: {}, methods: [] }
    createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method, params } = JSON.parse(line)
      if (id === undefined) return
      if (method === 'engine.describe' && ${isOurs}) return tell({ id, result: description })
      if (method === 'engine.status' && ${isOurs}) return tell({ id, result: { state: 'ready' } })
      if (method !== 'echo') return tell({ id, error: { code: -32601, message: 'no' } })
      for (const message of ${JSON.stringify(sent)}) tell(message)
      tell({ id, result: params })
    })`,
  ],
})

for (const isOurs of [true, false]) {
  const whose = isOurs ? 'ours' : 'none of ours'

  test(`an engine that is ${whose}: changes nothing, and is a notification like any other`, async () => {
    const { log, records } = testLog()
    const client = await connect({ ...engine(isOurs, nonsense), log })
    const states: ClientState[] = []
    const told: Notification[] = []
    const printed: string[] = []
    client.state$.subscribe((state) => states.push(state))
    client.notifications$.subscribe((it) => told.push(it))
    client.stderr$.subscribe((line) => printed.push(line))
    const progress: unknown[] = []
    const onProgress = (value: unknown) => progress.push(value)
    assert.equal(await client.request('echo', { n: 1 }, { onProgress }), { n: 1 })
    assert.equal(await client.request('echo', { n: 2 }), { n: 2 })
    assert.ok(told.every(({ method }) => !method.startsWith('$/')))
    await client.close(100)
    assert.equal(states, ['ready', 'gone'])
    assert.equal(progress, [])
    assert.equal([printed, records.map(({ message }) => message)], [[], []])
  })

  test(`an engine that is ${whose}, under supervision: stays the same process`, async () => {
    const { log, records } = testLog()
    const liveness = { every: '20ms', timeout: '5s' } as const
    const engines = supervise({
      engines: { hostile: { ...engine(isOurs, nonsense), liveness, grace: '100ms' } },
      blackBoxes: false,
      runFolder: join(folder, 'run'),
      log,
    })
    await engines.ready()
    try {
      for (let n = 0; n < 5; n += 1)
        assert.equal(await engines.engine('hostile').request('echo', { n }), { n })
      const [status] = engines.status
      assert.equal([status?.state, status?.restarts, status?.inFlight], ['ready', 0, 0])
    } finally {
      await engines.stop()
    }
    const warnings = records.filter(({ level }) => level === 'warn' || level === 'error')
    assert.equal(
      warnings.map(({ message }) => message),
      [],
    )
  })
}

test('params that are neither an object nor an array are no message: they are shown as output', async () => {
  const client = await connect(engine(true, unheard))
  const printed: string[] = []
  client.stderr$.subscribe((line) => printed.push(line))
  assert.equal(await client.request('echo', { n: 1 }), { n: 1 })
  await client.close(100)
  assert.equal(
    printed.map((line) => JSON.parse(line)),
    unheard.map((it) => ({ jsonrpc: '2.0', ...it })),
  )
})

test.run()
