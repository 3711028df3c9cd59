/** Two ways in: what an engine sends by its channel, what by stdout, and what is no message. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { testLog } from '../../src/testing/test-log.js'
import { fakeChild } from './fake-child.js'
import { settled } from './settled.js'

const test = suite('ways in')
const reply = (id: number, result: unknown) => `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`

test('an engine of ours answers on its channel, and its stdout is a log', async () => {
  const { log, records } = testLog()
  const { client, peer, sendOnChannel, clock } = fakeChild(undefined, { log })
  const [one, two] = [settled(client.request('a')), settled(client.request('b'))]
  peer.send('loading the model…\n')
  sendOnChannel(reply(1, 'one'))
  peer.send(reply(2, 'a forgery'))
  sendOnChannel(reply(2, 'two'))
  await clock.advance(0)
  assert.equal([one.result, two.result], ['one', 'two'])
  assert.is(client.strayBytes, Buffer.byteLength(`loading the model…\n${reply(2, 'a forgery')}`))
  assert.is(records[0]?.message, 'loading the model…')
})

test('what an engine prints is logged with its pid, to the last word, and then it is gone', async () => {
  const { log, records } = testLog()
  const { client, print, end } = fakeChild(undefined, { log })
  const states: string[] = []
  client.state$.subscribe({
    next: (state) => states.push(state),
    complete: () => states.push('complete'),
  })
  print('WARNING: no newline behind this')
  end({ how: 'exited', exitCode: 0 })
  await client.ended
  assert.equal(
    records.map(({ level, message, facts }) => [level, message, facts['pid']]),
    [['warn', 'no newline behind this', 1]],
  )
  assert.equal(states, ['starting', 'gone', 'complete'])
})

test('any other engine answers on stdout, though nobody uses its channel', async () => {
  const { client, peer, clock } = fakeChild()
  const one = settled(client.request('a'))
  peer.send(reply(1, 'one'))
  await clock.advance(0)
  assert.is(one.result, 'one')
  assert.is(client.strayBytes, 0)
})

test('the end of the way that is not used means nothing', async () => {
  const { client, peer, sendOnChannel, clock } = fakeChild()
  const [one, two] = [settled(client.request('a')), settled(client.request('b'))]
  sendOnChannel(reply(1, 'one'))
  peer.end()
  await clock.advance(5000)
  sendOnChannel(reply(2, 'two'))
  await clock.advance(0)
  assert.equal([one.result, two.result], ['one', 'two'])
})

test('a message in two parts, and a batch', async () => {
  const { client, sendOnChannel, clock } = fakeChild()
  const ends = ['a', 'b', 'c'].map((method) => settled(client.request(method)))
  const text = reply(1, 'é')
  sendOnChannel(text.slice(0, 20))
  sendOnChannel(text.slice(20))
  sendOnChannel(`[${reply(3, 3).trim()},${reply(2, 2).trim()}]\n`)
  await clock.advance(0)
  assert.equal(
    ends.map(({ result }) => result),
    ['é', 2, 3],
  )
})

test.run()
