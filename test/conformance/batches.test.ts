import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { method } from '../../src/engine/define.js'
import type { PeerMessage } from '../../src/testing/scripted-peer.js'
import { engineOf, exchange, framed, framings, gist, talk } from './wire.js'

const test = suite('batches')

const definition = engineOf({
  echo: method({ handler: (params) => params }),
  later: method({ handler: async (params) => params }),
  wait: method({
    handler: (_, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('late'))),
  }),
})

const call = (id: unknown, name = 'echo', params: unknown = [id]): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: name, params })
const note = JSON.stringify({ jsonrpc: '2.0', method: 'echo', params: [0] })
const reply = '{"jsonrpc":"2.0","id":99,"result":1}'

/** Members, and what one message in return tells: an array for a batch, an object for a single error. */
const cases: readonly (readonly [string, readonly string[], readonly unknown[] | undefined])[] = [
  ['one member', [call(1)], [[1, [1]]]],
  ['one notification', [note], undefined],
  ['notifications', [note, note], undefined],
  ['replies to nobody', [reply, reply], undefined],
  ['a reply and a notification', [reply, note], undefined],
  ['a call between others', [reply, call(1), note], [[1, [1]]]],
  [
    'calls that answer later',
    [call(1, 'later'), call('1', 'later')],
    [
      [1, [1]],
      ['1', ['1']],
    ],
  ],
  [
    'null ids',
    [call(null), call(null)],
    [
      [null, [null]],
      [null, [null]],
    ],
  ],
  [
    'an id twice',
    [call(1), call(1, 'echo', ['x'])],
    [
      [1, [1]],
      [1, -32600, 'DuplicateId'],
    ],
  ],
  [
    'an id thrice',
    [call('a'), call('a'), call('a')],
    [
      ['a', ['a']],
      ['a', -32600, 'DuplicateId'],
      ['a', -32600, 'DuplicateId'],
    ],
  ],
  [
    'ids that go up, then repeat',
    [call(1), call(2), call(3), call(2)],
    [
      [1, [1]],
      [2, [2]],
      [3, [3]],
      [2, -32600, 'DuplicateId'],
    ],
  ],
  [
    '1 and "1"',
    [call(1), call('1')],
    [
      [1, [1]],
      ['1', ['1']],
    ],
  ],
  [
    'an unknown method',
    [call(1, 'nope'), call(2)],
    [
      [1, -32601, 'MethodNotFound'],
      [2, [2]],
    ],
  ],
  [
    'a batch in a batch',
    [`[${call(1)}]`, call(2)],
    [
      [null, -32600, 'InvalidRequest'],
      [2, [2]],
    ],
  ],
  ['an empty batch in a batch', ['[]'], [[null, -32600, 'InvalidRequest']]],
  [
    'null and numbers',
    ['null', '1', call(2)],
    [
      [null, -32600, 'InvalidRequest'],
      [null, -32600, 'InvalidRequest'],
      [2, [2]],
    ],
  ],
  [
    'a bad member with an id',
    ['{"id":7}', call(2)],
    [
      [7, -32600, 'InvalidRequest'],
      [2, [2]],
    ],
  ],
  [
    'a bad id',
    [call({}), call(2)],
    [
      [null, -32600, 'InvalidRequest'],
      [2, [2]],
    ],
  ],
]

const told = (text: string): unknown => {
  const parsed = JSON.parse(text) as PeerMessage | PeerMessage[]
  return Array.isArray(parsed) ? parsed.map(gist) : { single: gist(parsed) }
}

for (const framing of framings) {
  for (const [name, members, replies] of cases) {
    test(`${name} (${framing})`, async () => {
      const { texts } = await exchange(definition, [framed([`[${members.join(',')}]`], framing)])
      // Calls of a batch run concurrently: their replies may come in any order.
      const sorted = texts
        .map(told)
        .map((it) => (Array.isArray(it) ? [...it].map((one) => JSON.stringify(one)).sort() : it))
      assert.equal(
        sorted,
        replies === undefined ? [] : [replies.map((one) => JSON.stringify(one)).sort()],
      )
    })
  }

  test(`an empty one is one error, not an array (${framing})`, async () => {
    const { texts } = await exchange(definition, [framed(['[]', '[ ]'], framing)])
    assert.equal(texts.map(told), [
      { single: [null, -32600, 'InvalidRequest'] },
      { single: [null, -32600, 'InvalidRequest'] },
    ])
  })
}

