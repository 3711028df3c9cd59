/** How an engine is ended: politely first, and with all that is needed in the end. In virtual time. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fakeChild, messages } from './fake-child.js'

const test = suite('close')

/** An engine, and what happens to it with the time. */
const watched = () => {
  const events: [number, string][] = []
  const note = (event: string): void => void events.push([fake.clock.now(), event])
  const fake = fakeChild(note)
  fake.peer.written$.subscribe((text) => note(JSON.parse(text).method as string))
  /** The engine's end of input has no event of its own. */
  const run = async (toMs: number): Promise<void> => {
    while (fake.clock.now() < toMs) {
      const before = fake.peer.hasEnded
      await fake.clock.advance(1)
      if (fake.peer.hasEnded && !before) note('end of input')
    }
  }
  return { ...fake, events, run }
}

test('asks, and needs no more with an engine that drains', async () => {
  const { client, events, peer, run, end } = watched()
  const closed = client.close(3000)
  assert.equal(messages(peer.written)[0]?.params, { graceMs: 3000, _meta: { deadlineMs: 1000 } })
  peer.send('{"jsonrpc":"2.0","id":1,"result":{"draining":true,"open":1}}\n')
  await run(2500)
  end({ how: 'exited', exitCode: 0 })
  assert.equal(await closed, { how: 'exited', exitCode: 0 })
  await run(60_000)
  assert.equal(events, [
    [0, 'SIGCONT'],
    [0, 'engine.shutdown'],
  ])
})

test('ends the input at once when the engine knows no shutdown', async () => {
  const { client, events, peer, run, end } = watched()
  const closed = client.close(3000)
  peer.send('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}\n')
  await run(2500)
  end({ how: 'exited', exitCode: 0 })
  await closed
  assert.equal(events, [
    [0, 'SIGCONT'],
    [0, 'engine.shutdown'],
    [1, 'end of input'],
  ])
})

test('does not end the input under a call of an engine that knows no shutdown', async () => {
  const { client, events, peer, run, end } = watched()
  const open = client.request('slow')
  const closed = client.close(3000)
  peer.send('{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}\n')
  await run(1000)
  peer.send('{"jsonrpc":"2.0","id":1,"result":"done"}\n')
  await run(1100)
  assert.is(await open, 'done')
  end({ how: 'exited', exitCode: 0 })
  await closed
  assert.equal(events, [
    [0, 'slow'],
    [0, 'SIGCONT'],
    [0, 'engine.shutdown'],
    [1050, 'end of input'],
  ])
})

test('goes from step to step with an engine that does nothing', async () => {
  const { client, events, run, end } = watched()
  const closed = client.close(3000)
  await run(10_000)
  end({ how: 'killed', signal: 'SIGKILL' })
  assert.equal(await closed, { how: 'killed', signal: 'SIGKILL' })
  assert.equal(events, [
    [0, 'SIGCONT'],
    [0, 'engine.shutdown'],
    [1000, '$/cancelRequest'],
    [1000, 'end of input'],
    [4000, 'SIGTERM'],
    [6000, 'SIGKILL'],
  ])
})

test('goes on with an engine that promises to drain and does not', async () => {
  const { client, events, peer, run } = watched()
  void client.close(3000)
  peer.send('{"jsonrpc":"2.0","id":1,"result":{"draining":true,"open":1}}\n')
  await run(12_000)
  assert.equal(events, [
    [0, 'SIGCONT'],
    [0, 'engine.shutdown'],
    [5000, 'end of input'],
    [7000, 'SIGTERM'],
    [9000, 'SIGKILL'],
  ])
})

test('lets open requests finish, and takes no new ones', async () => {
  const { client, peer, end } = watched()
  const open = client.request('slow')
  const closed = client.close()
  const refused = await client.request('more').catch(({ kind }) => kind)
  assert.is(refused, 'ShuttingDown')
  peer.send('{"jsonrpc":"2.0","id":2,"result":{"draining":true,"open":1}}\n')
  peer.send('{"jsonrpc":"2.0","id":1,"result":"done"}\n')
  assert.is(await open, 'done')
  end({ how: 'exited', exitCode: 0 })
  assert.equal(await closed, await client.close())
})

test('kills at once when asked to', async () => {
  const { client, events, end } = watched()
  const ended = client.kill()
  end({ how: 'killed', signal: 'SIGKILL' })
  await ended
  assert.equal(events, [[0, 'SIGKILL']])
})

test.run()
