import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Batch } from '../../pipelines/call.js'
import { BatchIds } from '../../src/engine/batch-ids.js'
import { engine } from '../../src/index.js'
import { scriptedPeer } from '../../src/testing/index.js'

const test = suite('ids of batches')

const batchOf = (): Batch => ({
  open: 1,
  replies: [],
  length: 0,
  bytes: 0,
  counted: 0,
  ids: undefined,
  onAnswer: undefined,
  trace: undefined,
})

test('are kept until the batch is answered', () => {
  const ids = new BatchIds()
  const batch = batchOf()
  ids.keep(batch, [1, '"a"'])
  assert.equal([ids.has(1), ids.has('"a"'), ids.has(2), ids.size], [true, true, false, 2])
  batch.onAnswer?.()
  assert.equal([ids.has(1), ids.size], [false, 0])
})

test('an id that two batches have belongs to the first', () => {
  const ids = new BatchIds()
  const [first, second] = [batchOf(), batchOf()]
  ids.keep(first, [1])
  ids.keep(second, [1, 2])
  second.onAnswer?.()
  assert.equal([ids.has(1), ids.has(2)], [true, false])
  first.onAnswer?.()
  assert.is(ids.size, 0)
})

test('a batch without ids leaves nothing', () => {
  const ids = new BatchIds()
  const batch = batchOf()
  ids.keep(batch, [])
  assert.is(ids.size, 0)
})

/** CPU time of an engine that gets so many batches of one call each, none of which is answered, in milliseconds. */
const cpuMs = (batches: number): number => {
  const hang = { handler: () => new Promise(() => {}) }
  const peer = scriptedPeer(engine({ name: 'demo', version: '1.0.0', methods: { hang } }))
  const before = process.cpuUsage()
  for (let id = 0; id < batches; id += 1) {
    peer.send(`[{"jsonrpc":"2.0","id":"${id}","method":"hang"}]\n`)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test('many open batches cost no more each than few', () => {
  const small = Math.min(cpuMs(1000), cpuMs(1000), cpuMs(1000))
  const large = cpuMs(8000)
  assert.ok(large <= 24 * Math.max(small, 4), `1000: ${small} ms, 8000: ${large} ms`)
})

test.run()
