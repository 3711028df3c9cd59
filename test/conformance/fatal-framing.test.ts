import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { engineOf, exchange, framed, gist, stopped, talk } from './wire.js'

const test = suite('fatal framing errors')

let hasStopped = false
const definition = engineOf(
  {
    quick: method({ handler: () => 'quick' }),
    hang: method({ handler: () => new Promise(() => {}) }),
  },
  { onStop: () => (hasStopped = true) },
)
const call = (id: number, name = 'quick'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: name })
const good = (id: number, name?: string): Buffer => framed([call(id, name)], 'content-length')

for (const [name, bad] of [
  ['no length', 'Content-Type: x\r\n\r\n'],
  ['a negative length', 'Content-Length: -1\r\n\r\n'],
  ['a length with a tail', 'Content-Length: 56abc\r\n\r\n'],
  ['conflicting lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ['a length above 1 GiB', 'Content-Length: 1073741825\r\n\r\n'],
  ['headers over 8 KiB', `Content-Length: 1\r\nX: ${'x'.repeat(8192)}\r\n\r\n`],
  ['JSON in place of a header', `${call(7)}\n`],
] as const) {
  test(`${name}: what was answered is sent, then one -32700, then the end, with exit code 65`, async () => {
    hasStopped = false
    const { peer, messages, exitCode } = await exchange(definition, [good(1), bad, good(2)])
    assert.equal(messages.map(gist), [
      [1, 'quick'],
      [null, -32700, 'ParseError'],
    ])
    assert.is(exitCode, 65)
    assert.is(peer.pipe.hasEnded, true)
    assert.is(hasStopped, true)
    assert.match(peer.pipe.written.at(-1) ?? '', /^Content-Length: \d+\r\n\r\n\{/)
  })
}

test('open calls are answered before the last word', async () => {
  const peer = await talk(definition)
  peer.send(good(1, 'hang'))
  peer.send(good(2, 'hang'))
  peer.send('Content-Length: x\r\n\r\n')
  const { messages, exitCode } = await stopped(peer, peer.clock)
  assert.equal(messages.map(gist), [
    [1, -32004, 'ShuttingDown'],
    [2, -32004, 'ShuttingDown'],
    [null, -32700, 'ParseError'],
  ])
  assert.is(exitCode, 65)
})

test('it is the first bytes that are bad: answered in the framing that was begun', async () => {
  const { messages, exitCode, peer } = await exchange(definition, [
    'Content-Length: nonsense\r\n\r\n',
  ])
  assert.equal(messages.map(gist), [[null, -32700, 'ParseError']])
  assert.match(peer.pipe.written[0] ?? '', /^Content-Length/)
  assert.is(exitCode, 65)
})

test('while starting, calls that wait are answered too', async () => {
  const peer = await talk({ ...definition, onStart: () => new Promise(() => {}) })
  peer.send(good(1))
  peer.send('Content-Length: x\r\n\r\n')
  const { messages, exitCode } = await stopped(peer, peer.clock)
  assert.equal(messages.map(gist), [
    [1, -32004, 'ShuttingDown'],
    [null, -32700, 'ParseError'],
  ])
  assert.is(exitCode, 65)
})

test('the end of input inside a message is not fatal: it is told, and the exit code is 0', async () => {
  for (const tail of ['Content-Le', 'Content-Length: 10\r\n', 'Content-Length: 10\r\n\r\n{"x"']) {
    const { messages, exitCode } = await exchange(definition, [good(1), tail])
    assert.equal(messages.map(gist), [
      [1, 'quick'],
      [null, -32700, 'ParseError'],
    ])
    assert.is(exitCode, 0)
  }
})

test('in NDJSON nothing is fatal', async () => {
  const { messages, exitCode } = await exchange(definition, [
    `${call(1)}\nContent-Length: -1\n\n${call(2)}\n`,
  ])
  assert.equal(messages.map(gist), [
    [1, 'quick'],
    [null, -32700, 'ParseError'],
    [2, 'quick'],
  ])
  assert.is(exitCode, 0)
})

test('what came in one piece with the bad bytes is served first', async () => {
  const bad = Buffer.from('Content-Length: x\r\n\r\n')
  const { messages, exitCode } = await exchange(definition, [Buffer.concat([good(1), bad])])
  assert.equal(messages.map(gist), [
    [1, 'quick'],
    [null, -32700, 'ParseError'],
  ])
  assert.is(exitCode, 65)
})

test.run()