test('a thousand members are answered in one array, one more in one error', async () => {
  const batch = (size: number): string =>
    `[${Array.from({ length: size }, (_, id) => call(id)).join(',')}]\n`
  const { texts } = await exchange(definition, [batch(1000), batch(1001)])
  assert.is(texts.length, 2)
  assert.is((told(texts[0] as string) as unknown[]).length, 1000)
  assert.equal(told(texts[1] as string), { single: [null, -32600, 'BatchTooLarge'] })
  assert.equal(JSON.parse(texts[1] as string).error.data.members, 1001)
})

test('the limit is the engine’s to set', async () => {
  const small = engineOf(definition.methods, { limits: { batch: 2 } })
  const { texts } = await exchange(small, [`[${note},${note},${note}]\n[${call(1)},${call(2)}]\n`])
  assert.equal(texts.map(told), [
    { single: [null, -32600, 'BatchTooLarge'] },
    [
      [1, [1]],
      [2, [2]],
    ],
  ])
})

test('its calls run concurrently, and nothing is sent before the last has ended', async () => {
  const peer = await talk(definition)
  peer.send(`[${call('slow', 'wait')},${call('quick')}]\n${call('other')}\n`)
  await peer.settle()
  assert.equal(peer.messages.map(gist), [['other', ['other']]])
  peer.notify('$/cancelRequest', { id: 'slow' })
  await peer.settle()
  assert.equal(peer.texts.slice(1).map(told), [
    [
      ['quick', ['quick']],
      ['slow', -32800, 'RequestCancelled'],
    ],
  ])
})

test('an id is open until the batch has been answered', async () => {
  const peer = await talk(definition)
  peer.send(`[${call('slow', 'wait')},${call('quick')}]\n`)
  await peer.settle()
  peer.send(`${call('quick', 'echo', ['again'])}\n[${call('quick')}]\n`)
  peer.notify('$/cancelRequest', { id: 'slow' })
  await peer.settle()
  assert.equal(peer.texts.map(told), [
    { single: ['quick', -32600, 'DuplicateId'] },
    [['quick', -32600, 'DuplicateId']],
    [
      ['quick', ['quick']],
      ['slow', -32800, 'RequestCancelled'],
    ],
  ])
  peer.send(`${call('quick')}\n`)
  await peer.settle()
  assert.equal(told(peer.texts.at(-1) as string), { single: ['quick', ['quick']] })
})

test('a member may cancel another one', async () => {
  const peer = await talk(definition)
  peer.send(
    `[${call(1, 'wait')},{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}},${call(2, '$/cancelRequest', { id: 1 })}]\n`,
  )
  await peer.settle()
  assert.equal(peer.texts.map(told), [
    [
      [1, -32800, 'RequestCancelled'],
      [2, null],
    ],
  ])
})

test('ids of members are known by their own digits', async () => {
  const ids = ['9007199254740993', '9007199254740992', '1.50', '1.5']
  const members = ids.map((id) => `{"jsonrpc":"2.0","id":${id},"method":"echo"}`)
  const { texts } = await exchange(definition, [`[${members.join(',')}]\n`])
  assert.is(
    texts[0],
    `[${ids.map((id) => `{"jsonrpc":"2.0","id":${id},"result":null}`).join(',')}]`,
  )
})

test('a result too large for what is left of the reply is an error, the others are told', async () => {
  const small = engineOf(definition.methods, { limits: { replyBytes: 500 } })
  const { texts } = await exchange(small, [
    `[${call(1, 'echo', ['x'.repeat(300)])},${call(2, 'echo', ['y'.repeat(300)])},${call(3)}]\n`,
  ])
  assert.equal(told(texts[0] as string), [
    [1, ['x'.repeat(300)]],
    [2, -32603, 'InternalError'],
    [3, -32603, 'InternalError'],
  ])
  const { texts: full } = await exchange(small, [
    `[${[1, 2, 3].map((id) => call(id, 'echo', ['é'.repeat(56)])).join(',')},${call(4, 'echo', ['z'.repeat(20)])}]\n`,
  ])
  assert.equal(told(full[0] as string), [
    ...[1, 2, 3].map((id) => [id, ['é'.repeat(56)]]),
    [4, -32603, 'InternalError'],
  ])
  const { texts: wide } = await exchange(small, [
    `[${call(1, 'echo', ['é'.repeat(150)])},${call(2, 'echo', ['è'.repeat(150)])}]\n`,
  ])
  assert.equal(told(wide[0] as string), [
    [1, ['é'.repeat(150)]],
    [2, -32603, 'InternalError'],
  ])
})

test.run()
