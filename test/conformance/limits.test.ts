import { left } from 'fp-ts/lib/Either.js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import { engineOf, exchange, framed, framings, gist, talk } from './wire.js'

const test = suite('limits')

const methods = {
  size: method({ handler: (params) => JSON.stringify(params).length }),
  big: method({ handler: (params) => 'x'.repeat((params as { bytes: number }).bytes) }),
  deep: method({ handler: (params) => nested((params as { levels: number }).levels) }),
}
const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = [value]
  return value
}
const small = engineOf(methods, { limits: { messageBytes: 200, depth: 10 } })

/** A request of exactly so many bytes. */
const request = (bytes: number, id = 1, filler = 'x'): string => {
  const text = `{"jsonrpc":"2.0","id":${id},"method":"size","params":["${filler}"]}`
  return text.replace(filler, filler + 'x'.repeat(bytes - Buffer.byteLength(text)))
}
const call = (id: number, method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })

for (const framing of framings) {
  test(`a message at the limit is served, one byte more is answered once and skipped (${framing})`, async () => {
    for (const filler of ['x', 'é', '😀']) {
      const texts = [
        request(200, 1, filler),
        request(201, 2, filler),
        request(5000, 3, filler),
        request(100, 4, filler),
      ]
      const { messages } = await exchange(small, [framed(texts, framing)])
      assert.equal(
        messages.map(gist).map(([id, code]) => [id, code === -32600 ? code : 'served']),
        [
          [1, 'served'],
          [null, -32600],
          [null, -32600],
          [4, 'served'],
        ],
      )
      assert.equal(messages[1]?.error?.data, {
        kind: 'MessageTooLarge',
        retryable: false,
        limitBytes: 200,
        ...(framing === 'content-length' && { bytes: 201 }), // a line is given up before its length is known
      })
    }
  })

  test(`a message too large is answered before it has been sent (${framing})`, async () => {
    const peer = await talk(small)
    peer.send(framing === 'ndjson' ? 'x'.repeat(300) : 'Content-Length: 500\r\n\r\n')
    assert.equal(peer.messages.map(gist), [[null, -32600, 'MessageTooLarge']])
    peer.send(framing === 'ndjson' ? `${'x'.repeat(300)}\n` : 'x'.repeat(500))
    peer.send(framed([request(100)], framing))
    assert.equal(peer.messages.length, 2)
    assert.is(peer.messages[1]?.id, 1)
  })

  test(`nesting at the limit is served, one level more is refused with its id (${framing})`, async () => {
    const at = (levels: number, id: number): string => {
      const inner = levels - 2 // in a message, and in its params
      return `{"jsonrpc":"2.0","id":${id},"method":"size","params":[${'['.repeat(inner)}${']'.repeat(inner)}]}`
    }
    const { messages } = await exchange(small, [
      framed([at(10, 1), at(11, 2), `[${at(10, 3)}]`, at(3, 4)], framing),
    ])
    assert.equal(messages.map(gist), [
      [1, 18],
      [2, -32600, 'TooDeep'],
      [null, -32600, 'TooDeep'],
      [4, 4],
    ])
  })
}

test('the standard limits: 16 MiB a message, 1,000 levels', async () => {
  const levels = (count: number): string => `${'['.repeat(count)}${']'.repeat(count)}`
  const deep = (id: number, count: number): string =>
    `{"jsonrpc":"2.0","id":${id},"method":"size","params":${levels(count - 1)}}`
  const { messages } = await exchange(engineOf(methods), [
    framed(
      [
        request(2 ** 24),
        request(2 ** 24 + 1, 2),
        deep(3, 1000),
        deep(4, 1001),
        deep(5, 1_000_000),
        levels(100_000),
      ],
      'ndjson',
    ),
  ])
  assert.equal(
    messages.map(gist).map(([id, code, kind]) => [id, kind ?? typeof code]),
    [
      [1, 'number'],
      [null, 'MessageTooLarge'],
      [3, 'number'],
      [4, 'TooDeep'],
      [5, 'TooDeep'],
      [null, 'TooDeep'],
    ],
  )
})

test('a reply at the limit is sent, one byte more is an error with its id', async () => {
  const reply = '{"jsonrpc":"2.0","id":1,"result":""}'
  const definition = engineOf(methods, { limits: { replyBytes: 300 } })
  const fits = 300 - reply.length
  const { messages } = await exchange(definition, [
    framed([call(1, 'big', { bytes: fits }), call(2, 'big', { bytes: fits + 1 })], 'ndjson'),
  ])
  assert.is(messages[0]?.result, 'x'.repeat(fits))
  assert.equal(gist(messages[1] as never), [2, -32603, 'InternalError'])
})

test('a reply is measured in bytes', async () => {
  const room = 300 - '{"jsonrpc":"2.0","id":1,"result":""}'.length
  for (const letter of ['é', '€', '😀']) {
    const width = Buffer.byteLength(letter)
    const fits = `${letter.repeat(room / width)}${'x'.repeat(room % width)}`
    const texts = engineOf(
      { fits: method({ handler: () => fits }), not: method({ handler: () => `${fits}x` }) },
      { limits: { replyBytes: 300 } },
    )
    const { messages } = await exchange(texts, [
      framed([call(1, 'fits', {}), call(2, 'not', {})], 'ndjson'),
    ])
    assert.is(messages[0]?.result, fits)
    assert.equal(gist(messages[1] as never), [2, -32603, 'InternalError'])
  }
})

test('what is too large to be sent is no progress, no request and no notification, and harms nothing', async () => {
  const large = { text: 'x'.repeat(400) }
  let notified = ''
  const definition = engineOf(
    {
      progress: method({
        handler: (_, { progress }) => {
          progress(large)
          progress('small')
          return 'done'
        },
      }),
      ask: method({ handler: (_, { request }) => request('host.answer', large) }),
      fail: method({ handler: () => left(large.text) }),
    },
    {
      limits: { replyBytes: 300 },
      onStart: ({ notify }) => {
        try {
          notify('hello', large)
        } catch (thrown) {
          notified = String(thrown)
        }
      },
    },
  )
  const { messages } = await exchange(definition, [
    framed([call(1, 'progress', {}), call(2, 'ask', {}), call(3, 'fail', {})], 'ndjson'),
  ])
  assert.equal(
    messages.map((it) => it.params ?? gist(it)),
    [
      { token: 1, value: 'small' },
      [1, 'done'],
      [3, -32000, 'EngineError'],
      [2, -32603, 'InternalError'],
    ],
  )
  assert.match(notified, 'RangeError')
})

test('a result nested too deep to be printed is an error with its id, and the next call is served', async () => {
  const { messages } = await exchange(engineOf(methods), [
    framed([call(1, 'deep', { levels: 1_000_000 }), call(2, 'deep', { levels: 2 })], 'ndjson'),
  ])
  assert.equal(messages.map(gist), [
    [1, -32603, 'InternalError'],
    [2, [[1]]],
  ])
})

test('a notification that is too large is refused too: nobody can know what it was', async () => {
  const note = `{"jsonrpc":"2.0","method":"size","params":["${'x'.repeat(300)}"]}`
  const { messages } = await exchange(small, [framed([note], 'ndjson')])
  assert.equal(messages.map(gist), [[null, -32600, 'MessageTooLarge']])
})

test('the limits are told by engine.describe', async () => {
  const peer = await talk(small)
  const { limits } = (await peer.call('engine.describe')) as { limits: Record<string, number> }
  assert.equal(
    [limits['messageBytes'], limits['replyBytes'], limits['batch'], limits['depth']],
    [200, 2 ** 26, 1000, 10],
  )
})

test.run()
