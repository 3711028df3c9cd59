/** JSON-RPC as Python engines speak it, over plain pipes. */
import * as assert from 'uvu/assert'
import { gist, PythonProcess, type Reply } from './python-process.js'
import { pythonSuite } from './python-suite.js'

const test = pythonSuite('Python engines: conformance')

/** What is answered to these lines, in order, by a process of their own. */
const answers = async (...lines: readonly (string | Buffer)[]) => {
  const engine = new PythonProcess()
  for (const line of lines) engine.send(line).send('\n')
  const replies = await engine.rest()
  assert.is(await engine.end(), 0)
  return { replies, texts: engine.texts }
}

test('answers what came before the end of its input, a last line without its end too', async () => {
  const engine = new PythonProcess()
  engine.call(1, 'add', { a: 1, b: 2 }).call(2, 'deaf', { seconds: 0.2 })
  engine.send('{"jsonrpc":"2.0","id":3,"method":"add","params":[2,40]}')
  const replies = (await engine.rest()).filter(({ method }) => method === undefined)
  assert.equal(replies.map(gist), [
    [1, 3],
    [2, 'done'],
    [3, 42],
  ])
  assert.is(await engine.end(), 0)
})

test('ids come back as they were', async () => {
  const ids = ['1', '"1"', '"é\\u0000"', 'null', '-1', '1.50', '9007199254740993', '1e2', '0.1']
  const { texts } = await answers(
    ...ids.map((id) => `{"jsonrpc":"2.0","method":"echo","id":${id}}`),
    `[{"id":7.0,"jsonrpc":"2.0","method":"echo"}]`,
  )
  const back = texts.map((text) => /"id":(.*),"result"/.exec(text)?.[1])
  assert.equal(back, [...ids, '7.0'])
})

test('what is no request is refused, and costs one message', async () => {
  const { replies } = await answers(
    'x',
    '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"value":NaN}}',
    Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\xff"}', 'latin1'),
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    '7',
    '[]',
    '{"jsonrpc":"1.0","id":5,"method":"echo"}',
    '{"jsonrpc":"2.0","id":6,"method":7}',
    '{"jsonrpc":"2.0","id":7,"method":"echo","params":null}',
    '{"jsonrpc":"2.0","id":{},"method":"echo"}',
    '{"jsonrpc":"2.0","id":true,"method":"echo"}',
    '{"jsonrpc":"2.0","id":1e400,"method":"echo"}',
    '{"jsonrpc":"2.0","id":8,"method":"toString"}',
    '{"jsonrpc":"2.0","id":9,"result":1}',
    '  ',
    '\ufeff',
    '{"jsonrpc":"2.0","id":10,"method":"echo"}\r',
  )
  assert.equal(replies.map(gist), [
    ...Array(3).fill([null, -32700, 'ParseError']),
    [null, -32600, 'TooDeep'],
    ...Array(2).fill([null, -32600, 'InvalidRequest']),
    ...[5, 6, 7].map((id) => [id, -32600, 'InvalidRequest']),
    ...Array(3).fill([null, -32600, 'InvalidRequest']),
    [8, -32601, 'MethodNotFound'],
    [null, -32700, 'ParseError'],
    [10, null],
  ])
})

test('a first byte order mark is passed over', async () => {
  const { replies } = await answers('\ufeff{"jsonrpc":"2.0","id":1,"method":"echo"}')
  assert.equal(replies.map(gist), [[1, null]])
})

test('a line beyond 64 MiB is answered as soon as that is known, and skipped', async () => {
  const engine = new PythonProcess()
  const mebibyte = 'x'.repeat(2 ** 20)
  for (let sent = 0; sent <= 64; sent += 1) engine.send(mebibyte)
  assert.equal(gist(await engine.next()), [null, -32600, 'MessageTooLarge'])
  engine.send(`${mebibyte}\n`).call(1, 'echo', { value: 'after' })
  assert.equal(gist(await engine.next()), [1, 'after'])
  assert.is(await engine.end(), 0)
})

test('batches: one reply with all answers, none for notifications', async () => {
  const { replies } = await answers(
    '[{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]},7,{"jsonrpc":"2.0","method":"echo"},{"jsonrpc":"2.0","id":2,"method":"engine.describe"},{"jsonrpc":"2.0","id":2.0,"method":"none"}]',
    '[{"jsonrpc":"2.0","method":"echo"}]',
    '[{"jsonrpc":"2.0","id":3,"method":"echo","params":[[]]}]',
    `[${Array(1001).fill('1').join()}]`,
  )
  const [batch, ...others] = replies.sort(
    (a, b) => Number(Array.isArray(b)) - Number(Array.isArray(a)),
  )
  const members = (batch as Reply[]).map(({ id, error }) => [id, error?.data['kind']])
  assert.equal(
    members.sort(),
    [
      [1, undefined],
      [2, undefined],
      [2, 'MethodNotFound'],
      [null, 'InvalidRequest'],
    ].sort(),
  )
  assert.equal((others[0] as Reply[]).map(gist), [[3, []]])
  assert.equal(gist(others[1] as Reply), [null, -32600, 'BatchTooLarge'])
})

