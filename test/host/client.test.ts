/** What a client makes of what its engine sends, and of its silence. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isRpcError, type RpcError } from '../../src/protocol/rpc-error.js'
import { fakeChild, messages } from './fake-child.js'

const test = suite('client')

/** The error that a request ends with. */
const failure = async (request: Promise<unknown>): Promise<RpcError> => {
  const error = await request.then(
    (result) => assert.unreachable(`it was answered: ${JSON.stringify(result)}`),
    (thrown: unknown) => thrown,
  )
  assert.ok(isRpcError(error), String(error))
  return error as RpcError
}

test('tells of notifications, and answers requests of the engine that there is no such method', () => {
  const { client, peer } = fakeChild()
  const told: unknown[] = []
  client.notifications$.subscribe((notification) => told.push(notification))
  peer.send('{"jsonrpc":"2.0","method":"log.message","params":{"level":"warn"}}\n')
  peer.send('{"jsonrpc":"2.0","id":12345678901234567890,"method":"host.name"}\n')
  assert.equal(told, [{ method: 'log.message', params: { level: 'warn' } }])
  assert.match(
    peer.written.join(''),
    /^\{"jsonrpc":"2.0","id":12345678901234567890,"error":\{"code":-32601/,
  )
})

test('takes what is no message for output, and reads on', async () => {
  const { client, peer } = fakeChild()
  const printed: string[] = []
  client.stderr$.subscribe((line) => printed.push(line))
  const answer = client.request('add', { a: 1 })
  peer.send(
    'Loading model...\n{"jsonrpc":"2.0"}\n[]\n5\nnull\n{"jsonrpc":"2.0","id":1,"result":3}\n',
  )
  assert.is(await answer, 3)
  assert.equal(printed, ['Loading model...', '{"jsonrpc":"2.0"}', '[]', '5', 'null'])
})

test('goes on when a subscriber throws', async () => {
  const { client, peer } = fakeChild()
  const thrown: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const both = new Promise<void>((resolve) => {
    process.on('uncaughtException', (error) => {
      if (thrown.push(error.message) === 2) resolve()
    })
  })
  const fail = (): never => {
    throw new Error('mine')
  }
  client.notifications$.subscribe(fail)
  const answer = client.request('add', {}, { onProgress: fail })
  peer.send(
    '{"jsonrpc":"2.0","method":"note"}\n{"jsonrpc":"2.0","method":"$/progress","params":{"token":1,"value":1}}\n{"jsonrpc":"2.0","id":1,"result":3}\n',
  )
  assert.is(await answer, 3)
  await both
  process.removeAllListeners('uncaughtException')
  for (const listener of listeners) process.on('uncaughtException', listener)
  assert.equal(thrown, ['mine', 'mine'])
})

test('fails all open requests with what is known of the end, and later ones at once', async () => {
  const { client, print, end } = fakeChild()
  const open = [failure(client.request('a')), failure(client.request('b'))]
  for (let line = 1; line <= 30; line += 1) print(`line ${line}\n`)
  print('no newline')
  end({ how: 'exited', exitCode: 70 })
  await client.ended
  open.push(failure(client.request('c')))
  for (const { kind, code, message, retryable, facts } of await Promise.all(open)) {
    assert.is(kind, 'EngineGone')
    assert.is(code, -32005)
    assert.is(message, 'The engine has ended with exit code 70')
    assert.is(retryable, true)
    const { stderr, ...rest } = facts as { stderr: readonly string[] }
    assert.equal(
      { ...rest, delivery: undefined },
      { exitCode: 70, delivery: undefined, restarting: false },
    )
    assert.is(stderr.length, 20)
    assert.is(stderr.at(-1), 'no newline')
  }
})

test('gives up on an engine that closes a pipe and does not end', async () => {
  for (const [close, reason] of [
    ['break', 'The engine has closed its input'],
    ['end', 'The engine has closed its output'],
  ] as const) {
    const { client, clock, peer } = fakeChild()
    const open = failure(client.request('a'))
    let isOpen = true
    void open.then(() => {
      isOpen = false
    })
    peer[close]()
    await clock.advance(1999)
    assert.ok(isOpen)
    await clock.advance(1)
    assert.is((await open).message, reason)
  }
})

test('tells of the end itself when that comes soon after a closed pipe', async () => {
  const { client, clock, peer, end } = fakeChild()
  const open = failure(client.request('a'))
  peer.end()
  end({ how: 'killed', signal: 'SIGKILL' })
  assert.match((await open).message, /^The engine was killed by SIGKILL: out of memory, likely/)
  await clock.advance(5000)
  assert.is((await failure(client.request('b'))).facts['signal'], 'SIGKILL')
})

test('cancels, and keeps deadlines of its own', async () => {
  const { client, clock, peer } = fakeChild()
  const controller = new AbortController()
  const cancelled = failure(client.request('a', {}, { signal: controller.signal }))
  const late = failure(client.request('b', {}, { deadlineMs: 50 }))
  controller.abort()
  assert.is((await cancelled).kind, 'RequestCancelled')
  await clock.advance(50)
  assert.is((await late).kind, 'DeadlineExceeded')
  assert.equal(
    messages(peer.written).map(({ method, params }) => [method, params]),
    [
      ['a', {}],
      ['b', { _meta: { deadlineMs: 50 } }],
      ['$/cancelRequest', { id: 1 }],
      ['$/cancelRequest', { id: 2 }],
    ],
  )
})

test('does not send what is larger than the engine reads, and forgets it', async () => {
  const { client, clock, peer } = fakeChild()
  const large = { text: 'x'.repeat(16 * 2 ** 20) }
  const { kind } = await failure(client.request('a', large, { deadlineMs: 10 }))
  assert.is(kind, 'MessageTooLarge')
  await clock.advance(10)
  assert.equal(peer.written, [])
  assert.throws(() => client.notify('note', large), isRpcError)
})

test.run()
