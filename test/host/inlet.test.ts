/** Two ways in: what an engine sends by its channel, what by stdout, and what is no message. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Inlet } from '../../src/host/inlet.js'
import { frame } from '../../src/protocol/frame.js'
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

for (const framing of ['ndjson', 'content-length'] as const) {
  test(`a reply that is too large fails its own call, and no other: ${framing}`, async () => {
    const { client, peer, clock } = fakeChild(undefined, { framing, limits: { replyBytes: 1000 } })
    const ends = ['a', 'b', 'c', 'd'].map((method) => settled(client.request(method)))
    const result = 'x'.repeat(5000)
    const send = (message: object): void => peer.send(frame(JSON.stringify(message), framing))
    send({ jsonrpc: '2.0', id: 2, result })
    send({ id: '3', error: { code: 1, message: result } })
    send({ jsonrpc: '2.0', id: 4, method: 'a call of its own', params: { result } })
    send({ jsonrpc: '2.0', id: 1, result: 'short' })
    await clock.advance(0)
    assert.equal(
      ends.map(({ result, error }) => result ?? error?.kind),
      ['short', 'MessageTooLarge', 'MessageTooLarge', undefined],
    )
    assert.is(ends[1]?.error?.facts['limitBytes'], 1000)
  })
}

/** Takes what comes of chunks, and in how many calls. */
const inletOf = () => {
  const taken = { messages: 0, strays: '', calls: 0 }
  const stray = (text: string): void => {
    taken.calls += 1
    taken.strays += text
  }
  const inlet = new Inlet({
    framing: 'ndjson',
    limitBytes: 1000,
    accept: () => {
      taken.messages += 1
    },
    stray: (text) => stray(`${text}\n`),
    strayChunk: (chunk) => stray(Buffer.from(chunk).toString()),
  })
  return { inlet, taken }
}

test('messages are found among other output, wherever it is cut', () => {
  const banner = 'one\n{two}\n[INFO] {"three": 4}\nfour\n'
  const text = `${banner}${reply(1, '{')}a {\n${reply(2, 'b\nc')}tail\n${reply(3, 3)}`
  for (let size = 1; size <= text.length; size += 1) {
    const { inlet, taken } = inletOf()
    for (let at = 0; at < text.length; at += size) {
      inlet.push('stdout', Buffer.from(text.slice(at, at + size)))
    }
    assert.is(taken.messages, 3)
    assert.is(taken.strays.replace(/\n+/g, '\n'), `${banner}a {\ntail\n`)
  }
})

test('a flood of lines that are no messages is not taken apart', () => {
  const { inlet, taken } = inletOf()
  const lines = 'yes\n'.repeat(1000)
  inlet.push('stdout', Buffer.from(`y${lines}`))
  inlet.push('stdout', Buffer.from(`{no\n${lines}{no\n`))
  assert.is(taken.calls, 2)
  assert.is(taken.strays.length, 2 * lines.length + 9)
})

test.run()
