/** What travels beside the params, from every way to make a call. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fakeChild, messages } from './fake-child.js'
import { fakeHost } from './fake-host.js'

const test = suite('meta')
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('is merged with what the params carry, and the deadline has the last word', () => {
  const { client, peer } = fakeChild()
  const meta = { priority: 'high', traceparent: trace, tenant: 7 } as const
  void client.request('add', { a: 1 }, { meta })
  void client.request('add', { a: 1, _meta: { priority: 'low', more: 1 } }, { meta, deadlineMs: 5 })
  void client.request('add', undefined, { meta })
  void client.request('add', { a: 1 }, { meta: undefined })
  assert.equal(
    messages(peer.written).map(({ params }) => params),
    [
      { a: 1, _meta: meta },
      { a: 1, _meta: { ...meta, more: 1, deadlineMs: 5 } },
      { _meta: meta },
      { a: 1 },
    ],
  )
})

test('params by position have no place for it', () => {
  const { client, peer } = fakeChild()
  void client.request('add', [1, 2], { meta: { priority: 'high' }, deadlineMs: 5 })
  assert.equal(messages(peer.written)[0]?.params, [1, 2])
})

test('streams and batches have it, too', () => {
  const { client, peer } = fakeChild()
  const meta = { priority: 'low' } as const
  client.updates('count', {}, { meta }).subscribe()
  void client.batch([{ method: 'a' }, { method: 'b', params: { n: 1 } }], { meta })
  const [stream, batch] = messages(peer.written) as [{ params: unknown }, { params: unknown }[]]
  assert.equal(stream.params, { _meta: meta })
  assert.equal(
    batch.map(({ params }) => params),
    [{ _meta: meta }, { n: 1, _meta: meta }],
  )
})

test('goes to each process that a call is sent to, with the caller’s own key', async () => {
  const engines = { a: { command: 'a', idempotent: ['work'] } }
  const { clock, supervisor, processes, last } = fakeHost({ engines })
  await clock.advance(1)
  const meta = { priority: 'high', idempotencyKey: 'mine' } as const
  void supervisor.engine('a').request('work', { n: 1 }, { meta })
  await clock.advance(1)
  last('a').die()
  await clock.advance(1000)
  const sent = processes.map(({ requests }) => requests[0]?.params)
  assert.equal(sent, [
    { n: 1, _meta: meta },
    { n: 1, _meta: { ...meta, replay: { attempt: 2, after: ['a/1'] } } },
  ])
})

test.run()