test('params are checked by the signature, by name and by position', async () => {
  const engine = new PythonProcess()
  engine.call(1, 'add', { a: 'x', c: 1 }).call(2, 'add', [1, 2, 3]).call(3, 'count', { n: 1.5 })
  engine.call(4, 'count', { n: 0.0 }).call(5, 'none', { a: 'x' }).call(6, 'told', { context: 1 })
  const replies = await engine.rest()
  const of = (id: number) => replies.find((reply) => reply.id === id) as Reply
  assert.equal(of(1).error?.data['problems'], [
    { path: '/c', expected: 'no such key', got: 'number' },
    { path: '/b', expected: 'number', got: 'missing' },
    { path: '/a', expected: 'number', got: 'string' },
  ])
  for (const id of [2, 3, 6]) assert.is(of(id).error?.code, -32602)
  assert.is(of(4).result, 0)
  assert.is(of(5).error?.code, -32601)
})

test('progress goes by the id or the token, and precedes the reply', async () => {
  const engine = new PythonProcess()
  engine.call('a', 'count', { n: 1, _meta: { progressToken: 7 } }).call(2, 'count', { n: 1 })
  const told = (await engine.rest()).map((it) => it.params?.token ?? gist(it))
  assert.equal(told, [7, ['a', 1], 2, [2, 1]])
})

test('a method gets to know its call, and no meta among its params', async () => {
  const engine = new PythonProcess()
  engine.call('x', 'told', { _meta: { deadlineMs: 60_000, own: true } })
  assert.equal((await engine.next()).result, {
    id: 'x',
    method: 'told',
    meta: { deadlineMs: 60_000, own: true },
    isTimed: true,
  })
  await engine.end()
})

test('cancel: answered at once, and once; a call that waits never starts', async () => {
  const engine = new PythonProcess().call(1, 'wait')
  assert.is((await engine.next()).params?.value, 'waits')
  engine.call(2, 'wait').call(1.5, 'wait').call('1', 'echo')
  for (const id of [2, 1.5, 99, null, {}, 2])
    engine.say({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } })
  assert.equal((await engine.some(2)).map(gist), [
    [2, -32800, 'RequestCancelled'],
    [1.5, -32800, 'RequestCancelled'],
  ])
  engine.call(3, '$/cancelRequest', { id: 1.0 })
  assert.equal((await engine.some(2)).map(gist), [
    [1, -32800, 'RequestCancelled'],
    [3, null],
  ])
  engine.call(4, 'who_waited')
  assert.equal((await engine.rest()).map(gist), [
    ['1', null],
    [4, [1]],
  ])
  assert.is(await engine.end(), 0)
})

test('an id that is open is refused, one that is answered may be used again', async () => {
  const engine = new PythonProcess().call(1, 'wait')
  await engine.next()
  engine.call(1, 'echo').say({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 1 } })
  engine.call(1, 'echo').call(null, 'echo').call(null, 'echo')
  assert.equal((await engine.rest()).map(gist), [
    [1, -32600, 'DuplicateId'],
    [1, -32800, 'RequestCancelled'],
    [1, null],
    [null, null],
    [null, null],
  ])
})

test('deadlines: late at once, late while the handler does not listen, and never', async () => {
  const engine = new PythonProcess()
  const within = (deadlineMs: unknown) => ({ _meta: { deadlineMs } })
  engine.call(1, 'echo', within(0)).call(2, 'echo', within('1')).call(3, 'echo', within(1e300))
  assert.equal((await engine.some(3)).map(gist), [
    [1, -32001, 'DeadlineExceeded'],
    [2, -32602, 'InvalidParams'],
    [3, null],
  ])
  engine.call(4, 'deaf', { seconds: 0.5, ...within(50) }).call(5, 'wait', within(60))
  const late = (await engine.some(3)).filter(({ method }) => method === undefined)
  assert.equal(late.map(gist), [
    [4, -32001, 'DeadlineExceeded'],
    [5, -32001, 'DeadlineExceeded'],
  ])
  assert.equal(
    late.map(({ error }) => error?.data['phase']),
    ['running', 'queued'],
  )
  assert.is(await engine.end(), 0)
})

test('control calls are answered while a job runs', async () => {
  const engine = new PythonProcess().call(1, 'deaf', { seconds: 60 })
  await engine.next()
  engine
    .call(2, 'health.check')
    .call(3, 'engine.describe')
    .call(4, 'engine.shutdown', { graceMs: 50 })
  const [health, info, shutdown, refused, open] = await engine.call(5, 'echo').some(5)
  const { status, state, inFlight } = (health as Reply).result as Record<string, unknown>
  assert.equal([status, state, inFlight], ['ok', 'ready', 1])
  const {
    protocolVersion,
    engine: name,
    methods,
  } = (info as Reply).result as Record<string, unknown>
  assert.equal([protocolVersion, name], [1, { name: 'worker', version: '1.2.3' }])
  assert.equal((methods as unknown[]).slice(0, 2), [
    { name: 'add', description: 'Adds two numbers.' },
    { name: 'echo', idempotent: true },
  ])
  assert.equal(shutdown?.result, { draining: true, open: 1 })
  assert.equal(
    [refused, open].map((it) => gist(it as Reply)),
    [
      [5, -32004, 'ShuttingDown'],
      [1, -32004, 'ShuttingDown'],
    ],
  )
  assert.is(await engine.end(), 75)
})

test('SIGTERM: the current job may finish, nothing new begins, exit code 0', async () => {
  const engine = new PythonProcess().call(1, 'deaf', { seconds: 1 })
  await engine.next()
  engine.child.kill('SIGTERM')
  assert.equal(gist(await engine.next()), [1, 'done'])
  assert.is(await engine.end(), 0)
})

test('a reader that is gone ends it at once, with exit code 74', async () => {
  const engine = new PythonProcess().call(1, 'deaf', { seconds: 60 })
  await engine.next()
  engine.child.stdout?.destroy()
  assert.is(await engine.end(), 74)
})

test.run()
