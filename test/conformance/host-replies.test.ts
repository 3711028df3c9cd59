/** Whatever form a host gives to its replies, each ends one request, or none. */
import * as assert from 'uvu/assert'
import { rpcError } from '../../src/protocol/rpc-error.js'
import { asking } from './asking-engine.js'
import { gist, suiteInFramings, talk } from './wire.js'

const test = suiteInFramings('replies of the host')

test('replies to nothing are counted, and never answered', async () => {
  const peer = await talk(asking)
  const answered = peer.call('ask', {})
  await peer.settle()
  const odd = [2, 0, -1, 1.5, null, '', 'x', '1.0', ' 1', '0x1', '1e0', [1], {}, true, undefined]
  for (const id of odd) peer.say({ jsonrpc: '2.0', id, result: 'wrong' })
  peer.say({ jsonrpc: '2.0', id: 1, result: 'right' })
  peer.say({ jsonrpc: '2.0', id: 1, result: 'late' })
  assert.is(await answered, 'right')
  const { strayReplies } = (await peer.call('engine.status')) as { strayReplies: number }
  assert.is(strayReplies, odd.length + 1)
  assert.is(peer.replies.length, 2)
})

test('forms of a reply: null is a result, an error outranks it, a null error is none', async () => {
  for (const [reply, expected] of [
    [{ result: null }, ['a', null]],
    [{ result: 0 }, ['a', 0]],
    [{ result: 1, error: null }, ['a', 1]],
    [{ error: null }, ['a', null]],
    [{ result: 1, error: { code: 5, message: 'no' } }, ['a', 5, 'EngineError']],
    [{ error: { code: -32601, message: 'Method not found' } }, ['a', -32601, 'EngineError']],
    [
      { error: { code: 5, message: 'no', data: { kind: 'Busy', retryable: true } } },
      ['a', 5, 'Busy'],
    ],
    [{ error: { code: 5, message: 'no', data: { kind: 'toString' } } }, ['a', 5, 'toString']],
    [{ error: { message: 'no code' } }, ['a', -32000, 'EngineError']],
    [{ error: { code: 'x' } }, ['a', -32000, 'EngineError']],
    [{ error: 'text' }, ['a', -32000, 'EngineError']],
    [{ error: 0 }, ['a', -32000, 'EngineError']],
    [{ error: [] }, ['a', -32000, 'EngineError']],
  ] as const) {
    const peer = await talk(asking)
    peer.say({ jsonrpc: '2.0', id: 'a', method: 'ask', params: {} })
    await peer.settle()
    peer.say({ jsonrpc: '2.0', id: 1, ...reply })
    await peer.settle()
    assert.equal(gist(peer.messages.at(-1) as never), expected, JSON.stringify(reply))
  }
})

test('an error of the host that is thrown on is told with its code, kind and facts', async () => {
  const peer = await talk(asking)
  peer.handle('host.answer', () => {
    throw Object.assign(new Error('busy'), rpcError('Overloaded', 'busy', { retryAfterMs: 5 }), {
      data: { kind: 'Overloaded', retryable: true, retryAfterMs: 5 },
    })
  })
  peer.say({ jsonrpc: '2.0', id: 'a', method: 'ask', params: {} })
  await peer.settle()
  assert.equal(peer.replies[0]?.error, {
    code: -32003,
    message: 'busy',
    data: { kind: 'Overloaded', retryable: true, retryAfterMs: 5 },
  })
})

test('data of an error that is no object is told too', async () => {
  for (const data of ['why', 0, false, null]) {
    const peer = await talk(asking)
    peer.say({ jsonrpc: '2.0', id: 'a', method: 'ask', params: {} })
    await peer.settle()
    peer.say({ jsonrpc: '2.0', id: 1, error: { code: 5, message: 'no', data } })
    await peer.settle()
    assert.equal((peer.replies[0]?.error?.data as { data?: unknown } | undefined)?.data, data)
  }
})

test.run()
