/** The client of language servers, over header framing. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'
import { asking, type EngineChild, echo, engineChild, inTime } from './engine-child.js'

const test = suite('vscode-jsonrpc')

const connected = async (
  engine: string,
  task: (connection: MessageConnection) => Promise<void>,
): Promise<void> => {
  const child: EngineChild = engineChild(engine)
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  const faults: unknown[] = []
  connection.onError(([error]) => faults.push(error))
  connection.onUnhandledNotification((message) => faults.push(message))
  connection.listen()
  await inTime(task(connection))
  const code = await inTime(child.end())
  connection.dispose()
  assert.is(code, 0)
  assert.equal(faults, [], 'the client has nothing to complain about')
}
const codeOf = (failure: unknown): number | undefined =>
  failure instanceof ResponseError ? failure.code : undefined
const failed = (promise: Promise<unknown>): Promise<number | undefined> =>
  promise.then(() => undefined, codeOf)

test('requests by name and by position, results and errors', () =>
  connected(echo, async (connection) => {
    assert.is(await connection.sendRequest('add', { a: 1, b: 2 }), 3)
    assert.equal(await connection.sendRequest('echo', { text: 'é€😀\n' }), { text: 'é€😀\n' })
    assert.equal(await connection.sendRequest('echo', 1, 'two', null), [1, 'two', null])
    assert.is(await connection.sendRequest('echo'), null)
    assert.is(await failed(connection.sendRequest('nope')), -32601)
    assert.is(await failed(connection.sendRequest('add', { a: 'x', b: 2 })), -32602)
    const failure = (await connection
      .sendRequest('fail', { message: 'as asked' })
      .catch((error: unknown) => error)) as ResponseError<{ kind: string }>
    assert.equal(
      [failure.code, failure.message, failure.data?.kind],
      [-32603, 'as asked', 'InternalError'],
    )
  }))

test('a CancellationToken cancels', () =>
  connected(echo, async (connection) => {
    for (const method of ['hang', 'sleep']) {
      const source = new CancellationTokenSource()
      const answer = failed(connection.sendRequest(method, { ms: 60_000 }, source.token))
      await connection.sendRequest('add', { a: 1, b: 1 }) // the call before this one has arrived
      source.cancel()
      assert.is(await answer, -32800)
    }
    assert.is(await connection.sendRequest('add', { a: 1, b: 2 }), 3)
  }))

test('progress, under a token of the caller’s', () =>
  connected(echo, async (connection) => {
    const seen: number[] = []
    connection.onProgress(new ProgressType<number>(), 'my token', (value) => void seen.push(value))
    const params = { to: 5, everyMs: 1, _meta: { progressToken: 'my token' } }
    assert.is(await connection.sendRequest('count', params), 5)
    assert.equal(seen, [1, 2, 3, 4, 5])
  }))

test('notifications, as subscribed', () =>
  connected(echo, async (connection) => {
    const logged = new Promise<unknown>((resolve) =>
      connection.onNotification('log.message', resolve),
    )
    await connection.sendRequest('engine.subscribe', { log: { level: 'info' } })
    assert.is(await failed(connection.sendRequest('fail', { message: 'as asked' })), -32603)
    const { level, message, requestId } = (await logged) as Record<string, unknown>
    assert.equal(
      { level, message, requestId },
      { level: 'error', message: 'as asked', requestId: 1 },
    )
    await connection.sendRequest('engine.unsubscribe')
  }))

test('what an engine prints does not get between the frames', () =>
  connected(echo, async (connection) => {
    assert.equal(await Promise.all([1, 2, 3].map(() => connection.sendRequest('noisy'))), [1, 1, 1])
  }))

test('a thousand calls at once', () =>
  connected(echo, async (connection) => {
    const numbers = Array.from({ length: 1000 }, (_, n) => n)
    const sums = await Promise.all(
      numbers.map((n) => connection.sendRequest('add', { a: n, b: 1 })),
    )
    assert.equal(
      sums,
      numbers.map((n) => n + 1),
    )
  }))

test('megabytes, both ways', () =>
  connected(echo, async (connection) => {
    const text = 'é€😀'.repeat(500_000)
    assert.is((await connection.sendRequest<{ text: string }>('echo', { text })).text, text)
    assert.is(
      (await connection.sendRequest<string>('big', { bytes: 10_000_000 })).length,
      10_000_000,
    )
  }))

test('the engine asks its host, which answers, fails, and is cancelled', () =>
  connected(asking, async (connection) => {
    connection.onRequest('host.add', ({ a, b }: { a: number; b: number }) => {
      if (a > 5) throw new ResponseError(77, 'too large', { kind: 'TooLarge' })
      return a + b
    })
    const pinged = new Promise<void>((resolve) =>
      connection.onRequest('host.pinged', () => resolve()),
    )
    const wasCancelled = new Promise<void>((resolve) =>
      connection.onRequest(
        'host.never',
        (_, token) => new Promise(() => token.onCancellationRequested(() => resolve())),
      ),
    )
    assert.is(await connection.sendRequest('double', { n: 4 }), 8)
    assert.is(await failed(connection.sendRequest('double', { n: 6 })), 77)
    await connection.sendNotification('ping', {})
    await pinged
    const source = new CancellationTokenSource()
    const answer = failed(connection.sendRequest('askForever', {}, source.token))
    await connection.sendRequest('double', { n: 1 })
    source.cancel()
    assert.is(await answer, -32800)
    await wasCancelled
  }))

test.run()
